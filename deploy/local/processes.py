"""Child processes that can be stopped, killed, paused and started again, and that never outlive this program."""

import atexit
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.polling import wait_until
from shared.errors import UnavailableError

# The child tells the reaper its number itself, before it becomes the program: so none is ever missed.
SHIM = 'printf "process %s %s\\n" "$$" "$1" >&0; shift; exec "$@" </dev/null'
TAIL_BYTES = 16_384
KILL_SECONDS = 10.0


@dataclass(frozen=True)
class Account:
    """The system user that a process runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Launch:
    """How a process is started and ended: environment, working directory, user, stop signal, seconds of grace, signal of the reaper."""

    environment: Mapping[str, str] | None = None
    directory: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    farewell: signal.Signals = signal.SIGKILL


@functools.cache
def _reaper() -> int:
    """Start the reaper once and return the descriptor whose closing (also by this program's death) wakes it."""
    script = Path(__file__).with_name("reaper.py")
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(script)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )
    if process.stdin is None:
        raise UnavailableError("the reaper has no standard input")
    pipe = process.stdin

    def finish() -> None:
        pipe.close()
        process.wait()

    atexit.register(finish)
    return pipe.fileno()


def remove_at_the_end(directory: Path) -> None:
    """Have the directory removed when this program ends, however it ends."""
    os.write(_reaper(), f"directory {directory}\n".encode())


class Process:
    """One child process with its log file; `start` may follow `stop` or `kill`."""

    def __init__(self, name: str, command: Sequence[str], log: Path, launch: Launch | None = None) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.launch = launch or Launch()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Tell whether the process runs (a paused one does)."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """Return the process number, or raise UnavailableError when it was never started."""
        if self._child is None:
            raise UnavailableError(f"{self.name} is not started")
        return self._child.pid

    @property
    def returncode(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._child.poll() if self._child else None

    def start(self) -> None:
        """Start the process unless it runs."""
        if self.alive:
            return
        account = self.launch.account
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                ["/bin/sh", "-c", SHIM, "sh", str(int(self.launch.farewell)), *self.command],
                stdin=_reaper(),
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.launch.directory,
                env=self.launch.environment,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                process_group=0,
            )

    def wait(self, seconds: float) -> int:
        """Return the exit code once the process has ended; raise UnavailableError with its last lines when it has not by then."""
        if self._child is None:
            raise UnavailableError(f"{self.name} is not started")
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"{self.name} did not end within {seconds:g} s; its last lines:\n{self.log_tail()}") from None

    def stop(self) -> None:
        """End the process gracefully, and what it leaves behind with SIGKILL; after the seconds of grace it is killed too."""
        if self._child is None or not self.alive:
            return
        descendants = self._descendants()
        self._child.send_signal(self.launch.stop_signal)
        self.resume()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(self.launch.grace)
        self._kill(descendants)

    def kill(self) -> None:
        """Kill the process and all its descendants with SIGKILL, and wait for their end."""
        self._kill(self._descendants())

    def _kill(self, descendants: list[psutil.Process]) -> None:
        if self._child is None:
            return
        self._child.kill()
        for each in descendants:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self._child.wait()
        wait_until(lambda: all(_has_ended(each) for each in descendants), KILL_SECONDS, f"the end of {self.name}'s descendants")

    def pause(self) -> None:
        """Stop the process and its descendants where they are (SIGSTOP)."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the paused process and its descendants go on (SIGCONT)."""
        self._signal_all(signal.SIGCONT)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pause the process for the duration of the block."""
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines of the log."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - TAIL_BYTES))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def require_alive(self) -> None:
        """Raise UnavailableError with the last log lines when the process has ended."""
        if not self.alive:
            raise UnavailableError(f"{self.name} ended with exit code {self.returncode}; its last lines:\n{self.log_tail()}")

    def _descendants(self) -> list[psutil.Process]:
        if not self.alive:
            return []
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.pid).children(recursive=True)
        return []

    def _signal_all(self, number: signal.Signals) -> None:
        if self._child is None or not self.alive:
            return
        self._child.send_signal(number)
        for each in self._descendants():
            with suppress(psutil.NoSuchProcess):
                each.send_signal(number)


def _has_ended(process: psutil.Process) -> bool:
    """Tell whether the process is gone; an orphan whose new parent never collects it (a container without an init) stays as a zombie."""
    with suppress(psutil.NoSuchProcess):
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    return True
