"""`dondoc audit verify` finds whatever was changed in the journal, the topic or the registrar's heads; real database, real Kafka."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from services.auditing.verifying import verify
from shared.errors import UnavailableError
from tests.support.audit import KEYS, PARTITIONS, VERSIONS, World, open_world, value_of

EVENTS = KEYS * PARTITIONS * VERSIONS


@pytest.fixture
async def world(database: str, bootstrap: str, topics: Callable[..., str]) -> AsyncIterator[World]:
    async with open_world(database, bootstrap, topics(partitions=PARTITIONS)) as opened:
        yield opened


def busy(world: World) -> int:
    """Return the partition that holds more keys."""
    return max(world.keys, key=lambda partition: len(world.keys[partition]))


async def test_what_was_registered_and_sent_is_right(world: World) -> None:
    await world.send()
    report = await verify(world.place)
    assert report.findings.kept == []
    assert (report.events, report.records, report.keys, report.partitions) == (EVENTS, EVENTS, KEYS * PARTITIONS, PARTITIONS)


async def test_what_the_relay_has_not_sent_yet_is_not_missing(world: World) -> None:
    report = await verify(world.place)
    assert report.findings.kept == []
    assert (report.events, report.records) == (EVENTS, 0)


async def test_a_letter_that_was_changed_in_the_journal_is_found_there_and_beside_the_topic(world: World) -> None:
    await world.send()
    partition = busy(world)
    row = (await world.rows(partition))[6]
    await world.run("flip", world.place.topic, partition, row.position)
    found = await world.found()
    assert {(each.place, each.key) for each in found} == {
        (f"journal {partition}/{row.position}", row.key.decode()),
        (f"topic {partition}@{row.position - 1}", row.key.decode()),
    }
    assert any("the hash is not that of" in each.what for each in found)
    assert all(each.version is not None for each in found)


async def test_a_letter_that_was_changed_together_with_its_hash_breaks_the_next_link(world: World) -> None:
    partition = busy(world)
    row = (await world.rows(partition))[0]
    await world.run("flip_and_hash", world.place.topic, partition, row.position)
    (found,) = await world.found()
    assert (found.key, found.version) == (row.key.decode(), 2)
    assert "the previous hash is not that of version 1" in found.what


async def test_another_cause_in_the_journal_is_found_beside_the_topic(world: World) -> None:
    await world.send()
    await world.run("change_cause", world.place.topic, 0, 3)
    (found,) = await world.found()
    assert found.place == "topic 0@2"
    assert "headers" in found.what


async def test_an_event_that_was_removed_from_the_journal_is_found(world: World) -> None:
    await world.send()
    row = (await world.rows(0))[4]
    await world.run("remove", world.place.topic, 0, row.position)
    found = await world.found()
    assert any(each.place == f"journal 0/{row.position + 1}" and f"position {row.position} is missing" in each.what for each in found)
    assert any(each.key == row.key.decode() and "what is between is missing" in each.what for each in found)
    assert any(each.place == f"topic 0@{row.position - 1}" and "is not in the journal" in each.what for each in found)


async def test_two_events_that_changed_places_in_the_journal_are_found(world: World) -> None:
    await world.send()
    partition = busy(world)
    first, second = len(world.keys[partition]) * 2, len(world.keys[partition]) * 3
    for old, new in ((first, 1_000), (second, first), (1_000, second)):
        await world.run("move", world.place.topic, partition, old, new)
    found = await world.found()
    assert {each.place for each in found} >= {f"topic {partition}@{first - 1}", f"topic {partition}@{second - 1}"}
    assert any(each.place == f"journal {partition}/{first}" and "what is between is missing" in each.what for each in found)
    assert any(each.place == f"journal {partition}/{second}" and "out of order" in each.what for each in found)


async def test_an_event_that_stands_twice_in_the_journal_is_found(world: World) -> None:
    await world.send()
    last = len(await world.rows(0))
    await world.run("copy", world.place.topic, 0, last, last + 1)
    found = await world.found()
    assert any(each.place == f"journal 0/{last + 1}" and each.version == VERSIONS and "doubled" in each.what for each in found)
    assert any("positions were given up to" in each.what for each in found)


async def test_an_event_that_was_appended_to_the_journal_is_found(world: World) -> None:
    await world.send()
    key = world.keys[0][0]
    await world.append(0, key)
    (found,) = await world.found()
    assert (found.place, found.key, found.version) == ("streams 0", key, VERSIONS)
    assert f"the journal holds version {VERSIONS + 1}" in found.what


async def test_a_whole_key_that_was_removed_from_the_journal_is_found_by_its_name(world: World) -> None:
    key = world.keys[0][1]
    await world.run("remove_key", world.place.topic, key.encode())
    found = await world.found()
    assert any(each.place == "streams 0" and each.key == key and "the journal holds no version" in each.what for each in found)


async def test_a_tail_that_was_cut_from_the_journal_is_found(world: World) -> None:
    await world.send()
    last = (await world.rows(1))[-1]
    await world.run("remove", world.place.topic, 1, last.position)
    found = await world.found()
    assert any("positions were given up to" in each.what for each in found)
    assert any(each.place == f"topic 1@{last.position - 1}" and each.key == last.key.decode() for each in found)
    assert any(each.place == "streams 1" and each.key == last.key.decode() for each in found)


async def test_another_head_of_the_registrar_is_found(world: World) -> None:
    one, other, lost = world.keys[0][0], world.keys[1][0], world.keys[1][1]
    await world.run("set_stream", one, VERSIONS, bytes(32))
    await world.run("set_stream", other, VERSIONS + 1, bytes(32))
    await world.run("forget_stream", lost)
    found = {(each.place, each.key): each.what for each in await world.found()}
    assert "another hash" in found["streams 0", one]
    assert "goes on from version 6" in found["streams 1", other]
    assert "knows nothing" in found["streams 1", lost]
    assert len(found) == 3


async def test_a_letter_that_was_changed_in_the_topic_is_found(world: World) -> None:
    records = await world.records(0)
    records[3] = replace(records[3], value=records[3].value.replace("Lần".encode(), "Lấn".encode()))
    await world.send({0: records})
    (found,) = await world.found()
    assert (found.place, found.key) == ("topic 0@3", records[3].key.decode())
    assert "bytes not those of the journal at position 4" in found.what


async def test_another_header_in_the_topic_is_found(world: World) -> None:
    records = await world.records(0)
    records[3] = replace(records[3], headers=(*records[3].headers[:-1], ("hash", b"0" * 64)))
    await world.send({0: records})
    (found,) = await world.found()
    assert (found.place, found.key) == ("topic 0@3", records[3].key.decode())
    assert "headers" in found.what


async def test_an_event_that_was_removed_from_the_topic_is_found(world: World) -> None:
    records = await world.records(0)
    taken = records.pop(3)
    await world.send({0: records})
    (found,) = await world.found()
    assert (found.place, found.key) == ("topic 0", taken.key.decode())
    assert "position 4 was sent and is missing" in found.what
    assert found.version is not None


async def test_two_events_that_changed_places_in_the_topic_are_found(world: World) -> None:
    records = await world.records(0)
    records[2], records[5] = records[5], records[2]
    await world.send({0: records})
    found = await world.found()
    assert {each.place for each in found} == {"topic 0@3", "topic 0@4", "topic 0@5"}
    assert all("out of order" in each.what and each.key for each in found)


async def test_an_event_that_was_appended_to_the_topic_is_found(world: World) -> None:
    records = await world.records(0)
    position = str(len(records) + 1).encode()
    appended = replace(
        records[-1], value=value_of(world.keys[0][0], VERSIONS + 1), headers=(("position", position), *records[-1].headers[1:])
    )
    stranger = replace(records[-1], headers=())
    await world.send({0: [*records, appended, stranger]})
    found = await world.found()
    assert [(each.place, each.version) for each in found] == [
        (f"topic 0@{len(records)}", VERSIONS + 1),
        (f"topic 0@{len(records) + 1}", None),
    ]
    assert "is not in the journal: appended" in found[0].what
    assert "has no position" in found[1].what


async def test_what_a_relay_sent_twice_is_counted_and_found_where_that_is_asked_for(world: World) -> None:
    records = await world.records(0)
    await world.send({0: [*records[:4], records[3], *records[4:], records[1], records[1]]})
    assert (await verify(world.place)).repeats == 3
    assert await world.found() == []
    found = await world.found(is_strict=True)
    assert {each.place for each in found} == {"topic 0@4", f"topic 0@{len(records) + 1}", f"topic 0@{len(records) + 2}"}
    assert all("doubled" in each.what and each.key for each in found)


async def test_a_position_that_was_sent_twice_with_other_bytes_is_found(world: World) -> None:
    records = await world.records(0)
    changed = replace(records[1], value=records[1].value + b" ")
    await world.send({0: [*records, changed]})
    (found,) = await world.found()
    assert found.place == f"topic 0@{len(records)}"
    assert "bytes not those of the journal at position 2" in found.what


async def test_a_tail_that_was_cut_from_the_topic_is_found(world: World) -> None:
    records = await world.records(1)
    await world.send({1: records[:-2]})
    found = await world.found()
    assert [each.place for each in found] == ["topic 1", "topic 1"]
    assert [each.key for each in found] == [each.key.decode() for each in records[-2:]]


async def test_a_topic_that_is_not_there_is_said_at_once(world: World) -> None:
    with pytest.raises(UnavailableError, match="is missing: run dondoc setup"):
        await verify(replace(world.place, topic=f"{world.place.topic}.gone"))


async def test_a_partition_that_only_the_journal_has_is_found(world: World, topics: Callable[..., str]) -> None:
    smaller = topics(partitions=1)
    await world.run("rename_topic", world.place.topic, smaller)
    await world.run("rename_marks", world.place.topic, smaller)
    found = (await verify(replace(world.place, topic=smaller))).findings.kept
    assert [(each.place, each.what) for each in found] == [("topic 1", "the topic has no such partition")]
