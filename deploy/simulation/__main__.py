"""`python -m deploy.simulation`: exit code 0 only when every invariant held in every history."""

import argparse
import os
import secrets
import sys
import time

from deploy.simulation.running import Failure, parts_of, run_all, tell
from shared.environment import number

HISTORIES = 1_000_000
SEEDS = 1_000_000
SHOWN = 5
PACE_SECONDS = 10.0
"""How often it is told how far it is."""


def main(arguments: list[str] | None = None) -> int:
    """Run histories, print what failed, and return the exit code."""
    options = _parser().parse_args(arguments)
    print(f"{options.histories} histories of seed {options.seed} in {options.processes} processes", flush=True)
    progress = _Progress(options.histories)
    try:
        failures = run_all(options.seed, parts_of(options.first, options.histories), options.processes, progress.add)
    except KeyboardInterrupt:
        print(f"\nstopped after {progress.done} histories", flush=True)
        return 130
    _tell_all(options.seed, failures, progress)
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.simulation", description="play histories of a simulated office, and check")
    parser.add_argument("--histories", type=int, default=number("HISTORIES", HISTORIES), help="how many (HISTORIES)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, default=number("SEED", secrets.randbelow(SEEDS)), help="of the stories (SEED)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many at once")
    return parser


class _Progress:
    def __init__(self, histories: int) -> None:
        self.done = 0
        self._histories = histories
        self._begun = self._told = time.monotonic()

    @property
    def rate(self) -> float:
        return self.done / max(time.monotonic() - self._begun, 1e-9)

    def add(self, count: int) -> None:
        self.done += count
        if time.monotonic() - self._told >= PACE_SECONDS:
            self._told = time.monotonic()
            left = (self._histories - self.done) / self.rate
            print(f"  {self.done} of {self._histories}, {self.rate:.0f} a second, {left / 60:.0f} min left", flush=True)


def _tell_all(seed: int, failures: list[Failure], progress: _Progress) -> None:
    for failure in failures[:SHOWN]:
        print(tell(seed, failure))
    print(f"{progress.done} histories of seed {seed}, {progress.rate:.0f} a second: {len(failures)} failed", flush=True)


if __name__ == "__main__":
    sys.exit(main())
