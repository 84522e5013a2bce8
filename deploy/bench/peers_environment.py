"""The peers' own environment, `.venv-peers`, made from its lock on the first run."""

import sys
from pathlib import Path

from deploy.local.bootstrap import ROOT, once, run, say
from deploy.local.requirements import require_space

VENV = ROOT / ".venv-peers"
LOCK = Path(__file__).with_name("requirements-peers.lock")
DISK_MIB = 1024


def python() -> Path:
    """Return the environment's Python; raises ConfigurationError with the remedy when it cannot be made."""
    program = VENV / "bin" / "python"
    if not program.exists():
        require_space(ROOT, DISK_MIB)
        say("Making .venv-peers")
        run("a virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)], "install Python's venv (Debian: python3-venv)")
    with once(VENV / "packages.stamp", LOCK) as is_needed:
        if is_needed:
            say("Installing what the lane is measured against (the first time this takes a minute or two)")
            pip = [str(program), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--progress-bar", "off"]
            run("the peers", [*pip, "--no-deps", "--require-hashes", "-r", str(LOCK)], "check the network and pip's index")
    return program
