"""The SMTP server that mail goes through, as DONDOC_SMTP names it."""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from shared.errors import ConfigurationError

Security = Literal["plain", "starttls", "tls"]

_SCHEMES: Final[dict[str, tuple[Security, int]]] = {"smtp": ("plain", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in and as whom; the password is in no text of this object."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Return the address without the password."""
        return f"Server({self.security} {self.host}:{self.port})"

    @classmethod
    def parse(cls, text: str) -> "Server":
        """Read `smtp://user:password@host:port`, `smtp+starttls://…` or `smtps://…`, or raise ConfigurationError."""
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise _wrong() from None
        if parts.scheme not in _SCHEMES or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
            raise _wrong()
        if bool(parts.username) != bool(parts.password):
            raise _wrong()
        security, usual = _SCHEMES[parts.scheme]
        return cls(parts.hostname, port or usual, security, unquote(parts.username or ""), unquote(parts.password or ""))


def _wrong() -> ConfigurationError:
    # The value may hold a password, so that it is not repeated.
    return ConfigurationError("DONDOC_SMTP should be smtp://user:password@host:port, smtp+starttls://… or smtps://…; see docs/settings.md")
