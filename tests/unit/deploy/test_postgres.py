"""The server's user must come to its programs and its data."""

from pathlib import Path

import pytest

from deploy.local.postgres import Postgres, closed_folder, reachable, require_entry
from deploy.local.processes import Account
from shared.errors import ConfigurationError

SERVER = Account("server", 20_000, 20_000)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """Return a folder in one that only its owner may enter."""
    folder = tmp_path / "home" / "data"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    return folder


def test_a_program_under_a_closed_folder_cannot_be_reached(closed: Path) -> None:
    assert closed_folder(closed / "postgres") is not None
    assert not reachable(closed)


def test_a_program_that_others_may_read_can_be_reached() -> None:
    assert reachable(Path("/bin/sh"))


def test_a_data_directory_under_a_closed_folder_is_told_with_the_remedy(closed: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"server may not enter .*: choose another directory, or set TMPDIR"):
        require_entry(closed, SERVER)
    require_entry(closed, None)


def test_a_path_that_is_too_long_for_a_socket_is_served_on_the_loopback_address(tmp_path: Path) -> None:
    assert Postgres(tmp_path, port=15_001).host == str(tmp_path / "socket")
    assert Postgres(tmp_path / ("d" * 100), port=15_001).host == "127.0.0.1"
