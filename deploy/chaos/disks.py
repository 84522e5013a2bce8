"""Small disks (tmpfs) for the servers' data, which can be filled to the last byte and freed."""

import errno
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

BALLAST = "ballast"
MIB = 1_048_576


class Disks:
    """A disk at each folder; where this machine lets nobody mount, there are none and `refusal` says why."""

    def __init__(self, folders: Mapping[str, Path], mib: int) -> None:
        self.refusal = ""
        self._folders = folders
        self._mib = mib
        self._mounted: list[Path] = []

    def __enter__(self) -> Self:
        for folder in self._folders.values():
            folder.mkdir(parents=True, exist_ok=True)
            answer = _run("mount", "-t", "tmpfs", "-o", f"size={self._mib}m,mode=0711", "dondoc-chaos", str(folder))
            if answer:
                self.refusal = f"no tmpfs can be mounted here ({answer})"
                self._unmount()
                break
            self._mounted.append(folder)
        return self

    def __exit__(self, *_error: object) -> None:
        self._unmount()

    def _unmount(self) -> None:
        while self._mounted:
            _run("umount", "-l", str(self._mounted.pop()))

    def fill(self, name: str) -> None:
        """Take all the space that is left."""
        with (self._folders[name] / BALLAST).open("ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(MIB))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self, name: str) -> None:
        """Give the space back."""
        with suppress(FileNotFoundError):
            (self._folders[name] / BALLAST).unlink()


def _run(*command: str) -> str:
    """Return "" where the command succeeded, else what it said."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError:
        return f"there is no {command[0]}"
    return answer.stderr.strip() or f"exit code {answer.returncode}" if answer.returncode else ""
