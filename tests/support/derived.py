"""The registrar's tables, derived from nothing but its inbox and what its output topics hold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from services.directives.domain import INTERNAL_PUBLISHERS, Claim, Past, Unit, claims_of, fold
from services.directives.inbox import identity_of
from services.directives.repository import past_of
from services.directives.verdicts import Refusal
from shared.contracts.codes import canonical_code
from shared.contracts.registry import PublisherAuthorised, publisher_key
from shared.contracts.verdicts import FactExpired, FactRefused, FactReleased, FactWaiting, Verdict
from shared.contracts.voiding import FactVoided
from shared.envelope import Event, content_digest, decode
from tests.support.records import FakeRecord

Place = tuple[int, int]
Row = tuple[Any, ...]
Tables = Mapping[str, list[Row]]


def derive(inbox: Sequence[FakeRecord], events: Sequence[Any], verdicts: Sequence[Any]) -> Tables:
    """Return the rows of every table; `events` and `verdicts` are rows of the journal, as their topics hold them."""
    return _Derived(inbox, events, verdicts).tables()


class _Derived:
    def __init__(self, inbox: Sequence[FakeRecord], events: Sequence[Any], verdicts: Sequence[Any]) -> None:
        self.inbox = {(record.partition, record.offset): record for record in inbox}
        self.events = {_place_of(row): (row, decode(row["value"])) for row in events}
        self.said: dict[Place, list[tuple[Any, Event]]] = {}
        for row in verdicts:
            self.said.setdefault(_place_of(row), []).append((row, decode(row["value"])))
        self.histories: dict[UUID, list[tuple[Any, Past]]] = {}
        for row, event in self.events.values():
            self.histories.setdefault(UUID(event.partitionkey), []).append((row, past_of(event)))
        for history in self.histories.values():
            history.sort(key=lambda each: each[1].version)

    def tables(self) -> Tables:
        facts = dict(self._facts())
        return {
            "stream": [self._stream(key) for key in self.histories],
            "fact": [(identity, digest, *place) for identity, (digest, place) in facts.items()],
            "claim": list({*self._claims(), *self._sources()}),
            "unit": [(key, canonical_code(state.code)) for key in self.histories if isinstance(state := self._state(key), Unit)],
            "publisher": list(self._publishers()),
            "receipt": [self._receipt(place, facts) for place in self.inbox],
            "waiting": list(self._waiting()),
        }

    def _state(self, key: UUID) -> object:
        return fold([past for _, past in self.histories[key]])

    def _stream(self, key: UUID) -> Row:
        row, past = self.histories[key][-1]
        return key, row["partition"], past.version, row["hash"], msgspec.json.encode(self._state(key)).decode()

    def _facts(self) -> Iterator[tuple[bytes, tuple[bytes, Place]]]:
        for place, (_, event) in self.events.items():
            yield identity_of(event), (content_digest(event), place)
        for place, said in self.said.items():
            for _, event in said:
                if digest := getattr(event.data, "digest", None):
                    yield _identity_of(event.data), (bytes.fromhex(digest), place)

    def _claims(self) -> Iterator[Row]:
        for key, history in self.histories.items():
            voided = {past.fact.data.version for _, past in history if isinstance(past.fact.data, FactVoided)}
            for _, past in history:
                if past.version not in voided and not isinstance(past.fact.data, FactVoided):
                    yield from ((claim.kind, claim.name, key) for claim in claims_of(past.fact))

    def _sources(self) -> Iterator[Row]:
        used = [(event.source, event.publisher) for _, event in self.events.values()]
        used += [
            (event.data.fact_source, event.publisher)
            for said in self.said.values()
            for _, event in said
            if getattr(event.data, "digest", None)
        ]
        for source, publisher in used:
            if publisher is not None and publisher not in INTERNAL_PUBLISHERS:
                yield (*Claim("source", source), publisher_key(publisher))

    def _publishers(self) -> Iterator[Row]:
        for key, history in self.histories.items():
            said = [past for _, past in history if isinstance(past.fact.data, PublisherAuthorised)]
            if said:
                newest = said[-1].fact.data
                assert isinstance(newest, PublisherAuthorised)
                yield newest.publisher, key, said[-1].version, msgspec.json.encode(newest).decode(), newest.has_topic

    def _receipt(self, place: Place, facts: Mapping[bytes, tuple[bytes, Place]]) -> Row:
        told = self.said.get(place, ())
        need = self._need(place)
        if place in self.events:
            row, event = self.events[place]
            return (*place, "registered", row["position"], event.version, None, None, None, event.publisher, *need, None)
        for row, event in told:
            if isinstance(event.data, FactRefused | FactExpired):
                shown, at = _shown(event.data), event.registeredtime
                return (*place, "refused", row["position"], None, shown, None, None, event.publisher, *need, at)
        if told:
            row, event = told[-1]
            return (*place, "waiting", row["position"], None, None, None, None, event.publisher, *need, None)
        repeat = decode(self.inbox[place].value)
        return (*place, "duplicate", None, None, None, *facts[identity_of(repeat)][1], repeat.publisher, *need, None)

    def _need(self, place: Place) -> Row:
        told = [(row, event.data) for row, event in self.said.get(place, ()) if isinstance(event.data, FactWaiting)]
        if not told:
            return (None, None, None, None)
        row, said = told[-1]
        return said.needs, said.needed_id, said.expires_at, row["position"]

    def _waiting(self) -> Iterator[Row]:
        for place, told in self.said.items():
            said = told[-1][1]
            if isinstance(said.data, FactWaiting):
                record = self.inbox[place]
                event = decode(record.value)
                yield (
                    *place, UUID(event.partitionkey), event.subject, event.publisher, said.data.needs, said.data.needed_id,
                    event.receivedtime, said.data.expires_at, record.value,
                )  # fmt: skip
            else:
                assert isinstance(said.data, FactRefused | FactExpired | FactReleased)


def _identity_of(said: Verdict) -> bytes:
    return identity_of(Event(specversion="1.0", id=said.fact_id, source=said.fact_source, type="", subject="", partitionkey="", data=None))


def _place_of(row: Any) -> Place:
    topic, partition, offset = row["cause"].split("/")
    assert topic == "directives.inbox.v1"
    return int(partition), int(offset)


def _shown(said: FactRefused | FactExpired) -> str:
    fields = said.fields if isinstance(said, FactRefused) else ()
    return msgspec.json.encode(Refusal(said.code, said.reason, said.reason_vi, fields)).decode()
