"""What the timeline holds of some types: the changes of a directive, the progress of a task, as they stood at an instant."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from services.directives.domain.board import Fact
from services.directives.queries import QUERIES
from services.directives.states import Database
from services.directives.views import models
from shared.contracts import Contract, type_of
from shared.contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveRecalled, DirectiveReplaced
from shared.contracts.tasks import ProgressReported
from shared.envelope import decode

_KINDS: Mapping[type[Contract], Literal["amended", "corrected", "replaced", "recalled"]] = {
    DirectiveAmended: "amended",
    DirectiveCorrected: "corrected",
    DirectiveReplaced: "replaced",
    DirectiveRecalled: "recalled",
}


async def read_changes(database: Database, directive: UUID, at: datetime) -> list[models.Change]:
    """Return the documents that had changed or ended a directive by an instant, in order."""
    return [_change(fact) for fact in await _read(database, directive, [type_of(each) for each in _KINDS], at)]


async def read_progress(database: Database, directive: UUID, task: UUID, at: datetime) -> list[tuple[Fact, ProgressReported]]:
    """Return what had been reported of a task's progress by an instant, in order."""
    facts = await _read(database, directive, [type_of(ProgressReported)], at)
    return [(fact, fact.data) for fact in facts if fact.subject == task and isinstance(fact.data, ProgressReported)]


async def _read(database: Database, key: UUID, types: list[str], at: datetime) -> list[Fact]:
    return list(_facts(key, await database.fetch(QUERIES["read_changes"], key, types, at)))


def _facts(key: UUID, rows: list[Any]) -> Iterator[Fact]:
    for row in rows:
        yield Fact(key, row["version"], row["subject"], row["received_at"], row["received_at"], decode(row["value"]).data)


def _change(fact: Fact) -> models.Change:
    data: Any = fact.data
    texts = (getattr(data, name, None) for name in ("changes", "correction", "reason"))
    document = None if data.document is None else msgspec.to_builtins(data.document)
    return models.Change(
        kind=_KINDS[type(data)], version=fact.version, at=fact.received_at, text=next(filter(None, texts), None), document=document
    )
