"""Where a webhook may be sent: the form of its address, and the IP addresses that may be connected to.

Whoever sets an address up could otherwise make this installation ask its own network (server-side request forgery). The ranges are those of
the registries of special-purpose addresses (RFC 6890 and what amends it); of IPv6 only global unicast counts at all, and of that none that
carries an IPv4 address inside, which would lead around the other rules.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS: Final = frozenset({443, 8443})
"""Ports of https that webhooks may have anywhere; within the installation's own networks any."""
DEFAULT_PORTS: Final = {"https": 443, "http": 80}

_UNICAST = IPv6Network("2000::/3")
_SPECIAL: Final[tuple[Network, ...]] = tuple(
    ip_network(each)
    for each in (
        # This host, private use, shared address space (CGNAT), loopback, link-local.
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        # Protocol assignments, documentation, AS112, AMT, 6to4 relays, benchmarking.
        "192.0.0.0/24", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "192.31.196.0/24", "192.175.48.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "198.18.0.0/15",
        # Multicast, reserved, broadcast.
        "224.0.0.0/4", "240.0.0.0/4",
        # Of global unicast: protocol assignments (Teredo, ORCHID, benchmarking), documentation, 6to4, AS112.
        "2001::/23", "2001:db8::/32", "3fff::/20", "2002::/16", "2620:4f:8000::/48",
    )
)  # fmt: skip
_UNWRITTEN = re.compile(r"[^\x21-\x7e]|\\")
"""What no address holds: blanks, control characters, what is not ASCII (RFC 3986), and the backslash that some take for a slash."""
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_.])?")
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
"""An IPv4 address in a form of its own (127.1, 0x7f000001), as resolvers read it; no name ends so (WHATWG URL, "ends in a number")."""
_BRACKETED = re.compile(r"\[[^\[\]]+\](?::[0-9]+)?")


class UnfitDestinationError(ValueError):
    """A webhook cannot be sent there; the message begins with "value", as the checks of addresses do."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Networks of its own that an installation lets webhooks reach, by http too; elsewhere it is https and public addresses alone."""

    networks: tuple[Network, ...] = ()

    def has(self, address: Address) -> bool:
        """Tell whether an address is in one of the networks."""
        return any(address.version == network.version and address in network for network in self.networks)


PUBLIC: Final = Reach()
"""The public internet alone."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A webhook's address, taken apart; `host` is a name or an IP address."""

    url: str
    scheme: str
    host: str
    port: int


def parse_destination(url: str, reach: Reach) -> Destination:
    """Return where an address leads, or raise UnfitDestinationError with what is wrong; names are not looked up here."""
    parts, port = _split(url)
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not reach.networks):
        raise UnfitDestinationError("value should be an https address without user, password or fragment")
    if "@" in parts.netloc or "#" in url or not parts.hostname:
        raise UnfitDestinationError("value should be an https address without user, password or fragment")
    made = Destination(url, parts.scheme, parts.hostname, DEFAULT_PORTS[parts.scheme] if port is None else port)
    if made.port not in PORTS and not reach.networks:
        raise UnfitDestinationError(f"value should have port {' or '.join(map(str, sorted(PORTS)))}")
    literal = read_address(made.host)
    if not _is_written_well(parts.netloc, made.host, literal):
        raise UnfitDestinationError("value should be an address with the name of a host")
    if literal is not None and (reason := refusal_of([literal], made, reach)):
        raise UnfitDestinationError(f"value leads nowhere that webhooks may go: {reason}")
    return made


def _is_written_well(netloc: str, host: str, literal: Address | None) -> bool:
    """Tell whether a host is written in its one form, so that whoever reads it after us reads the same."""
    if "[" in netloc:
        return isinstance(literal, IPv6Address) and _BRACKETED.fullmatch(netloc) is not None
    return literal is not None or (_HOST.fullmatch(host) is not None and not _ENDS_IN_NUMBER.fullmatch(host))


def _split(url: str) -> tuple[SplitResult, int | None]:
    if _UNWRITTEN.search(url):
        raise UnfitDestinationError("value should be an https address in plain ASCII (a name with accents in its xn-- form)")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnfitDestinationError(f"value should be an address: {error}") from error
    if port == 0:
        raise UnfitDestinationError("value should be an address with a port above 0")
    return parts, port


def read_address(host: str) -> Address | None:
    """Return the IP address that a host is, None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def refusal_of(addresses: Collection[Address], destination: Destination, reach: Reach) -> str | None:
    """Return why a destination with these addresses is sent nothing, None where it may be; one bad address spoils the others."""
    if not addresses:
        return f"{destination.host} has no address"
    return next((reason for each in addresses if (reason := _refusal(each, destination, reach))), None)


def _refusal(address: Address, destination: Destination, reach: Reach) -> str | None:
    if reach.has(address):
        return None
    if not is_public(address):
        return f"{address} is not a public address"
    if destination.scheme != "https":
        return f"{address} is outside the networks that may be reached by http"
    return None if destination.port in PORTS else f"port {destination.port} is open within the installation's networks only"


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet's, of a single host, in its one form."""
    if isinstance(address, IPv6Address) and (address not in _UNICAST or address.scope_id is not None):
        return False
    return address.is_global and not any(address.version == network.version and address in network for network in _SPECIAL)
