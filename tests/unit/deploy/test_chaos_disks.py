"""Small disks are filled to the last byte and freed; where nobody may mount, that is said."""

import errno
import os
from pathlib import Path

import pytest

from deploy.chaos.disks import Disks


def test_a_filled_disk_takes_nothing_more_until_it_is_freed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Disks({"kafka-1": folder}, mib=2) as disks:
        if disks.refusal:
            assert not os.path.ismount(folder)
            return
        disks.fill("kafka-1")
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            (folder / "file").write_bytes(bytes(4096))
        disks.free("kafka-1")
        assert (folder / "file").write_bytes(bytes(4096)) == 4096
    assert not os.path.ismount(folder)


def test_where_mounting_is_refused_the_refusal_is_told_and_nothing_stays_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mount").write_text("#!/bin/sh\necho 'mount: permission denied' >&2; exit 32\n", encoding="ascii")
    (tmp_path / "mount").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with Disks({"kafka-1": tmp_path / "data"}, mib=2) as disks:
        assert disks.refusal == "no tmpfs can be mounted here (mount: permission denied)"


def test_where_there_is_no_mount_at_all_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with Disks({"postgres": tmp_path / "data"}, mib=2) as disks:
        assert disks.refusal == "no tmpfs can be mounted here (there is no mount)"
