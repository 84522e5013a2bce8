"""The commands of the Makefile are explained, and set everything up by themselves."""

import os
import re
import subprocess

import pytest

from deploy.local.requirements import root

MAKEFILE = (root() / "Makefile").read_text(encoding="utf-8")
CI = (root() / ".ci" / "run").read_text(encoding="utf-8")


def make(*arguments: str) -> str:
    # `make test` leaves its own variables behind, by which a make inside it would tell where it is.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON")}
    return subprocess.run(["make", *arguments], cwd=root(), env=environment, capture_output=True, text=True, check=True).stdout


def test_make_alone_explains_every_command() -> None:
    explained = re.findall(r"^  make (\w+) +\S", make(), re.MULTILINE)
    assert explained == re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
    assert set(explained) >= {"demo", "up", "test", "check", "bench", "chaos", "simulate", "clean"}


@pytest.mark.parametrize("target", ["demo", "up", "test", "check", "bench", "chaos", "simulate"])
def test_a_command_sets_everything_up_first(target: str) -> None:
    assert make("--dry-run", target).splitlines()[0] == "python3 -m deploy.local.bootstrap"


def test_ci_checks_and_tests_and_stops_at_the_first_failure() -> None:
    assert "set -euo pipefail" in CI
    assert CI.rstrip().endswith("make check\nmake test")
    subprocess.run(["bash", "-n", root() / ".ci" / "run"], check=True)
