"""The system, empty, on the real clock, until it is interrupted."""

import fcntl
import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

from deploy.local.infrastructure import Infrastructure
from deploy.local.memory import LIMIT_MIB, measure
from deploy.local.polling import wait_until
from deploy.local.postgres import closed_folder
from deploy.local.requirements import root
from deploy.local.stack import LOCAL, Stack
from shared.environment import number
from shared.errors import ConfigurationError, UnavailableError

PORT = 8080
FALLBACK = Path("/var/lib/dondoc")
WATCH_SECONDS = 1.0


@contextmanager
def stopping_in_order() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into the interrupt that Ctrl-C is, so that what was started is stopped in order.

    A shell script starts what it puts into the background with SIGINT ignored; here it counts nevertheless.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve(port: int | None = None, directory: Path | None = None) -> None:
    """Run the system until Ctrl-C or SIGTERM; raise UnavailableError with the last lines of a process that ends by itself.

    The port of console and API is the one given, else that of the environment (PORT), else 8080. Its data is kept in the directory, where
    one is given, and taken up again by the next run.
    """
    began = time.monotonic()
    try:
        with stopping_in_order(), _claimed(directory):
            infrastructure = Infrastructure(directory)
            stack = Stack(infrastructure, port=number("PORT", PORT) if port is None else port)
            print("Starting Kafka, PostgreSQL and the services …", flush=True)
            with infrastructure, stack:
                stack.wait_ready()
                settings = write_settings(stack)
                print(_welcome(stack, settings, time.monotonic() - began, directory), flush=True)
                watch(stack)
    except KeyboardInterrupt:
        print(f"\nStopped; {f'its data is kept in {directory}' if directory else 'nothing is left behind'}.", flush=True)


def data_directory() -> Path:
    """Return where `dondoc up` keeps its data: DONDOC_DATA, else build/data in the project's folder.

    PostgreSQL does not run as root, and its own user may not enter a folder like root's home: then it is /var/lib/dondoc.
    """
    chosen = os.environ.get("DONDOC_DATA")
    kept = Path(chosen).resolve() if chosen else root() / "build" / "data"
    return FALLBACK if not chosen and os.geteuid() == 0 and closed_folder(root() / "build") else kept


@contextmanager
def _claimed(directory: Path | None) -> Iterator[None]:
    """Hold the directory for the block, so that no other program runs on its data."""
    if directory is None:
        yield
        return
    with _open_lock(directory) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(f"another system runs on the data in {directory}: stop it, or set DONDOC_DATA") from None
        yield


def _open_lock(directory: Path) -> TextIO:
    """Make the directory and open its lock file; raises ConfigurationError when that cannot be done."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return (directory / "lock").open("w")
    except OSError as error:
        raise ConfigurationError(f"data cannot be kept in {directory} ({error.strerror}): set DONDOC_DATA to another directory") from error


def write_settings(stack: Stack) -> Path:
    """Write what commands in a shell need to know, passwords too, for the owner's eyes only; `. FILE` reads it in."""
    settings = {
        "DONDOC_URL": stack.url,
        "DONDOC_API_KEY": stack.api_key,
        "DONDOC_KAFKA_BOOTSTRAP": stack.bootstrap,
        "DONDOC_POSTGRES_DSN": stack.dsn,
        **LOCAL,
    }
    path = stack.infrastructure.directory / "settings.sh"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
    path.touch(0o600)
    path.chmod(0o600)
    path.write_text("\n".join([*lines, f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH", ""]), encoding="utf-8")
    return path


def _welcome(stack: Stack, settings: Path, seconds: float, directory: Path | None) -> str:
    rows = {
        "console and API": f"{stack.url}/",
        "sign in as": stack.administrator,
        "API key": stack.api_key,
        "Kafka, agencies": f"{stack.infrastructure.kafka.agencies} (SASL_PLAINTEXT, SCRAM-SHA-512)",
        "for a shell": f". {settings}",
        "logs": str(stack.logs),
        "data": f"{directory} (kept)" if directory else f"{stack.infrastructure.directory} (until it stops)",
    }
    lines = [f"  {name:<16} {value}" for name, value in rows.items()]
    return "\n".join([f"Đôn Đốc is up after {seconds:.1f} s.", *lines, "Ctrl-C stops it."])


def watch(stack: Stack) -> None:
    """Return never; raise UnavailableError with the last lines of a process that ends by itself."""
    while True:
        for process in stack.processes.values():
            process.require_alive()
        time.sleep(WATCH_SECONDS)


def report_memory(idle_seconds: float) -> None:
    """Start the stack, let it idle for the seconds, print MiB by process and the sum; raise UnavailableError above the limit."""
    with stopping_in_order(), Stack() as stack:
        stack.wait_ready()
        end = time.monotonic() + idle_seconds
        wait_until(lambda: time.monotonic() >= end, idle_seconds + 1, "the idle time")
        known = [*stack.processes.values(), stack.infrastructure.kafka.process, stack.infrastructure.postgres.process]
        sizes = measure({process.pid: process.name for process in known})
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"{size:8.1f} MiB  {name}")
    total = sum(sizes.values())
    print(f"{total:8.1f} MiB  in all, the limit is {LIMIT_MIB:.0f} MiB")
    if total > LIMIT_MIB:
        raise UnavailableError("the idle stack takes more memory than it may")
