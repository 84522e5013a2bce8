"""`dondoc demo`: a month of directives, played on a whole system of its own (ONCE=1: only the story; PORT: of the console)."""

import os

import click

from services.local_tools import load_tool
from shared.environment import number
from shared.errors import ConfigurationError

PORT = 8080


@click.command()
def demo() -> None:
    """Play a month of directives, check the invariants, then serve the console until Ctrl-C."""
    if os.environ.get("LETTER"):
        raise ConfigurationError("LETTER is set, but letters cannot be read yet: unset it, and the story of samples/ is played")
    once = os.environ.get("ONCE", "") not in ("", "0")
    raise SystemExit(load_tool("deploy.demo.run").run(number("PORT", PORT), once=once))
