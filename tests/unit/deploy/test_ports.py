"""Free ports, and ports that somebody else has."""

import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from deploy.local.ports import claim, free_port, is_free, is_listening, require_free
from deploy.local.requirements import root
from shared.errors import ConfigurationError


def test_each_free_port_is_given_once() -> None:
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert all(is_free(port) for port in ports)


def test_a_port_in_use_is_told_with_its_holder_and_the_remedy() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        assert is_listening(port)
        with pytest.raises(ConfigurationError, match=rf"^port {port} for the console is in use by .* \(process {os.getpid()}\): end it$"):
            require_free(port, "the console", "end it")
    require_free(port, "the console", "end it")
    assert not is_listening(port)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(ConfigurationError, match="is not between 1 and 65535"):
        require_free(port, "the console", "choose another")


def test_a_port_that_another_program_claims_is_its_own_until_it_ends() -> None:
    told = "from deploy.local.ports import free_port; print(free_port(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", told], cwd=root(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin
        assert other.stdout
        port = int(other.stdout.readline())
        assert is_free(port)
        assert not claim(port)
        other.communicate("\n")
    assert claim(port)
