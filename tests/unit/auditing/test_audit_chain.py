"""Chains and comparison without database and broker: what integration tests cannot plant."""

from dataclasses import dataclass

import pytest

from services.auditing.chain import Chain, Row
from services.auditing.comparing import Comparison, headers_of
from services.auditing.findings import LIMIT, Finding, Findings
from services.auditing.heads import PartitionHeads
from shared.envelope import NO_HASH, chain
from shared.topics import partition_of

KEY = "3c1f5a0e-5f2e-5f9a-8a55-6b1f0c7d2e44"
HOME = partition_of(KEY, 4)


@dataclass
class Sent:
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def row(position: int, version: int, previous: bytes = NO_HASH, *, key: str = KEY, value: bytes | None = None) -> Row:
    said = value if value is not None else f'{{"partitionkey":"{KEY}","version":{version}}}'.encode()
    return Row(position, key.encode(), said, "timer/1", previous, chain(previous, said))


def rows(count: int) -> list[Row]:
    made: list[Row] = []
    for version in range(1, count + 1):
        made.append(row(version, version, (made[-1].hash if made else None) or NO_HASH))
    return made


def sent(one: Row, offset: int) -> Sent:
    return Sent(offset, one.key, one.value, headers_of(one))


def followed(*given: Row, partition: int = HOME, exported: PartitionHeads | None = None) -> tuple[Chain, list[Finding]]:
    findings = Findings()
    made = Chain(partition, 4, findings, exported)
    for each in given:
        made.follow(each)
    return made, findings.kept


def test_versions_that_follow_each_other_are_right() -> None:
    made, found = followed(*rows(3))
    made.finish(3)
    assert found == []
    assert made.export().keys == {KEY: (3, (rows(3)[-1].hash or b"").hex())}


def test_a_value_that_is_no_event_is_told_and_the_rest_is_followed() -> None:
    first, second = rows(2)
    _, found = followed(first, row(2, 0, value=b"\xff"), second._replace(position=3))
    assert [(each.place, each.what) for each in found] == [(f"journal {HOME}/2", "the value is no registered event")]


def test_an_event_under_another_key_is_told() -> None:
    other = "00000000-0000-0000-0000-000000000001"
    _, found = followed(row(1, 1, key=other), partition=partition_of(other, 4))
    assert [each.what for each in found] == [f"the event is of another key: {KEY}"]


def test_a_key_in_another_partition_is_told_once() -> None:
    _, found = followed(*rows(3), partition=(HOME + 1) % 4)
    assert [each.what for each in found] == ["the key belongs to another partition"]


@pytest.mark.parametrize(("positions", "told"), [((1, 3), "position 2 is missing"), ((1, 5), "positions 2 to 4 are missing")])
def test_a_gap_of_positions_is_told_before_the_event_after_it(positions: tuple[int, int], told: str) -> None:
    first, second = rows(2)
    _, found = followed(first._replace(position=positions[0]), second._replace(position=positions[1]))
    assert [each.place for each in found] == [f"journal {HOME}/{positions[1]}"]
    assert told in found[0].what


def test_an_empty_partition_of_which_something_was_exported_is_cut() -> None:
    whole, _ = followed(*rows(3))
    made, found = followed(exported=whole.export())
    made.finish(0)
    assert ["its tail is cut" in found[0].what, found[1].key, found[1].version] == [True, KEY, 3]


def test_what_was_exported_at_the_very_end_is_compared() -> None:
    whole, _ = followed(*rows(3))
    changed = [*rows(2), row(3, 3, rows(2)[-1].hash or b"", value=f'{{"partitionkey":"{KEY}","version":3,"x":1}}'.encode())]
    made, found = followed(*changed, exported=whole.export())
    made.finish(3)
    assert [each.what for each in found] == ["is not the version that was exported", "is not the history that was exported"]


def compared(journal: list[Row], topic: list[Sent], *, upto: int) -> list[Finding]:
    findings = Findings()
    comparison = Comparison(Chain(HOME, 4, findings), findings)
    comparison.rows.extend(journal)
    comparison.is_journal_read = True
    comparison.sent.extend(topic)
    comparison.take()
    while comparison.rows:
        comparison.pass_over(comparison.rows.popleft())
    comparison.judge_late({each.position: each for each in journal})
    comparison.finish(upto)
    return findings.kept


def test_what_was_not_acknowledged_may_be_there_or_not() -> None:
    journal = rows(3)
    assert compared(journal, [sent(journal[0], 0)], upto=1) == []
    assert compared(journal, [sent(each, each.position) for each in journal], upto=1) == []
    assert [each.version for each in compared(journal, [sent(journal[0], 0)], upto=2)] == [2]


def test_a_record_whose_position_is_no_number_was_not_sent_by_the_registrar() -> None:
    journal = rows(1)
    strange = Sent(1, None, None, (("position", b"one"),))
    (found,) = compared(journal, [sent(journal[0], 0), strange], upto=1)
    assert found.place == f"topic {HOME}@1"


def test_the_topic_waits_for_the_journal_to_be_read() -> None:
    journal, findings = rows(2), Findings()
    comparison = Comparison(Chain(HOME, 4, findings), findings)
    comparison.sent.extend(sent(each, each.position) for each in journal)
    comparison.take()
    assert (comparison.records, len(comparison.sent)) == (0, 2)
    comparison.rows.extend(journal)
    comparison.take()
    assert (comparison.records, len(comparison.sent), findings.kept) == (2, 0, [])


def test_a_finding_that_is_late_by_one_thousand_is_counted_only() -> None:
    findings = Findings()
    for number in range(LIMIT + 5):
        findings.add("topic 0", f"number {number}")
    assert (findings.count, len(findings.kept)) == (LIMIT + 5, LIMIT)
    assert str(findings.kept[0]) == "topic 0: number 0"


def test_a_value_nested_too_deeply_is_told_and_the_rest_is_followed() -> None:
    first, second = rows(2)
    deep = b'{"partitionkey":"x","version":1,"x":' + b"[" * 100_000
    _, found = followed(first, row(2, 0, value=deep), second._replace(position=3))
    assert [(each.place, each.what) for each in found] == [(f"journal {HOME}/2", "the value is no registered event")]


def test_a_position_of_more_digits_than_any_was_given_is_told() -> None:
    findings = Findings()
    comparison = Comparison(Chain(HOME, 4, findings), findings)
    comparison.sent.append(Sent(0, KEY.encode(), b"{}", (("position", b"9" * 5_000),)))
    comparison.take()
    assert [each.what for each in findings.kept] == ["has no position: not sent by the registrar"]
