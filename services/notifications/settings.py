"""What the processes of notifications are told by the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from services.notifications.domain.addresses import check_address
from services.notifications.domain.deliveries import Kind
from services.notifications.mail.composing import From
from services.notifications.mail.server import Server
from shared.environment import number, required
from shared.errors import ConfigurationError

MAIL_NAME = "Đôn Đốc"
"""Who mail is from where nobody gives it another name."""


@dataclass(frozen=True)
class Settings:
    """How many seconds an answer waits for Kafka, and a stream for a slow client."""

    acknowledge_seconds: float
    patience_seconds: float

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings, or raise ConfigurationError."""
        return cls(
            acknowledge_seconds=number("DONDOC_ACKNOWLEDGE_SECONDS", 5, environ),
            patience_seconds=number("DONDOC_STREAM_PATIENCE_SECONDS", 30, environ),
        )


@dataclass(frozen=True)
class MailSettings:
    """Through which server mail goes, and who it is from."""

    server: Server
    sender: From

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "MailSettings | None":
        """Read the settings, None where the installation sends no mail, or raise ConfigurationError."""
        if not environ.get("DONDOC_SMTP"):
            return None
        sender = required("DONDOC_MAIL_FROM", environ)
        try:
            check_address("mail", sender)
        except ValueError:
            raise ConfigurationError(f"DONDOC_MAIL_FROM should be a mail address, not {sender!r}") from None
        return cls(Server.parse(environ["DONDOC_SMTP"]), From(sender, environ.get("DONDOC_MAIL_NAME") or MAIL_NAME))


def read_channels(environ: Mapping[str, str] = os.environ) -> frozenset[Kind]:
    """Return the channels that notices are issued on beside the inbox, or raise ConfigurationError."""
    channels: set[Kind] = {"webhook"}
    if MailSettings.read(environ):
        channels.add("mail")
    return frozenset(channels)


@dataclass(frozen=True)
class CourierSettings:
    """How the courier works.

    `public_url` is where people reach the pages. A lease is held for some seconds of real time, of which an attempt may use three quarters.
    `retry_scale` stretches the waits between attempts.
    """

    mail: MailSettings | None
    public_url: str
    lease_seconds: float
    retry_scale: float

    @property
    def attempt_seconds(self) -> float:
        """Return how long an attempt may take: it has to be over, and written down, before anybody else may take it over."""
        return self.lease_seconds * 0.75

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "CourierSettings":
        """Read the settings, or raise ConfigurationError."""
        return cls(
            mail=MailSettings.read(environ),
            public_url=(environ.get("DONDOC_PUBLIC_URL") or "http://127.0.0.1:8080").rstrip("/"),
            lease_seconds=_lease(number("DONDOC_LEASE_SECONDS", 120, environ)),
            retry_scale=_scale(environ.get("DONDOC_RETRY_SCALE") or "1"),
        )


def _lease(seconds: int) -> float:
    if seconds == 0:
        raise ConfigurationError("DONDOC_LEASE_SECONDS should be 1 or more: nobody could try anything under a lease of 0 s")
    return float(seconds)


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = -1.0
    if not 0 <= scale <= 1_000:  # noqa: PLR2004  told in the message; NaN is outside, too
        raise ConfigurationError(f"DONDOC_RETRY_SCALE should be a number from 0 to 1000, not {text!r}")
    return scale
