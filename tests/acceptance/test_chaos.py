"""A short run of `make chaos`: twenty faults of every kind while some hundred facts flow, and nothing is lost or doubled."""

import json
from pathlib import Path

import pytest

from deploy.chaos.__main__ import main
from deploy.chaos.schedule import DISK, TARGETS

FACTS = 600
FAULTS = 20


@pytest.mark.timeout(900)
def test_nothing_is_lost_while_everything_fails_in_turn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "chaos.json"
    code = main(["--seed", "11", "--faults", str(FAULTS), "--facts", str(FACTS), "--beat", "2", "--out", str(out)])
    told = "".join(capsys.readouterr())
    assert code == 0, told
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert {kind: figures[kind] for kind in ("lost", "doubled", "reordered", "early", "missed")} == dict.fromkeys(
        ("lost", "doubled", "reordered", "early", "missed"), 0
    )
    assert (figures["seed"], figures["faults"], figures["events"]) == (11, FAULTS, FACTS)
    assert figures["faults_by_kind"].keys() == TARGETS.keys() - ({DISK} if figures["left_out"] else set())
    assert 0 < figures["recovery_p99_s"] < 60, told
    assert 0 < figures["broker_recovery_p99_s"] < 60, told
    assert min(figures["over_kafka"], figures["witnessed"]) > 100, "agencies take part, and somebody reads while the faults happen"
    assert f"the same again: make chaos SEED=11 FAULTS={FAULTS} FACTS={FACTS}" in told
