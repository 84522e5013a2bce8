"""How the environment names the mail server, and what the courier is told."""

import pytest

from services.notifications.mail.composing import From
from services.notifications.mail.server import Server
from services.notifications.settings import CourierSettings, MailSettings, read_channels
from shared.errors import ConfigurationError

FROM = "don-doc@huyen.example.gov.vn"


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://mailpit:1025", Server("mailpit", 1025, "plain")),
        ("smtp://mail.example.gov.vn", Server("mail.example.gov.vn", 25, "plain")),
        ("smtp+starttls://u:p@mail.example.gov.vn", Server("mail.example.gov.vn", 587, "starttls", "u", "p")),
        ("smtps://u%40x:p%3A%2F@mail.example.gov.vn/", Server("mail.example.gov.vn", 465, "tls", "u@x", "p:/")),
        ("smtp://[::1]:1025", Server("::1", 1025, "plain")),
    ],
)
def test_a_server_is_read_from_its_address(text: str, server: Server) -> None:
    assert Server.parse(text) == server


@pytest.mark.parametrize(
    "text",
    [
        "mailpit:1025",
        "http://mailpit",
        "smtp://",
        "smtp://host:99999",
        "smtp://host:x",
        "smtp://u@host",
        "smtp://u:secret@host/path",
        "smtp://h?x=1",
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigurationError, match="DONDOC_SMTP should be") as refused:
        Server.parse(text)
    assert "secret" not in str(refused.value)


def test_a_server_shows_no_password() -> None:
    assert "secret" not in repr(Server.parse("smtps://u:secret@mail.example.gov.vn"))


def test_without_a_server_there_is_no_mail() -> None:
    assert MailSettings.read({"DONDOC_MAIL_FROM": FROM}) is None
    assert read_channels({}) == {"webhook"}


def test_with_a_server_there_is_mail_from_an_address_of_ours() -> None:
    environ = {"DONDOC_SMTP": "smtp://mailpit:1025", "DONDOC_MAIL_FROM": FROM}
    assert read_channels(environ) == {"mail", "webhook"}
    assert MailSettings.read(environ) == MailSettings(Server("mailpit", 1025, "plain"), From(FROM, "Đôn Đốc"))
    named = MailSettings.read({**environ, "DONDOC_MAIL_NAME": "UBND huyện"})
    assert named is not None
    assert named.sender.name == "UBND huyện"


@pytest.mark.parametrize("sender", ["", "don-doc", "a@b", "a@b.vn\r\nBcc: x@y.vn"])
def test_mail_from_nowhere_is_refused(sender: str) -> None:
    with pytest.raises(ConfigurationError, match="DONDOC_MAIL_FROM"):
        MailSettings.read({"DONDOC_SMTP": "smtp://mailpit:1025", "DONDOC_MAIL_FROM": sender})


def test_an_attempt_is_over_before_its_lease() -> None:
    settings = CourierSettings.read({})
    assert (settings.lease_seconds, settings.retry_scale, settings.public_url) == (120, 1.0, "http://127.0.0.1:8080")
    assert settings.attempt_seconds < settings.lease_seconds
    told = CourierSettings.read({"DONDOC_RETRY_SCALE": "0.001", "DONDOC_LEASE_SECONDS": "8", "DONDOC_PUBLIC_URL": "https://x.vn/"})
    assert (told.lease_seconds, told.retry_scale, told.public_url) == (8, 0.001, "https://x.vn")


def test_a_lease_has_to_last() -> None:
    with pytest.raises(ConfigurationError, match="DONDOC_LEASE_SECONDS"):
        CourierSettings.read({"DONDOC_LEASE_SECONDS": "0"})


@pytest.mark.parametrize("scale", ["-1", "nan", "fast", "1001", "inf"])
def test_a_scale_that_makes_no_sense_is_refused(scale: str) -> None:
    with pytest.raises(ConfigurationError, match="DONDOC_RETRY_SCALE"):
        CourierSettings.read({"DONDOC_RETRY_SCALE": scale})
