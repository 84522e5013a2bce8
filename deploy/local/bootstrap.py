"""Sets the project up: `.venv`, the locked packages, the project itself, Kafka's jars; standard library only, quiet when all is there."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deploy.local import requirements
from shared.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

ROOT = requirements.root()
BUILD = ROOT / "build"
VENV = ROOT / ".venv"
JARS = BUILD / "kafka" / "lib"
POM = ROOT / "deploy" / "kafka" / "pom.xml"
LOCK = ROOT / "requirements.lock"
DISK_MIB = 2048
LAST_LINES = 15
WIDTH = 100
NETWORK = "check the network and pip's index"


def main() -> int:
    """Set up what is missing and return the exit code; what is in the way is one line with its remedy."""
    try:
        requirements.require_python()
        requirements.java()
        with only_one_at_a_time():
            install_packages()
            fetch_jars()
            record_classes()
    except ConfigurationError as error:
        sys.stderr.write(f"dondoc: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Wait while another bootstrap of this folder works."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_packages() -> None:
    """Make `.venv` with the locked packages and the project; what is there for this lock and this pyproject.toml stays."""
    if not works():
        requirements.require_space(ROOT, DISK_MIB)
        say("Making .venv")
        run("a virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)], "install Python's venv (Debian: python3-venv)")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--progress-bar", "off"]
    with once(VENV / "packages.stamp", LOCK) as is_needed:
        if is_needed:
            requirements.require_space(ROOT, DISK_MIB)
            say(f"Installing the {count_packages()} packages of requirements.lock (the first time this takes a minute or two)")
            run("the packages", [*pip, "--no-deps", "--require-hashes", "-r", str(LOCK)], NETWORK)
    with once(VENV / "dondoc.stamp", ROOT / "pyproject.toml") as is_needed:
        if is_needed:
            say("Installing dondoc")
            run("dondoc", [*pip, "--no-deps", "--editable", str(ROOT)], NETWORK)


@contextmanager
def once(stamp: Path, source: Path) -> Iterator[bool]:
    """Tell whether the source has changed since the block last succeeded, and remember its content when the block succeeds now."""
    wanted = hashlib.sha256(source.read_bytes()).hexdigest()
    yield not stamp.exists() or stamp.read_text(encoding="ascii") != wanted
    stamp.write_text(wanted, encoding="ascii")


def count_packages() -> int:
    """Return how many packages the lock names."""
    return sum("==" in line for line in LOCK.read_text(encoding="utf-8").splitlines())


def works() -> bool:
    """Tell whether `.venv` has a Python that runs, is new enough, and has pip."""
    python = VENV / "bin" / "python"
    probe = f"import pip, sys; sys.exit(sys.version_info < {requirements.PYTHON})"
    return python.exists() and subprocess.run([str(python), "-c", probe], capture_output=True, check=False).returncode == 0


def fetch_jars() -> None:
    """Fetch Kafka's jars with Maven, unless they are there for this pom.xml."""
    stamp = JARS.parent / "jars.stamp"
    if not list(JARS.glob("kafka_2.13-*.jar")):
        stamp.unlink(missing_ok=True)
    JARS.parent.mkdir(exist_ok=True)
    with once(stamp, POM) as is_needed:
        if is_needed:
            requirements.require_space(ROOT, DISK_MIB)
            say("Fetching Kafka's jars with Maven (about 44 MB)")
            fetch_jars_into(JARS.with_name("lib.part"))


def fetch_jars_into(fresh: Path) -> None:
    """Fetch the jars into the folder, and put it in the place of the old one only when all are there."""
    shutil.rmtree(fresh, ignore_errors=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={fresh}", "-DincludeScope=runtime"]
    run("Kafka's jars", [requirements.maven(), "-B", "-ntp", "-f", str(POM), *goal], "check the network and Maven's repository settings")
    shutil.rmtree(JARS, ignore_errors=True)
    (JARS.parent / "kafka.jsa").unlink(missing_ok=True)
    fresh.rename(JARS)


def record_classes() -> None:
    """Have the JVM record the classes of a Kafka that starts, so that later starts take half the time; without it they only are slower."""
    if not list(JARS.parent.glob("kafka.jsa")):
        say("Recording Kafka's classes, for quicker starts")
        subprocess.run([str(VENV / "bin" / "python"), "-m", "deploy.local.archive"], cwd=ROOT, check=False)


def say(text: str) -> None:
    """Print a line of progress."""
    print(f"· {text} …", flush=True)


def run(what: str, command: Sequence[str], remedy: str) -> None:
    """Run the command, showing where it is, or raise ConfigurationError with the remedy after its last lines."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        lines = list(show(process.stdout or ()))
    if process.returncode:
        sys.stderr.writelines(lines[-LAST_LINES:])
        raise ConfigurationError(f"{what} could not be installed (see above): {remedy}, then run it again")


def show(lines: Iterable[str]) -> Iterator[str]:
    """Pass the lines on; a terminal shows the newest over the one before, a file gets one of fifty."""
    is_terminal = sys.stdout.isatty()
    for number, line in enumerate(lines, 1):
        if is_terminal:
            print(f"\r\033[K  {number}: {line.strip()[:WIDTH]}", end="", flush=True)
        elif number % 50 == 0:
            print(f"  {number}: {line.strip()[:WIDTH]}", flush=True)
        yield line
    if is_terminal:
        print("\r\033[K", end="", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
