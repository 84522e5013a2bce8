"""Figures: medians with their spread, beside their peers and their goals, as JSON and as a table."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

Better = Literal["higher", "lower"]


class Spread(msgspec.Struct, frozen=True):
    """The smallest and the largest of several measurements."""

    low: float
    high: float


class Figure(msgspec.Struct, kw_only=True):
    """One figure: the median of its runs; `peers` did the same work; `met` tells whether the goal was reached (null without one)."""

    name: str
    value: float
    unit: str
    peers: dict[str, float] = {}
    goal: float | None = None
    met: bool | None = None
    better: Better = "higher"
    spread: Spread | None = None
    peer_spread: dict[str, Spread] = {}
    runs: int = 1
    note: str = ""


def figure(name: str, unit: str, runs: Sequence[float], *, goal: float | None = None, better: Better = "higher", note: str = "") -> Figure:
    """Return the figure of some runs; a goal is a least value, or a greatest one where lower is better."""
    value = statistics.median(runs)
    met = None if goal is None else (value >= goal if better == "higher" else value <= goal)
    return Figure(
        name=name, value=_round(value), unit=unit, goal=goal, met=met, better=better, spread=spread(runs), runs=len(runs), note=note
    )


def with_peers(ours: Figure, peers: Mapping[str, Sequence[float]]) -> Figure:
    """Return the figure with the medians of its peers beside it."""
    ours.peers = {name: _round(statistics.median(runs)) for name, runs in peers.items()}
    ours.peer_spread = {name: spread(runs) for name, runs in peers.items()}
    return ours


def ratio(name: str, ours: Sequence[float], theirs: Sequence[float], goal: float) -> Figure:
    """Return how many times as fast we were, round by round, so that what slows the whole machine down for a while cancels out."""
    return figure(name, "times", [a / b for a, b in zip(ours, theirs, strict=True)], goal=goal)


def spread(runs: Sequence[float]) -> Spread:
    """Return the extremes of some runs."""
    return Spread(_round(min(runs)), _round(max(runs)))


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that at least a share (0 to 1) of all are not above (nearest rank)."""
    ranked = sorted(values)
    rank = max(1, -int(-share * len(ranked) // 1))
    return ranked[rank - 1]


def _round(value: float) -> float:
    return round(value, 2) if value < 100 else float(round(value))  # noqa: PLR2004  two digits after the point, where they tell something


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as lines for people."""
    return "\n".join(line for each in figures for line in _lines(each))


def _lines(each: Figure) -> Iterable[str]:
    yield f"{each.name:<44}{_number(each.value):>12} {each.unit:<12}{_shown(each.spread):<22}{_verdict(each)}".rstrip()
    for name, value in each.peers.items():
        yield f"    {name:<40}{_number(value):>12} {each.unit:<12}{_shown(each.peer_spread.get(name))}".rstrip()
    if each.note:
        yield f"    ({each.note})"


def _verdict(each: Figure) -> str:
    if each.goal is None:
        return ""
    sign = "≥" if each.better == "higher" else "≤"
    return f"goal {sign} {_number(each.goal)}: {'met' if each.met else 'NOT MET'}"


def _shown(extremes: Spread | None) -> str:
    return "" if extremes is None else f"{_number(extremes.low)} - {_number(extremes.high)}"


def _number(value: float) -> str:
    return f"{value:,.2f}" if value < 100 and value != int(value) else f"{value:,.0f}"  # noqa: PLR2004
