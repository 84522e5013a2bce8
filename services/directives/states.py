"""Rows of the read model as the domain's states: what the projection goes on from, and what the views judge."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from services.directives.domain.paperwork import Conference, Directive, Extension, Filed, Plan
from services.directives.domain.task_life import TaskState
from services.directives.domain.warnings import Marks
from services.directives.queries import QUERIES
from shared.contracts.deadlines import Proof
from shared.contracts.directives import Basis, DirectiveIssued, Signer
from shared.contracts.extensions import ExtensionRequested
from shared.contracts.types import File
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted
from shared.postgres import Connection, Pool

Row = Mapping[str, Any]
Database = Connection | Pool
T = TypeVar("T")

_task = msgspec.json.Decoder(TaskState)
_proof = msgspec.json.Decoder(Proof)
_bases = msgspec.json.Decoder(tuple[Basis, ...])
_signer = msgspec.json.Decoder(Signer)
_file = msgspec.json.Decoder(File)
_faults = msgspec.json.Decoder(tuple[str, ...])


def task_state_of(row: Row) -> TaskState:
    """Return a task's state; its column is read as text."""
    return _task.decode(row["state"])


def directive_of(row: Row) -> Directive:
    """Return a directive as it stands."""
    issued = DirectiveIssued(
        key=row["key"], issuer=row["issuer"], subject=row["subject"], document_type=row["document_type"], number=row["number"],
        symbol=row["symbol"], issued_on=row["issued_on"], place=row["place"], addressees=tuple(row["addressees"]),
        based_on=_bases.decode(row["based_on"]), signer=_if_there(_signer, row["signer"]), urgency=row["urgency"],
        file=_if_there(_file, row["file"]),
    )  # fmt: skip
    return Directive(issued, _filed(row), row["standing"], row["changed_at"], row["ended_at"], row["end_reason"], row["replaced_by"])


def plan_of(row: Row) -> Plan:
    """Return a plan as it stands, without its items."""
    submitted = PlanSubmitted(
        task=row["task"], submitted_by=row["submitted_by"], stage=row["stage"], title=row["title"], file=_if_there(_file, row["file"])
    )
    return Plan(submitted, _filed(row), row["standing"], row["judged_at"], row["remarks"], _faults.decode(row["faults"]))


def conference_of(row: Row) -> Conference:
    """Return a conference as it stands."""
    scheduled = ConferenceScheduled(
        tasks=tuple(row["tasks"]), scheduled_by=row["scheduled_by"], title=row["title"], starts_at=row["starts_at"],
        ends_at=row["ends_at"], place=row["place"], chair=row["chair"], participants=tuple(row["participants"]),
    )  # fmt: skip
    held = None
    if row["held_at"] is not None:
        minutes = _if_there(_file, row["minutes"])
        held = ConferenceHeld(held_at=row["held_at"], reported_by=row["reported_by"], attendance=row["attendance"], minutes=minutes)
    return Conference(
        scheduled, _filed(row), row["first_starts_at"], row["standing"], row["reschedulings"], row["changed_at"], row["reason"], held,
        row["held_received_at"],
    )  # fmt: skip


def extension_of(row: Row) -> Extension:
    """Return a request for more time as it stands."""
    requested = ExtensionRequested(
        task=row["task"], name=row["name"], requested_by=row["requested_by"], requested_day=row["requested_day"], reasons=row["reasons"]
    )
    return Extension(requested, _filed(row), row["standing"], row["decided_at"], row["last_good_day"], row["remarks"])


def marks_of(row: Row) -> Marks:
    """Return a deadline as it was last told."""
    return Marks(**{name: row[name] for name in Marks.__dataclass_fields__ if name != "proof"}, proof=_proof.decode(row["proof"]))


async def load(database: Database, query: str, ids: Collection[UUID]) -> dict[UUID, Row]:
    """Return the rows under some ids; none are asked for where there is no id."""
    return {row["id"]: row for row in await database.fetch(QUERIES[query], ids)} if ids else {}


def _filed(row: Row) -> Filed:
    return Filed(row["received_at"], row["registered_at"], row["version"])


def _if_there(decoder: "msgspec.json.Decoder[T]", text: str | None) -> T | None:
    return None if text is None else decoder.decode(text)
