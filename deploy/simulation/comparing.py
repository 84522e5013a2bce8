"""Decisions do not depend on where crashes fell: the same facts, received at the same instants, where nothing fails."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.chaos.evidence import EVENTS, Finding, Outcome
from deploy.simulation.facts import PARTITIONS
from deploy.simulation.office import Office, Parts
from shared.envelope import decode

OF_TIME = ("deadline-", "notice-escalated")
"""Rules of notices whose events depend on when they were said."""


def play_calmly(office: Office) -> Office:
    """Return an office that was told the same without any trouble; it has not come to the end yet."""
    calm = Office(Parts(), has_mail=False)
    for planned, received_at in office.received:
        calm.clocks.step(received_at)
        calm.door.append(planned)
    calm.settle()
    return calm


def outcomes_of(calm: Office) -> Mapping[int, Sequence[Outcome]]:
    """Return what became of the facts of each partition, in the order of arrival."""
    return {partition: [_outcome(calm, row) for row in _receipts(calm, partition)] for partition in range(PARTITIONS)}


def _receipts(office: Office, partition: int) -> list[Mapping[str, Any]]:
    return [row for (place, _), row in sorted(office.databases["registrar"]["receipt"].items()) if place == partition]


def _outcome(office: Office, row: Mapping[str, Any]) -> Outcome:
    if row["outcome"] == "duplicate":
        return _outcome(office, office.databases["registrar"]["receipt"][row["original_partition"], row["original_offset"]])
    if row["outcome"] == "registered":
        return "registered" if row["waiting_position"] is None else "released"
    return "refused"


def compare(office: Office, calm: Office) -> Iterator[Finding]:
    """Yield the decisions that were other ones where nothing failed; both offices are at rest at the end."""
    for (what, expected), (_, found) in zip(_decisions(calm), _decisions(office), strict=True):
        if expected != found:
            yield Finding("lost", f"{what} came to {_differing(found, expected)}, where nothing fails to {_differing(expected, found)}")


def _differing(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return {key: value for key, value in one.items() if other.get(key) != value}


def _decisions(office: Office) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    yield "facts", outcomes_of(office)
    yield "histories", _histories(office)
    yield "deadlines", dict(_deadlines(office))
    notices = office.databases["notifications"]["notice"].values()
    told = {(row["about"], row["rule"], row["recipient"]) for row in notices if row["channel"] == "inbox"}
    yield "notices", dict.fromkeys(sorted((each for each in told if not each[1].startswith(OF_TIME)), key=str), True)


def _histories(office: Office) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for partition in range(PARTITIONS):
        for position in range(1, office.databases["registrar"]["relay"].get((EVENTS, partition), (0, 0))[0] + 1):
            event = decode(office.databases["registrar"]["journal"][EVENTS, partition, position]["value"])
            found.setdefault(event.partitionkey, []).append(event.id)
    return found


def _deadlines(office: Office) -> Iterator[tuple[Any, Any]]:
    progress = office.databases["deadlines"]["progress"]
    for deadline, terms in office.databases["deadlines"]["deadline"].items():
        row = progress[deadline]
        yield deadline, (terms["due"], row["withdrawn"], row["met_fact"], row["met_at"], row["on_time"])
