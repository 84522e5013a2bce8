"""A short run of `make chaos`: everything is killed once while a few hundred facts flow, and nothing is lost or doubled."""

import json
from pathlib import Path

import pytest

from deploy.chaos.__main__ import main
from deploy.chaos.schedule import TARGETS

FACTS = 350


@pytest.mark.timeout(600)
def test_nothing_is_lost_while_each_process_and_the_servers_are_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "chaos.json"
    code = main(["--seed", "11", "--faults", str(len(TARGETS)), "--facts", str(FACTS), "--beat", "4", "--out", str(out)])
    told = capsys.readouterr().out
    assert code == 0, told
    figures = json.loads(out.read_text(encoding="utf-8"))
    recovery = figures.pop("recovery_p99_s")
    assert figures == {
        "seed": 11, "faults": len(TARGETS), "events": FACTS, "lost": 0, "doubled": 0, "reordered": 0, "early": 0, "missed": 0,
    }  # fmt: skip
    assert 0 < recovery < 60, told
    assert all(f"{target:<13} killed" in told for target in TARGETS)
