"""`dondoc demo`: a whole system of its own, the story on the stepped clock, the table, the invariants, then console and API."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.demo import texts
from deploy.demo.catchers import Catchers
from deploy.demo.invariants import Finding, check_all
from deploy.demo.letters import open_letter
from deploy.demo.performance import perform
from deploy.demo.table import draw_table
from deploy.demo.told import show_mail, show_webhooks
from deploy.local.infrastructure import Infrastructure
from deploy.local.requirements import root
from deploy.local.serve import stopping_in_order, watch
from deploy.local.stack import Stack

SAMPLES = root() / "samples" / "phuoc-long-2021"
BROKEN = 1
INTERRUPTED = 130
SHOWN = 10


def run(port: int, *, once: bool, letter: Path | None = None, folder: Path = SAMPLES) -> int:
    """Play the story, serve until Ctrl-C unless it is `once`, and return the exit code: 1 where an invariant broke.

    `port` is that of console and API, 0 a free one. Raises ConfigurationError or UnavailableError where the system cannot start or go on.
    """
    if letter is not None:
        open_letter(letter)
    result = INTERRUPTED
    try:
        with stopping_in_order(), running_stack(port) as (stack, catchers):
            result = play(stack, catchers, folder, letter)
            if not once:
                _serve(stack)
    except KeyboardInterrupt:
        show("\nStopped; nothing is left behind.")
    return result


@contextmanager
def running_stack(port: int) -> Iterator[tuple[Stack, Catchers]]:
    """Run a system of its own on the stepped clock for the block, showing how far its start is; its mail and webhooks are caught."""
    began = time.monotonic()
    infrastructure = Infrastructure()
    catchers = Catchers(infrastructure.directory / "caught")
    stack = Stack(infrastructure, environment={"DONDOC_CLOCK": "stepped", **catchers.environment()}, port=port)
    show("· Starting Kafka and PostgreSQL …")
    with infrastructure, catchers:
        show("· Creating topics and tables, starting the services …")
        with stack:
            stack.wait_ready()
            show(f"· The system is up after {time.monotonic() - began:.1f} s.")
            yield stack, catchers


def play(stack: Stack, catchers: Catchers, folder: Path, letter: Path | None = None) -> int:
    """Play the story of a folder, show what came of it, and return 0, or 1 where an invariant broke."""
    began = time.monotonic()
    show(f"· PostgreSQL, for a look inside: {stack.dsn}\n")
    evidence = asyncio.run(perform(stack, catchers, folder, letter, show))
    for lines in (draw_table(evidence), show_mail(catchers.mail), show_webhooks(catchers.webhooks)):
        show("")
        for line in lines:
            show(line)
    show(f"\nInvariants, as of {texts.moment(evidence.now)}, {time.monotonic() - began:.1f} s after the story began:")
    return report(check_all(evidence))


def report(findings: Sequence[Finding]) -> int:
    """Show what was checked and what is broken, and return the exit code."""
    for finding in findings:
        show(f"  {'BROKEN' if finding.breaches else 'ok':<6}  {finding.claim}")
        for breach in finding.breaches[:SHOWN]:
            show(f"            {breach}")
        if len(finding.breaches) > SHOWN:
            show(f"            and {len(finding.breaches) - SHOWN} more")
    broken = sum(bool(finding.breaches) for finding in findings)
    show(f"{len(findings)} invariants checked, {broken} broken.")
    return BROKEN if broken else 0


def _serve(stack: Stack) -> None:
    show(f"\nConsole and API: {stack.url}/ (API key: {stack.api_key}).")
    show(f"Sign in as {stack.administrator}. The office clock stands still now. Ctrl-C stops everything.")
    watch(stack)


def show(line: str) -> None:
    """Show people a line at once."""
    print(line, flush=True)
