"""The command `dondoc due`: what a phrase comes to, without a running stack."""

from collections.abc import Mapping
from datetime import datetime

import click
import msgspec

from services.deadlines.domain.calendar import midnight
from services.deadlines.domain.due import Due, ImpossiblePhraseError, Reason
from services.deadlines.domain.phrases import compute
from services.deadlines.saying import REASON, lines_of

HINTS: Mapping[Reason | None, str] = {"no-issue-date": " (--issued)", "not-received": " (--received)"}
"""The option that gives what a phrase lacks."""

_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@click.command("due")
@click.argument("phrase")
@click.option("--issued", type=_DAY, help="The day of the letter.")
@click.option("--received", type=_DAY, help="The day on which the unit received it.")
@click.option("--json", "as_json", is_flag=True, help="Print {kind, due, recurrence, proof}.")
def due(phrase: str, issued: datetime | None, received: datetime | None, *, as_json: bool) -> None:
    """Compute the deadline that PHRASE names, with its proof; exit 2 where the phrase is impossible."""
    issued_on = issued.date() if issued else None
    received_at = midnight(received.date()) if received else None
    try:
        computed = compute(phrase, issued_on=issued_on, received_at=received_at)
    except ImpossiblePhraseError as impossible:
        click.echo(f"impossible phrase: {impossible.reason}", err=True)
        raise SystemExit(2) from None
    click.echo(_told(computed) if as_json else described(computed))


def described(due: Due) -> str:
    """Return the deadline in Vietnamese, line by line; of what is missing the option that gives it."""
    return "\n".join(f"{label}: {text}{HINTS.get(due.proof.reason, '') if label == REASON else ''}" for label, text in lines_of(due))


def _told(computed: Due) -> str:
    told = {"kind": computed.kind, "due": computed.due, "recurrence": computed.recurrence, "proof": computed.proof}
    return msgspec.json.encode(told).decode()
