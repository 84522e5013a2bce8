"""TCP ports on the loopback interface."""

import fcntl
import os
import secrets
import socket
from contextlib import closing, suppress
from functools import cache

import psutil

from deploy.local.requirements import root
from shared.errors import ConfigurationError

# Below the range that Linux takes outgoing connections from, so that a stopped server finds its port free again.
FIRST, COUNT = 15_000, 17_000
ATTEMPTS = 200
HIGHEST = 65_535
LOOPBACK = "127.0.0.1"

_given: set[int] = set()


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether a server could listen on the port."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a free port that this program has not given out before."""
    for _ in range(ATTEMPTS):
        port = FIRST + secrets.randbelow(COUNT)
        if port not in _given and claim(port) and is_free(port):
            _given.add(port)
            return port
    raise ConfigurationError(f"no free TCP port was found between {FIRST} and {FIRST + COUNT}: end other programs")


def claim(port: int) -> bool:
    """Hold a port until this process ends, so that no other program of this folder gives it out; return False where one has it."""
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@cache
def _claims() -> int:
    """Return the file whose bytes stand for ports; it stays open, since closing it would give back every claim (fcntl(2))."""
    file = root() / "build" / "ports.lock"
    file.parent.mkdir(exist_ok=True)
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def require_free(port: int, purpose: str, remedy: str) -> None:
    """Raise ConfigurationError, naming who listens and the remedy, unless the port is valid and free."""
    if not 0 < port <= HIGHEST:
        raise ConfigurationError(f"port {port} for {purpose} is not between 1 and {HIGHEST}: {remedy}")
    if not is_free(port):
        raise ConfigurationError(f"port {port} for {purpose} is in use{_holder(port)}: {remedy}")


def is_listening(port: int, seconds: float = 0.5) -> bool:
    """Tell whether something accepts connections on the port."""
    with suppress(OSError), closing(socket.create_connection((LOOPBACK, port), timeout=seconds)):
        return True
    return False


def _holder(port: int) -> str:
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.pid and connection.status == psutil.CONN_LISTEN and tuple(connection.laddr)[1:] == (port,):
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""
