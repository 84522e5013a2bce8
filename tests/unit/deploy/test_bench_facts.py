from collections import Counter
from uuid import UUID

from deploy.bench.facts import FACTS_PER_DIRECTIVE, TOGETHER, UNITS, assigned, facts, issued, received, records, units
from services.directives.admission import Stamp, admit
from services.directives.domain import Claim, Fact, Filing, References, claims_of, decide, evolve
from shared.envelope import Event, decode, encode
from shared.topics import partition_of

REFERENCES_UNITS = {UUID(event.subject) for event in units()}


def judge(events: list[Event]) -> dict[str, int]:
    """Judge facts as the registrar does, and return how many each key got; a refusal fails the test."""
    states: dict[str, object] = {}
    owners: dict[Claim, UUID] = {}
    counts: Counter[str] = Counter()
    for event in events:
        assert event.receivedtime is not None
        fact = Fact(UUID(event.partitionkey), UUID(event.subject), event.receivedtime, event.data)
        state = states.get(event.partitionkey)
        (kept,) = decide(state, Filing(fact, References(REFERENCES_UNITS, owners), fact.received_at))  # type: ignore[arg-type]
        states[event.partitionkey] = evolve(state, kept)  # type: ignore[arg-type]
        owners.update(dict.fromkeys(claims_of(fact), fact.key))
        counts[event.partitionkey] += 1
    return counts


def test_every_fact_is_registered() -> None:
    counts = judge(list(received([*facts(0, 3)])))
    assert set(counts.values()) == {FACTS_PER_DIRECTIVE}
    assert len(counts) == 3


def test_every_unit_is_registered_once() -> None:
    assert len(judge(list(received(units())))) == UNITS


def test_rounds_do_not_share_a_fact_or_a_directive() -> None:
    first, second = list(facts(0, 2)), list(facts(2, 2))
    assert not {event.id for event in first} & {event.id for event in second}
    assert not {event.partitionkey for event in first} & {event.partitionkey for event in second}


def test_facts_of_different_directives_lie_mixed() -> None:
    begun = list(facts(0, TOGETHER))[:TOGETHER]
    assert [event.subject for event in begun] == [issued(number).subject for number in range(TOGETHER)]


def test_the_ingress_admits_what_is_posted() -> None:
    stamped = next(iter(received([issued(7)])))
    assert stamped.receivedtime is not None
    for event in (units()[0], issued(7), assigned(7, 3, "-12")):
        admitted = admit(encode(event), Stamp(stamped.receivedtime, "api"), 4)
        assert admitted.partition == partition_of(event.partitionkey, 4)


def test_records_carry_key_and_value_into_their_partition() -> None:
    parts = records(received(facts(0, 2)), 4)
    assert sum(map(len, parts)) == 2 * FACTS_PER_DIRECTIVE
    for number, part in enumerate(parts):
        for key, value in part:
            assert decode(value).partitionkey.encode() == key
            assert partition_of(key, 4) == number
