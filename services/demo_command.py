"""`dondoc demo`: a letter and the month after it, played on a whole system of its own (ONCE=1: only the story; PORT: of the console)."""

import os
from pathlib import Path

import click

from services.local_tools import load_tool
from shared.environment import number

PORT = 8080


@click.command()
@click.option("--letter", envvar="LETTER", type=click.Path(path_type=Path), help="Another letter than that of samples/ (or LETTER=path).")
def demo(letter: Path | None) -> None:
    """Read a letter, play the month after it, check the invariants, then serve the console until Ctrl-C."""
    once = os.environ.get("ONCE", "") not in ("", "0")
    raise SystemExit(load_tool("deploy.demo.run").run(number("PORT", PORT), once=once, letter=letter))
