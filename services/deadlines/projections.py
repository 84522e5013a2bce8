"""What the service keeps of facts (directives.events.v1): dossiers of directives, their facts, calendars, and the names of units."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.deadlines.domain.calendar import RegisteredYear
from services.deadlines.domain.calendars import CalendarFact, Calendars
from services.deadlines.domain.dossier import REVISION, Dossier
from services.deadlines.domain.due import Policy
from services.deadlines.domain.evolving import fold
from services.deadlines.domain.facts import Fact, fact_of
from services.deadlines.domain.rules import Rules
from services.deadlines.queries import QUERIES
from shared.contracts.codes import canonical_code
from shared.contracts.directives import DirectiveIssued
from shared.contracts.registry import CalendarAmended, UnitRegistered, UnitRenamed
from shared.contracts.voiding import FactVoided
from shared.envelope import decode, encode
from shared.postgres import Connection, Pool

Dossiers = dict[UUID, Dossier]
"""Dossiers by directive."""

_decoder = msgspec.msgpack.Decoder(Dossier)
_encoder = msgspec.msgpack.Encoder()
_year = msgspec.json.Decoder(CalendarAmended)


async def load_dossiers(connection: Connection, directives: Iterable[UUID]) -> Dossiers:
    """Return the dossiers of some directives, those that exist; what was folded in another way is folded anew from its facts."""
    rows = await connection.fetch(QUERIES["read_dossiers"], list(directives))
    dossiers: Dossiers = {row["directive_id"]: _decoder.decode(row["state"]) for row in rows}
    outdated = [directive for directive, dossier in dossiers.items() if dossier.revision != REVISION]
    if outdated:
        histories = await load_histories(connection, outdated)
        dossiers |= {directive: fold(history) for directive, history in histories.items()}
    return dossiers


async def store_dossiers(connection: Connection, dossiers: Mapping[UUID, Dossier]) -> None:
    """Write dossiers."""
    if dossiers:
        states = [_encoder.encode(dossier) for dossier in dossiers.values()]
        await connection.execute(QUERIES["put_dossiers"], list(dossiers), states)


async def load_histories(connection: Connection, directives: Iterable[UUID]) -> dict[UUID, list[Fact]]:
    """Return the facts of some directives in order of their versions."""
    histories: dict[UUID, list[Fact]] = {directive: [] for directive in directives}
    for row in await connection.fetch(QUERIES["read_facts"], list(histories)):
        histories[row["directive_id"]].append(fact_of(decode(row["value"]), cause=""))
    return histories


async def store_facts(connection: Connection, facts: Sequence[Fact]) -> None:
    """Keep facts of directives."""
    if facts:
        rows = [(fact.key, fact.version, encode(fact.event)) for fact in facts]
        await connection.execute(QUERIES["put_facts"], *zip(*rows, strict=True))


async def store_registry(connection: Connection, facts: Sequence[Fact]) -> None:
    """Keep what facts say about units, calendars and issuers; the last one counts."""
    await _store_issuers(connection, facts)
    units: dict[UUID, UnitRegistered] = {}
    names: dict[UUID, str] = {}
    for fact in facts:
        match fact.event.data:
            case UnitRegistered() as unit:
                units[fact.subject] = unit
                names.pop(fact.subject, None)
            case UnitRenamed(name=name):
                names[fact.subject] = name
            case CalendarAmended() as year:
                await connection.execute(
                    QUERIES["put_calendar"], fact.key, fact.version, fact.event.id, fact.registered_at, msgspec.json.encode(year)
                )
            case FactVoided(version=version):
                await connection.execute(QUERIES["void_calendar"], fact.key, version, fact.event.id)
            case _:
                continue
    if units:
        rows = [(unit_id, canonical_code(unit.code), unit.name) for unit_id, unit in units.items()]
        await connection.execute(QUERIES["put_units"], *zip(*rows, strict=True))
    if names:
        await connection.execute(QUERIES["rename_units"], list(names), list(names.values()))


async def _store_issuers(connection: Connection, facts: Sequence[Fact]) -> None:
    issuers = {fact.key: fact.event.data.issuer for fact in facts if isinstance(fact.event.data, DirectiveIssued)}
    if issuers:
        await connection.execute(QUERIES["put_issuers"], list(issuers), list(issuers.values()))


class RuleBook:
    """The rules in force: one policy, and the calendars that are registered when they are asked for."""

    def __init__(self, policy: Policy) -> None:
        self._rules = Rules(policy)
        self._versions: frozenset[tuple[UUID, int]] = frozenset()

    async def current(self, connection: Connection | Pool) -> Rules:
        """Return the rules by all calendars that are committed."""
        versions = frozenset((row["calendar_id"], row["version"]) for row in await connection.fetch(QUERIES["read_calendar_versions"]))
        if versions != self._versions:
            rows = await connection.fetch(QUERIES["read_calendars"])
            facts = [_calendar_of(row["fact"], row["registered_at"], row["version"], row["content"]) for row in rows]
            self._rules, self._versions = Rules(self._rules.policy, Calendars(facts)), versions
        return self._rules


def _calendar_of(fact: str, registered_at: datetime, version: int, content: bytes) -> CalendarFact:
    said = _year.decode(content)
    year = RegisteredYear(
        year=said.year, version=version, days_off={each.day: each.name for each in said.days_off},
        working_days=frozenset(said.working_days), notice=said.notice,
    )  # fmt: skip
    return CalendarFact(fact=fact, registered_at=registered_at, year=year)
