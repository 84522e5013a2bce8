"""The published JSON Schemas say what the contracts say."""

import copy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import jsonschema_rs
import msgspec
import pytest

from shared.contracts import EVENTS, FACTS, OWN_KEY, Contract
from shared.contracts.directives import DirectiveIssued
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import CalendarAmended, PublisherAuthorised, calendar_key, publisher_key
from shared.contracts.tasks import TaskReceived
from shared.envelope import decode
from shared.explained import ANY, example_of, members
from shared.schemas import FOLDER, OPEN, PATTERN, file_name, find_drift, main, schema_of, write

ALL = (*FACTS, *EVENTS)
EXAMPLES = FOLDER.parents[1] / "shared" / "contracts" / "examples"


def test_the_published_schemas_are_those_of_the_contracts() -> None:
    assert find_drift() == []


def test_every_contract_has_one_file() -> None:
    assert {path.name for path in FOLDER.glob(PATTERN)} == {file_name(each) for each in ALL}


@pytest.mark.parametrize("contract", ALL)
def test_a_schema_is_a_valid_one_of_its_dialect(contract: type[Contract]) -> None:
    assert jsonschema_rs.meta.is_valid(schema_of(contract))


@pytest.mark.parametrize("contract", ALL)
def test_no_object_of_a_schema_takes_unknown_members(contract: type[Contract]) -> None:
    assert list(_open_objects(schema_of(contract))) == []


def _open_objects(schema: Any) -> list[Any]:
    if isinstance(schema, list):
        return [found for each in schema for found in _open_objects(each)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if "properties" in schema and schema.get("additionalProperties") is not False else []
    return own + [found for each in schema.values() for found in _open_objects(each)]


def test_writing_mends_what_drifted_and_removes_what_no_contract_stands_behind(tmp_path: Path) -> None:
    write(tmp_path)
    assert find_drift(tmp_path) == []
    (tmp_path / "task-assigned.v1.json").write_text("{}")
    (tmp_path / "forgotten.v1.json").write_text("{}")
    (tmp_path / "unit-registered.v1.json").unlink()
    assert find_drift(tmp_path) == ["forgotten.v1.json", "task-assigned.v1.json", "unit-registered.v1.json"]
    write(tmp_path)
    assert find_drift(tmp_path) == []


def test_the_command_checks_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert main(["something"]) == 2
    assert "usage" in capsys.readouterr().err


def test_generating_twice_gives_the_same_bytes() -> None:
    first = [msgspec.json.encode(schema_of(each)) for each in ALL]
    assert [msgspec.json.encode(copy.deepcopy(schema_of(each))) for each in ALL] == first


@pytest.mark.parametrize("contract", ALL)
def test_every_member_of_a_schema_is_described(contract: type[Contract]) -> None:
    assert list(_undescribed(schema_of(contract))) == []


def _undescribed(schema: Any, at: str = "") -> list[str]:
    if isinstance(schema, list):
        return [found for each in schema for found in _undescribed(each, at)]
    if not isinstance(schema, dict):
        return []
    own = [f"{at}/{name}" for name, each in schema.get("properties", {}).items() if len(each.get("description", "")) < 10]
    return own + [found for name, each in schema.items() if name != "examples" for found in _undescribed(each, f"{at}/{name}")]


def test_every_sentence_about_members_is_used() -> None:
    owners: dict[str, set[str]] = {name: set(schema["properties"]) for each in ALL for name, schema in schema_of(each)["$defs"].items()}
    sections = members()
    left_over = {
        f"{owner}.{name}" for owner, told in sections.items() if owner != ANY for name in told if name not in owners.get(owner, ())
    }
    shared = {name for owner, names in owners.items() for name in names if name not in sections.get(owner, {})}
    assert left_over == set()
    assert sections[ANY].keys() - shared == set()


@pytest.mark.parametrize("contract", ALL)
def test_an_example_is_right_by_its_schema_and_as_its_type(contract: type[Contract]) -> None:
    example = example_of(contract)
    errors = [error.message for error in jsonschema_rs.validator_for(schema_of(contract), validate_formats=True).iter_errors(example)]
    assert errors == []
    assert isinstance(decode(msgspec.json.encode(example)).data, contract)


@pytest.mark.parametrize("contract", FACTS)
def test_an_example_of_a_fact_is_vietnamese_and_keyed_as_its_kind(contract: type[Contract]) -> None:
    example = example_of(contract)
    assert (example["subject"] == example["partitionkey"]) == (contract in OWN_KEY)
    assert not str(example["data"]).isascii() or contract is TaskReceived


def test_the_examples_ids_follow_from_their_keys() -> None:
    issued, index = example_of(DirectiveIssued), example_of(IndexPublished)
    authorised, amended = example_of(PublisherAuthorised), example_of(CalendarAmended)
    assert issued["subject"] == str(uuid5(UUID(issued["data"]["issuer"]), issued["data"]["key"]))
    assert index["subject"] == str(uuid5(UUID(index["data"]["published_by"]), index["data"]["key"]))
    assert authorised["subject"] == str(publisher_key(authorised["data"]["publisher"]))
    assert amended["subject"] == str(calendar_key(amended["data"]["year"]))


def test_no_example_is_left_over() -> None:
    assert {path.stem for path in EXAMPLES.iterdir()} == {each.NAME for each in ALL}


def test_only_lists_of_our_own_events_may_grow() -> None:
    growing = {
        (name, member)
        for each in EVENTS
        for name, part in schema_of(each)["$defs"].items()
        for member, told in part["properties"].items()
        if "x-extensible-enum" in told
    }
    assert growing == OPEN
    assert "x-extensible-enum" not in str([schema_of(each) for each in FACTS])
