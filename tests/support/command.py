"""Runs `dondoc` as a process of its own, as a person at a terminal would, and looks for what it leaves behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from deploy.local.polling import wait_until

DONDOC = Path(sys.executable).with_name("dondoc")
LEAVE_SECONDS = 20.0


class Command:
    """A running command; all that it starts has its directory for temporary files in the environment, and is found by that."""

    def __init__(self, directory: Path, *arguments: str, **environment: str) -> None:
        self.directory = directory
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_") and name not in ("ONCE", "LETTER")}
        self.process = subprocess.Popen(
            [DONDOC, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**inherited, "TMPDIR": str(directory), **environment},
            start_new_session=True,
        )
        self.lines: list[str] = []

    def read_until(self, part: str) -> str:
        """Return the first line from here on that has the part in it; fails with all lines when the command ends before."""
        for line in self._read():
            if part in line:
                return line
        raise AssertionError(f"{part!r} was not said:\n{self.text}")

    def finish(self) -> int:
        """Read to the end and return the exit code."""
        for _ in self._read():
            continue
        return self.process.wait()

    def interrupt(self) -> int:
        """Press Ctrl-C, read to the end and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.finish()

    @property
    def text(self) -> str:
        """Return what was said so far."""
        return "".join(self.lines)

    def _read(self) -> Iterator[str]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            yield line.rstrip("\n")

    def leftovers(self) -> list[str]:
        """Return what still runs of all that it started."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE and process.environ().get("TMPDIR") == str(self.directory):
                    found.append(" ".join(process.cmdline()))
        return found

    def require_nothing_left(self) -> None:
        """Fail unless its processes end and its files are removed (the last helper goes a moment after the command itself)."""
        wait_until(lambda: not self.leftovers(), LEAVE_SECONDS, "the end of all that the command started")
        assert list(self.directory.glob("dondoc-*")) == []


@contextmanager
def running(directory: Path, *arguments: str, **environment: str) -> Iterator[Command]:
    """Run the command for the block; it is killed at the end if it still runs."""
    command = Command(directory, *arguments, **environment)
    try:
        yield command
    finally:
        command.process.kill()
        command.process.wait()
        if command.process.stdout is not None:
            command.process.stdout.close()
