"""What the chaos checker does not see: every service's tables are the folds of the logs, names are owned, mail follows its schedule."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from uuid import UUID

import msgspec

from deploy.chaos.checking.logs import settle
from deploy.chaos.evidence import DEADLINES, EVENTS, NOTICES, Evidence, Finding, Message
from deploy.simulation.database import Database, finish
from deploy.simulation.judging_mail import judge_mail
from deploy.simulation.office import Office
from deploy.simulation.worker import BOOK
from services.deadlines.domain import evolving
from services.deadlines.domain.dossier import Dossier
from services.deadlines.domain.facts import fact_of
from services.deadlines.domain.life import DEADLINE, Life, next_stage
from services.deadlines.domain.said import Said
from services.deadlines.queries import QUERIES as OF_DEADLINES
from services.deadlines.repository import life_of
from services.directives.domain import Past, State, claims_of, fold
from services.directives.repository import past_of
from services.notifications.domain.escalation import Case
from services.notifications.domain.roll import Entry, Roll
from services.notifications.domain.roll import fold as fold_roll
from shared.contracts.deadlines import DeadlineEvent
from shared.contracts.voiding import FactVoided
from shared.envelope import Event, decode

_state = msgspec.json.Decoder(State)
_dossier = msgspec.msgpack.Decoder(Dossier)
_roll = msgspec.msgpack.Decoder(Roll)
_case = msgspec.msgpack.Decoder(Case)
Facts = Mapping[UUID, list[Event]]


def judge(office: Office, evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong with an office at rest."""
    facts = _facts(settle(evidence.topics[EVENTS]))
    yield from _judge_registrar(office.databases["registrar"], facts, evidence)
    yield from _judge_deadlines(office.databases["deadlines"], facts, evidence)
    yield from _judge_notifications(office.databases["notifications"], facts, evidence)
    yield from judge_mail(office)
    yield from office.findings
    for schema, why in office.stopped.items():
        yield Finding("lost", f"{schema} stopped: {why}")


def _facts(messages: Iterable[Message]) -> Facts:
    facts: dict[UUID, list[Event]] = defaultdict(list)
    for message in messages:
        facts[UUID(message.key)].append(decode(message.value))
    return facts


def _compare(what: str, expected: Mapping[Any, Any], found: Mapping[Any, Any]) -> Iterator[Finding]:
    for key in expected.keys() | found.keys():
        if key not in expected or key not in found or expected[key] != found[key]:
            yield Finding("lost", f"{what} {key} is {found.get(key)}, by the log {expected.get(key)}")


def _judge_registrar(db: Database, facts: Facts, evidence: Evidence) -> Iterator[Finding]:
    hashes = {UUID(message.key): message.hash for message in settle(evidence.topics[EVENTS])}
    pasts = {key: [past_of(event) for event in events] for key, events in facts.items()}
    expected = {key: (len(past), hashes[key], fold(past)) for key, past in pasts.items()}
    found = {key: (version, last.hex(), _state.decode(state)) for key, (version, last, state) in db["stream"].items()}
    yield from _compare("the registrar's stream", expected, found)
    owners = {claim: key for key, past in pasts.items() for each in _standing(past) for claim in claims_of(each.fact)}
    yield from _compare("the name", owners, db["claim"])
    for place in db["waiting"]:
        yield Finding("lost", f"the fact at {place} still waits")


def _standing(pasts: Iterable[Past]) -> list[Past]:
    all_pasts = list(pasts)
    voided = {past.fact.data.version for past in all_pasts if isinstance(past.fact.data, FactVoided)}
    return [past for past in all_pasts if past.version not in voided]


def _judge_deadlines(db: Database, facts: Facts, evidence: Evidence) -> Iterator[Finding]:
    dossiers = {key: evolving.fold(fact_of(event, "") for event in events) for key, events in facts.items()}
    yield from _compare("the dossier", dossiers, {key: _dossier.decode(state) for key, state in db["dossier"].items()})
    lives: dict[UUID, Life] = {}
    for message in settle(evidence.topics[DEADLINES]):
        event = decode(message.value)
        if isinstance(event.data, DeadlineEvent) and event.time is not None:
            said = Said(id=event.id, since=event.time, data=cast("Any", event.data))
            lives[event.data.deadline] = DEADLINE.evolve(lives.get(event.data.deadline, DEADLINE.initial), said)
    rows = finish(db.fetch(OF_DEADLINES["read_lives_by_id"], list(db["deadline"])))
    yield from _compare("the deadline", lives, {row["deadline_id"]: life_of(row) for row in rows})
    rules = finish(BOOK.current(cast("Any", db)))
    stages = {key: next_stage(life, rules.plan(life)) for key, life in lives.items()}
    timers = {key: stage.at if stage else None for key, stage in stages.items()}
    yield from _compare("the timer", timers, {key: row["fire_at"] for key, row in db["progress"].items()})


def _judge_notifications(db: Database, facts: Facts, evidence: Evidence) -> Iterator[Finding]:
    rolls = {
        key: fold_roll(Entry(event.version or 0, (event.source, event.id), UUID(event.subject), event.data) for event in events)
        for key, events in facts.items()
    }
    yield from _compare("the roll", rolls, {key: _roll.decode(state) for key, state in db["roll"].items()})
    told = settle(evidence.topics[NOTICES])
    issued = {message.data["notice"]: (message.partition, message.position) for message in told if message.name == "notice-issued"}
    yield from _compare("the notice", issued, {str(key): (row["partition"], row["position"]) for key, row in db["notice"].items()})
    levels = {(each.data["deadline"], each.data["level"]) for each in told if each.name == "notice-escalated"}
    cases = {(str(key), level) for key, row in db["escalation"].items() for _, level in _case.decode(row[2]).told}
    for deadline, level in levels ^ cases:
        yield Finding("lost", f"level {level} of deadline {deadline} is told by the log or by the table alone")
