"""`make bench`: measures, writes build/bench.json and prints a table; a slow figure is told, a wrong result fails."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from deploy.bench.figures import Figure, table, write
from deploy.bench.sections import QUICK, SECTIONS, Size, say
from deploy.local.requirements import root
from deploy.local.serve import stopping_in_order
from shared.errors import DondocError

OUTPUT = "build/bench.json"
PARTIAL = "build/bench-partial.json"
"""Where some sections or small counts go, so that the file above is always one whole run."""

WHOLE = [name for name in SECTIONS if name != "registrar"]
"""All sections; the projection's brings the registrar's figures along."""


def _arguments(arguments: Sequence[str]) -> tuple[list[str], Size]:
    parser = argparse.ArgumentParser(prog="python -m deploy.bench", description=__doc__)
    parser.add_argument("--only", default="", help=f"some of {','.join(SECTIONS)}, separated by commas")
    parser.add_argument("--quick", action="store_true", help="small counts, to see that everything works")
    parser.add_argument("--audited", type=int, help="how many events the audit goes through (200,000)")
    parsed = parser.parse_args(arguments)
    names = [name for name in parsed.only.split(",") if name] or WHOLE
    unknown = set(names) - set(SECTIONS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    size = QUICK if parsed.quick else Size()
    return names, replace(size, audited=parsed.audited or size.audited)


async def _measure(names: Sequence[str], size: Size) -> tuple[list[Figure], list[str]]:
    """Return the figures, and one line for each section that has none because its result was wrong."""
    figures: list[Figure] = []
    void: list[str] = []
    for name in names:
        say(f"measuring {name}")
        try:
            figures += await SECTIONS[name](size)
        except DondocError as error:
            void.append(f"{name}: {error}")
            print(f"  VOID {void[-1]}", flush=True)
    return figures, void


def main(arguments: Sequence[str]) -> int:
    """Measure, and return the exit code: 1 when a result was wrong, 130 after an interrupt."""
    names, size = _arguments(arguments)
    began = time.monotonic()
    try:
        with stopping_in_order():
            figures, void = asyncio.run(_measure(names, size))
    except KeyboardInterrupt:
        return 130
    output = PARTIAL if size != Size() or set(names) != set(WHOLE) else OUTPUT
    write(figures, root() / output)
    print(f"\n{table(figures)}\n\n{output} written after {time.monotonic() - began:.0f} s")
    for line in void:
        sys.stderr.write(f"dondoc: no figure for {line}\n")
    return 1 if void else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
