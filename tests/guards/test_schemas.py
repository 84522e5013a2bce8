"""The published JSON Schemas say what the contracts say."""

import copy
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from shared.contracts import EVENTS, FACTS, Contract
from shared.schemas import FOLDER, file_name, find_drift, main, schema_of, write

ALL = (*FACTS, *EVENTS)


def test_the_published_schemas_are_those_of_the_contracts() -> None:
    assert find_drift() == []


def test_every_contract_has_one_file() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {file_name(each) for each in ALL}


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
