"""Bugs of the services: of the registrar's desk, of deadlines and their timers, of notices and escalation, each alone."""

# ruff: noqa: SLF001  bugs are planted where they would be made

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from deploy.simulation.database import Database
from deploy.simulation.facts import ISSUER
from deploy.simulation.office import Parts
from deploy.simulation.tables import deadlines, notifications
from deploy.simulation.worker import Surroundings, Worker
from services.deadlines import desk as deadlines_desk
from services.deadlines import handlers
from services.deadlines.domain import aims, evolving, life
from services.deadlines.domain.dossier import EMPTY
from services.deadlines.domain.life import Fire
from services.deadlines.queries import QUERIES as DEADLINES
from services.directives import desk, verdicts, waiting
from services.directives.desk import Desk
from services.directives.domain import directives, plans
from services.directives.domain.refusals import refused
from services.directives.names import Names
from services.directives.registering import Registrar
from services.directives.waiting import Limits, WaitingRoom
from services.notifications import issuing, repository
from services.notifications.domain import escalation, notices
from services.notifications.domain.escalation import Case
from services.notifications.escalation_rows import QUERIES as ESCALATION
from shared.contracts.directives import TaskAssigned
from shared.envelope import chain
from tests.support.planting import Bug, wrong

ONE_DAY = timedelta(days=1)
_case = msgspec.msgpack.Decoder(Case)
_encoder = msgspec.msgpack.Encoder()
_append, _recipients = Desk._append, notices._recipients
_with_copies, _released = issuing._with_copies, WaitingRoom.release


def _nothing(*_args: Any) -> list[Any]:
    return []


async def _none(*_args: Any) -> list[Any]:
    return []


async def _zero(*_args: Any) -> int:
    return 0


async def _no_queues(*_args: Any) -> dict[Any, Any]:
    return {}


async def _no_units(*_args: Any) -> set[Any]:
    return set()


def _fold_all(history: Sequence[Any]) -> Any:
    dossier = EMPTY
    for fact in history:
        dossier = evolving.evolve(dossier, fact)
    return dossier


def _kept_in_the_queue(self: WaitingRoom, stream: Any, subject: str) -> Any:
    met = _released(self, stream, subject)
    for each in met:
        stream.queue.put(each)
    return met[:1]


def _last(heap: list[Any]) -> Any:
    heap.sort()
    return heap.pop()


class Impatient(Worker):
    """Lets facts wait for a day at most."""

    def __init__(self, around: Surroundings, schema: str) -> None:
        super().__init__(around, schema)
        if schema == "registrar":
            self.registrar._limits = Limits(days=1)


def _plans_judged_once(_earlier: Any, _plan: Any) -> None:
    raise refused("plan-already-final", "/subject")


def _version_left_out(self: Desk, stream: Any, entry: Any) -> Any:
    stream.version += stream.version == 1
    return _append(self, stream, entry)


def _unchained(_previous: bytes, value: bytes) -> bytes:
    return chain(bytes(32), value)


def _without_a_release(self: Any, ruling: Any, said: Any, what: str = "") -> int:
    return 0 if what == "/released" else int(_say(self, ruling, said, what))


_say = verdicts._Mail._say


def _due_a_day_ahead(db: Database, partition: int, now: datetime, limit: int) -> Sequence[Any]:
    return deadlines.read_due_lives(db, partition, now + ONE_DAY, limit)


def _next_a_day_ahead(db: Database) -> Sequence[Any]:
    return [{**row, "fire_at": row["fire_at"] - ONE_DAY} for row in deadlines.read_next_timers(db)]


def _early(which: Any) -> Any:
    return lambda each, plan, now: which(each, plan, now + ONE_DAY)


def _as_if_due(*, now: datetime, stage: Any) -> Fire:
    return Fire(now=max(now, stage.at), stage=stage)


def _first_overdue(each: Any, plan: Any, now: datetime) -> Any:
    come = [stage for stage in life._ahead(each, plan) if stage.at <= now]
    return come[0] if come else None


def _fired_twice(each: Any, plan: Any, now: datetime) -> Sequence[Any]:
    said = list(_fire(each, plan, now))
    return [*said, *said]


_fire = handlers._fire


def _fired_without_a_trace(db: Database, ids: Sequence[Any], approached: Sequence[Any], *columns: Any) -> Sequence[Any]:
    return deadlines.put_fired(db, ids, [None for _ in approached], *columns)


def _timers_taken_out_first(db: Database, partition: int, now: datetime, limit: int) -> Sequence[Any]:
    rows = deadlines.read_due_lives(db, partition, now, limit)
    for row in rows:
        before = db["progress"][row["deadline_id"]]
        db["progress"][row["deadline_id"]] = {**before, "fire_at": None}
    return rows


def _only_the_newest(db: Database, partition: int, now: datetime, limit: int) -> Sequence[Any]:
    rows = deadlines.read_due_lives(db, partition, now, limit)
    return [row for row in rows if db["progress"][row["deadline_id"]]["fire_at"] > now - ONE_DAY]


def _by_registration(handed_in: Any, running: Any) -> Any:
    late = [each if each.registered_at == each.received_at else _received_later(each) for each in handed_in]
    return _meeting_of(late, running)


def _received_later(delivery: Any) -> Any:
    return replace(delivery, received_at=delivery.registered_at)


_meeting_of = aims.meeting_of


def _meets_anything(clause: Any, delivery: Any) -> bool:
    return bool(clause.met_by == delivery.kind)


def _to_the_issuer(rule: Any, happening: Any, known: Any) -> Mapping[Any, Any]:
    found = _recipients(rule, happening, known)
    return dict.fromkeys(found, "lead") | {ISSUER: "lead"} if isinstance(happening.data, TaskAssigned) else found


async def _with_two_copies(work: Any, told: Any, contacts: Any) -> Any:
    made = await _with_copies(work, told, contacts)
    return [*made, *(each for each in made if each.data.channel == "mail")]


def _forgotten_levels(db: Database, *args: Any) -> Sequence[Any]:
    return [
        {**row, "state": _encoder.encode(replace(_case.decode(row["state"]), told=()))} for row in notifications.read_due_cases(db, *args)
    ]


def _worker(worker: type[Worker]) -> Parts:
    return Parts(worker=worker)


BUGS: tuple[Bug, ...] = (
    Bug("waiting fact never released", patches=((WaitingRoom, "release", _nothing),)),
    Bug("waiting fact released twice", patches=((WaitingRoom, "release", _kept_in_the_queue),)),
    Bug("released out of order", patches=((desk, "heappop", _last),)),
    Bug("refused although it waits in time", _worker(Impatient)),
    Bug("waiting facts forgotten by a restart", patches=((waiting, "read_queues", _no_queues),)),
    Bug("names of what was voided kept", patches=((Names, "free", _nothing),), unseen=True),
    Bug("void not taken back", patches=((deadlines_desk, "fold", _fold_all),), unseen=True),
    Bug("units judged by what a process remembers alone", patches=((desk, "read_units", _no_units),)),
    Bug("expired never said", patches=((Registrar, "expire", _zero),)),
    Bug("refused fact registered", patches=((directives, "judge_issued", _nothing),)),
    Bug("right fact refused", patches=((plans, "_require_same_plan", _plans_judged_once),)),
    Bug("hash chained wrongly", patches=((desk, "chain", _unchained),)),
    Bug("version gap", patches=((Desk, "_append", _version_left_out),)),
    Bug("release not told", patches=((verdicts._Mail, "_say", _without_a_release),)),
    Bug(
        "timer early",
        Parts(wrong={"deadlines": {DEADLINES["read_due_lives"]: _due_a_day_ahead, DEADLINES["read_next_timers"]: _next_a_day_ahead}}),
        ((handlers, "overdue_stage", _early(life.overdue_stage)), (handlers, "Fire", _as_if_due)),
    ),
    Bug("timer fires twice", patches=((handlers, "_fire", _fired_twice),)),
    Bug("a stage forgotten once it was fired", wrong("deadlines", DEADLINES, "put_fired", _fired_without_a_trace), unseen=True),
    Bug("timer lost after a crash", wrong("deadlines", DEADLINES, "read_due_lives", _timers_taken_out_first)),
    Bug("stage skipped after downtime", wrong("deadlines", DEADLINES, "read_due_lives", _only_the_newest)),
    Bug("every overdue stage fired after downtime", patches=((handlers, "overdue_stage", _first_overdue),)),
    Bug("received in time, counted late", patches=((aims, "meeting_of", _by_registration),)),
    Bug("a draft meets the final deadline", patches=((aims, "meets", _meets_anything),)),
    Bug("a notice too many, to the wrong unit", patches=((notices, "_recipients", _to_the_issuer),)),
    Bug("what came before its directive never told", patches=((repository, "read_outcomes", _none),)),
    Bug("copy by mail doubled", patches=((issuing, "_with_copies", _with_two_copies),)),
    Bug("escalation early", patches=((escalation, "ONE_DAY", timedelta(hours=12)),)),
    Bug("escalation twice", wrong("notifications", ESCALATION, "read_due_cases", _forgotten_levels)),
)
