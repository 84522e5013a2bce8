"""Ends the registered processes and removes the registered directories once the program that holds its standard input is gone.

It runs as a small process of its own (`reaper.py`, standard library only), because a program that was killed cannot clean up. Its input is
one line an item: `process PID SIGNAL` (sent first; SIGKILL follows) or `directory PATH`.
"""

import contextlib
import os
import select
import shutil
import signal
import sys

MERCY_MS = 8_000
ATTEMPTS = 50


class Watched:
    """A process held by its pidfd, so that a number that was given to another process is never signalled."""

    def __init__(self, pid: int, farewell: int) -> None:
        self.pid = pid
        self.farewell = farewell
        self.handle = os.pidfd_open(pid)

    def ended(self, wait_ms: int = 0) -> bool:
        """Return whether the process has ended, waiting for it up to the milliseconds."""
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        return bool(poll.poll(wait_ms))

    def signal(self, number: int) -> None:
        """Send the signal to the process and its group, when it still runs."""
        if not self.ended():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def end(self) -> None:
        """End the process: its own farewell signal first (also when it was stopped), then SIGKILL."""
        self.signal(self.farewell)
        self.signal(signal.SIGCONT)
        if not self.ended(MERCY_MS):
            self.signal(signal.SIGKILL)
            self.ended(MERCY_MS)


class Reaper:
    """What is registered and still there."""

    def __init__(self) -> None:
        self.processes: list[Watched] = []
        self.directories: list[str] = []

    def register(self, line: str) -> None:
        """Remember the process or directory that the line names."""
        kind, _, rest = line.rstrip("\n").partition(" ")
        if kind == "directory":
            self.directories.append(rest)
            return
        self.forget_the_ended()
        pid, farewell = rest.split()
        with contextlib.suppress(ProcessLookupError):
            self.processes.append(Watched(int(pid), int(farewell)))

    def forget_the_ended(self) -> None:
        """Close the handles of the processes that have ended."""
        for process in [each for each in self.processes if each.ended()]:
            os.close(process.handle)
            self.processes.remove(process)

    def reap(self) -> None:
        """End every process, the last started first, then remove every directory."""
        for process in reversed(self.processes):
            process.signal(process.farewell)
        for process in reversed(self.processes):
            process.end()
        for directory in self.directories:
            remove(directory)


def remove(directory: str) -> None:
    """Remove the directory; the last descendants of a killed process may still write for a moment, so try again."""
    for _ in range(ATTEMPTS):
        shutil.rmtree(directory, ignore_errors=True)
        if not os.path.lexists(directory):
            return
        select.select([], [], [], 0.1)


def main() -> None:
    """Register what the input names until it ends, then reap."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    reaper = Reaper()
    for line in sys.stdin:
        reaper.register(line)
    reaper.reap()


if __name__ == "__main__":
    main()
