"""Histories of the simulated office as tests: those of one seed, in parts."""

from deploy.simulation.running import run_part, tell

SEED = 1
HISTORIES = 20_000
PART = 500


def parts(third: int) -> list[int]:
    """Return the first numbers of the parts of a third of the histories."""
    return list(range(0, HISTORIES, PART))[third::3]


def require_all_to_hold(first: int) -> None:
    """Fail with the shortest stories of the histories of a part that fail."""
    failures = run_part(SEED, range(first, min(first + PART, HISTORIES)))
    assert not failures, "\n".join(tell(SEED, each) for each in failures[:3])
