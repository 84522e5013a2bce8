"""The gate for contracts: mutations of published schemas, each judged rightly, and the commands around it."""

import copy
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.compatibility import Published, check, find_breaks, main, present, publish, read_published
from shared.errors import ConfigurationError
from shared.schema_changes import find_changes
from tests.support.mutations import GONE, MUTATIONS, Mutation

BASE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 200},
        "type": {"const": "vn.dondoc.sample.v1"},
        "time": {"type": ["string", "null"], "format": "date-time"},
        "data": {"$ref": "#/$defs/Sample"},
    },
    "required": ["id", "type", "data"],
    "additionalProperties": False,
    "$defs": {
        "Sample": {
            "title": "Sample",
            "type": "object",
            "properties": {
                "number": {"type": "integer", "minimum": 1, "maximum": 100},
                "share": {"type": "number", "minimum": 0, "maximum": 1},
                "name": {"type": "string", "minLength": 2, "maxLength": 50},
                "code": {"type": "string", "pattern": "^[A-Z]+$"},
                "remarks": {"type": ["string", "null"], "maxLength": 90},
                "stage": {"enum": ["draft", "final", None]},
                "kind": {"enum": ["plan", "report"]},
                "why": {"type": "string", "x-extensible-enum": ["cancelled", "recalled"]},
                "urgency": {"enum": ["normal", "urgent"], "default": "normal"},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/Line"}, "minItems": 1, "maxItems": 9},
                "days": {"type": "array", "items": {"type": "string", "format": "date"}, "default": []},
                "signer": {"if": {"type": "null"}, "else": {"$ref": "#/$defs/Line"}},
                "author": {"$ref": "#/$defs/Line"},
                "anything": {},
            },
            "required": ["number", "name", "kind", "parts"],
            "additionalProperties": False,
        },
        "Line": {
            "type": "object",
            "properties": {"area": {"type": "string", "maxLength": 50}, "cause": {"type": ["string", "null"]}},
            "required": ["area"],
            "additionalProperties": False,
        },
    },
}


def mutated(mutation: Mutation) -> Any:
    schema = copy.deepcopy(BASE)
    for pointer, value in mutation.edits:
        *path, last = pointer.split("/")[1:]
        place = schema
        for part in path:
            place = place[part]
        if value is GONE:
            del place[last]
        else:
            place[last] = copy.deepcopy(value)
    return schema


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.what)
def test_a_mutation_of_a_fact_breaks_whom_it_should(mutation: Mutation) -> None:
    broken = {party for change in find_changes(BASE, mutated(mutation)) for party in change.breaks(is_fact=True)}
    expected = {"": set(), "writers": {"senders", "log"}, "readers": {"readers"}, "all": {"senders", "log", "readers"}}
    assert broken == expected[mutation.breaks]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.what)
def test_a_mutation_of_an_event_breaks_whom_it_should(mutation: Mutation) -> None:
    """Nobody sends an event of ours, but the log holds old ones."""
    broken = {party for change in find_changes(BASE, mutated(mutation)) for party in change.breaks(is_fact=False)}
    expected = {"": set(), "writers": {"log"}, "readers": {"readers"}, "all": {"log", "readers"}}
    assert broken == expected[mutation.breaks]


def test_the_table_has_all_kinds_of_mutations_and_each_is_one() -> None:
    assert len(MUTATIONS) >= 60
    assert len({each.what for each in MUTATIONS}) == len(MUTATIONS)
    assert {each.breaks for each in MUTATIONS} == {"", "writers", "readers", "all"}
    assert all(mutated(each) != BASE for each in MUTATIONS)


def test_a_change_is_told_with_its_place() -> None:
    mutation = Mutation("", "", (("/$defs/Line/properties/area/maxLength", 10),))
    told = {(change.pointer, change.what) for change in find_changes(BASE, mutated(mutation))}
    assert told == {(f"/data/{place}/area", "maxLength was 50, is 10") for place in ("parts/*", "signer", "author")}
    assert len(told) == 3


def test_the_present_contracts_break_nothing_that_was_published() -> None:
    assert check() == []


def test_a_removed_member_of_a_real_contract_is_found() -> None:
    old, new = present("0.1.0"), present()
    del new.facts["task-assigned"]["$defs"]["TaskAssigned"]["properties"]["coordinating"]
    new.events["deadline-met"]["$defs"]["DeadlineMet"]["properties"]["fact"]["maxLength"] = 10
    del new.facts["report-submitted"]
    assert list(find_breaks(old, new)) == [
        "task-assigned /data/coordinating: is gone; breaks senders, log, readers; published in 0.1.0",
        "report-submitted: is gone; published in 0.1.0",
        "deadline-met /data/fact: maxLength is new; breaks log; published in 0.1.0",
    ]


def test_a_new_type_breaks_nothing() -> None:
    old = present("0.1.0")
    del old.facts["fact-voided"]
    assert list(find_breaks(old, present())) == []


def test_members_that_are_called_like_annotations_count() -> None:
    data = present().facts["plan-submitted"]["$defs"]["PlanSubmitted"]
    assert "title" in data["properties"]
    assert "description" not in data["properties"]["title"]


def test_a_version_is_published_once_and_again_only_on_demand(tmp_path: Path) -> None:
    assert publish("0.1.0", tmp_path) == []
    assert check(tmp_path) == []
    with pytest.raises(ConfigurationError, match="published already"):
        publish("0.1.0", tmp_path)
    assert publish("0.1.0", tmp_path, again=True) == []


def test_what_breaks_an_older_version_is_not_published(tmp_path: Path) -> None:
    old = present("0.9.0")
    old.facts["task-assigned"]["$defs"]["TaskAssigned"]["properties"]["number"]["maxLength"] = 600
    (tmp_path / "0.9.0.json").write_bytes(msgspec.json.encode(old))
    breaks = publish("0.10.0", tmp_path)
    assert breaks == ["task-assigned /data/number: maxLength was 600, is 500; breaks senders, log; published in 0.9.0"]
    assert check(tmp_path) == breaks
    assert [each.version for each in read_published(tmp_path)] == ["0.9.0"]


def test_versions_are_ordered_by_their_numbers(tmp_path: Path) -> None:
    for version in ("0.10.0", "0.9.0"):
        (tmp_path / f"{version}.json").write_bytes(msgspec.json.encode(Published(version, {}, {})))
    assert [each.version for each in read_published(tmp_path)] == ["0.9.0", "0.10.0"]


def test_without_a_published_version_the_check_fails(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no version is published"):
        check(tmp_path)


def test_the_command_tells_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert main(["publish", "next"]) == 1
    assert "is no version" in capsys.readouterr().err
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
