"""Child processes: started, stopped, killed, paused, and gone when their parent is."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy.local.polling import wait_until
from deploy.local.processes import Launch, Process
from shared.errors import UnavailableError

FAMILY = ["sh", "-c", "sleep 60 & echo started; wait"]
ORPHANS = """
import sys, time
from pathlib import Path
from deploy.local.infrastructure import temporary_directory
from deploy.local.processes import Process
folder = temporary_directory()
running = Process("running", ["sleep", "60"], folder / "running.log")
paused = Process("paused", ["sleep", "60"], folder / "paused.log")
running.start()
paused.start()
paused.pause()
print(folder, running.pid, paused.pid, flush=True)
time.sleep(60)
"""


def test_a_process_runs_until_it_is_stopped_and_runs_again(tmp_path: Path) -> None:
    process = Process("sleeper", ["sleep", "60"], tmp_path / "log")
    process.start()
    first = process.pid
    assert alive(first)
    process.stop()
    assert process.returncode == -signal.SIGTERM
    process.start()
    assert process.alive
    assert process.pid != first
    process.kill()
    assert process.returncode == -signal.SIGKILL


def test_a_process_that_ignores_the_stop_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    process = Process("stubborn", ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"], tmp_path / "log", Launch(grace=0.2))
    process.start()
    wait_until(lambda: "deaf" in process.log_tail(), 10, "its first line")
    process.stop()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("end", [Process.kill, Process.stop])
def test_the_descendants_end_with_a_process(tmp_path: Path, end: Callable[[Process], None]) -> None:
    process, child = family(tmp_path)
    end(process)
    assert not alive(child.pid)


def test_pausing_stops_the_descendants_and_stop_wakes_and_ends_a_paused_process(tmp_path: Path) -> None:
    process, child = family(tmp_path)
    with process.paused():
        wait_until(lambda: child.status() == psutil.STATUS_STOPPED, 10, "the pause")
        assert psutil.Process(process.pid).status() == psutil.STATUS_STOPPED
    wait_until(lambda: child.status() == psutil.STATUS_SLEEPING, 10, "going on")
    process.pause()
    process.stop()
    assert process.returncode == -signal.SIGTERM


def test_an_ended_process_is_told_with_its_exit_code_and_last_lines(tmp_path: Path) -> None:
    process = Process("short", ["sh", "-c", "echo one; echo two; exit 3"], tmp_path / "log")
    process.start()
    assert process.wait(10) == 3
    assert process.log_tail(1) == "two"
    with pytest.raises(UnavailableError, match="short ended with exit code 3; its last lines:\none\ntwo"):
        process.require_alive()


def test_a_process_that_takes_too_long_is_told(tmp_path: Path) -> None:
    process = Process("long", ["sleep", "60"], tmp_path / "log")
    process.start()
    with pytest.raises(UnavailableError, match=r"long did not end within 0\.1 s"):
        process.wait(0.1)
    process.kill()


def test_a_process_that_was_never_started_has_no_number_and_no_log(tmp_path: Path) -> None:
    process = Process("never", ["true"], tmp_path / "log")
    process.stop()
    process.kill()
    process.pause()
    assert process.log_tail() == ""
    assert process.returncode is None
    with pytest.raises(UnavailableError, match="never is not started"):
        _ = process.pid


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_when_the_parent_dies(number: signal.Signals) -> None:
    # A shell's nohup leaves SIGHUP ignored, and children inherit that.
    inherited = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        parent = subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGHUP, inherited)
    assert parent.stdout is not None
    with parent.stdout:
        folder, running, paused = parent.stdout.readline().split()
    parent.send_signal(number)
    parent.wait()
    wait_until(lambda: not Path(folder).exists(), 20, "the removal of the directory")
    assert not alive(int(running))
    assert not alive(int(paused))


def family(folder: Path) -> tuple[Process, psutil.Process]:
    """Return a running process and its running child."""
    process = Process("family", FAMILY, folder / "log")
    process.start()
    wait_until(lambda: "started" in process.log_tail(), 10, "its first line")
    return process, psutil.Process(process.pid).children()[0]


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
