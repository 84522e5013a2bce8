"""The bootstrap does each thing once, and tells what is in the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.bootstrap import ROOT, count_packages, once, run
from shared.errors import ConfigurationError


def test_a_step_is_needed_until_it_succeeded_for_the_present_source(tmp_path: Path) -> None:
    stamp, source = tmp_path / "stamp", tmp_path / "source"
    source.write_text("one", encoding="ascii")
    assert needed(stamp, source)
    assert not needed(stamp, source)
    source.write_text("two", encoding="ascii")
    assert needed(stamp, source)


def test_a_step_that_failed_is_needed_again(tmp_path: Path) -> None:
    stamp, source = tmp_path / "stamp", tmp_path / "source"
    source.write_text("one", encoding="ascii")
    with pytest.raises(ConfigurationError), once(stamp, source):
        raise ConfigurationError("no network")
    assert needed(stamp, source)


def test_a_failed_command_shows_its_last_lines_and_names_the_remedy(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigurationError, match=r"^the jars could not be installed \(see above\): check the network, then run it again$"):
        run("the jars", ["sh", "-c", "echo no route to host; exit 1"], "check the network")
    assert capfd.readouterr().err == "no route to host\n"


def test_the_lock_names_its_packages() -> None:
    assert count_packages() > 50


def test_a_machine_without_java_gets_one_line_and_exit_code_2() -> None:
    environment = {**os.environ, "JAVA_HOME": "/nonexistent"}
    command = [sys.executable, "-S", "-m", "deploy.local.bootstrap"]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr.startswith("dondoc: Java 17 or newer is missing: ")
    assert answer.stderr.count("\n") == 1


def needed(stamp: Path, source: Path) -> bool:
    with once(stamp, source) as is_needed:
        return is_needed
