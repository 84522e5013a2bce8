"""What the environment says of webhooks: which networks they may reach, whom they trust, and what their secrets are sealed with."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network

import httpx

from services.notifications.domain.destinations import Network, Reach
from services.notifications.webhooks.vault import Vault
from shared.errors import ConfigurationError


@dataclass(frozen=True)
class WebhookSettings:
    """How webhooks are sent and kept."""

    reach: Reach
    vault: Vault
    tls: ssl.SSLContext

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "WebhookSettings":
        """Read the environment, or raise ConfigurationError."""
        networks = tuple(_network(each) for each in environ.get("DONDOC_WEBHOOK_ALLOWED_CIDRS", "").replace(",", " ").split())
        return cls(Reach(networks), Vault.read(environ), trust(environ.get("DONDOC_WEBHOOK_CA") or None))


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ConfigurationError(f"DONDOC_WEBHOOK_ALLOWED_CIDRS should be networks such as 10.20.0.0/16,fd00::/8: {error}") from error


def trust(file: str | None) -> ssl.SSLContext:
    """Return a TLS context that believes the public authorities and those of a file (PEM); raises ConfigurationError."""
    context = httpx.create_ssl_context(trust_env=False)
    if file is not None:
        try:
            context.load_verify_locations(cafile=file)
        except OSError as error:  # ssl.SSLError is one of them
            raise ConfigurationError(f"DONDOC_WEBHOOK_CA {file}: {error.strerror or error}; it should be certificates in PEM") from error
    return context
