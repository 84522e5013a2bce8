import json
from pathlib import Path

import pytest

from deploy.bench.figures import Spread, figure, percentile, ratio, table, with_peers, write


def test_a_figure_is_the_median_of_its_runs_with_their_extremes() -> None:
    made = figure("lane", "messages/s", [30_000.0, 10_000.0, 20_000.0])
    assert (made.value, made.spread, made.runs) == (20_000, Spread(10_000, 30_000), 3)


@pytest.mark.parametrize(("runs", "met"), [([15_000.0], True), ([14_999.0], False)])
def test_a_goal_is_a_least_value(runs: list[float], met: bool) -> None:  # noqa: FBT001
    assert figure("projection", "events/s", runs, goal=15_000).met is met


@pytest.mark.parametrize(("runs", "met"), [([100.0], True), ([100.4], False)])
def test_where_lower_is_better_a_goal_is_a_greatest_value(runs: list[float], met: bool) -> None:  # noqa: FBT001
    assert figure("p99", "ms", runs, goal=100, better="lower").met is met


def test_a_figure_without_a_goal_is_neither_met_nor_missed() -> None:
    assert figure("p50", "ms", [3.0]).met is None


def test_a_ratio_is_taken_round_by_round() -> None:
    """A machine that is slow in the second round slows both down alike."""
    made = ratio("lane / stock Faust", [80_000.0, 8_000.0, 80_000.0], [10_000.0, 1_000.0, 10_000.0], 6.0)
    assert (made.value, made.spread, made.met) == (8.0, Spread(8.0, 8.0), True)


def test_the_file_holds_names_values_units_peers_goals_and_whether_they_were_met(tmp_path: Path) -> None:
    made = with_peers(figure("lane", "messages/s", [60_000.0], goal=30_000), {"stock Faust": [9_000.0, 7_000.0, 8_000.0]})
    write([made], tmp_path / "build" / "bench.json")
    (read,) = json.loads((tmp_path / "build" / "bench.json").read_text(encoding="utf-8"))
    wanted = {"name": "lane", "value": 60_000, "unit": "messages/s", "peers": {"stock Faust": 8_000}, "goal": 30_000, "met": True}
    assert {key: read[key] for key in wanted} == wanted


def test_the_table_says_which_goals_were_not_met() -> None:
    shown = table([figure("projection", "events/s", [15_500.0], goal=15_000), figure("p99", "ms", [640.5], goal=500, better="lower")])
    assert "goal ≥ 15,000: met" in shown.splitlines()[0]
    assert "goal ≤ 500: NOT MET" in shown.splitlines()[1]


@pytest.mark.parametrize(("share", "found"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_the_nearest_rank(share: float, found: int) -> None:
    assert percentile(range(1, 101), share) == found
