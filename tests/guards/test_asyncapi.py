"""The AsyncAPI document is a valid one, and says what topics and contracts say."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from shared.asyncapi import FILE, SIDES, document, generate, main
from shared.contracts import EVENTS, FACTS, type_of
from shared.schemas import BASE, FOLDER, PATTERN
from shared.topics import load_topics

OFFICIAL = Path(__file__).parent / "data" / "asyncapi-3.0.0.json"
URI = f"{BASE}asyncapi.json"
PUBLISHED = msgspec.json.decode(FILE.read_bytes())
WITH_EXAMPLES = sorted(name for name, each in PUBLISHED["components"]["messages"].items() if "examples" in each)


@cache
def official() -> Any:
    return jsonschema_rs.validator_for(msgspec.json.decode(OFFICIAL.read_bytes()), validate_formats=True)


@cache
def registry() -> Any:
    files = [(BASE + path.name, msgspec.json.decode(path.read_bytes())) for path in FOLDER.glob(PATTERN)]
    return jsonschema_rs.Registry([*files, (URI, PUBLISHED)], draft=jsonschema_rs.Draft202012)


def payload_errors(message: str, payload: Any) -> list[str]:
    schema = {"$ref": f"{URI}#/components/messages/{message}/payload/schema"}
    validator = jsonschema_rs.Draft202012Validator(schema, registry=registry(), validate_formats=True)
    return [error.message for error in validator.iter_errors(payload)]


def test_the_published_document_is_that_of_topics_and_contracts() -> None:
    assert FILE.read_bytes() == generate()
    assert main(["check"]) == 0


def test_it_is_valid_by_the_official_schema() -> None:
    assert [(error.message, error.instance_path) for error in official().iter_errors(PUBLISHED)] == []


def test_the_official_schema_finds_what_is_wrong() -> None:
    wrong = msgspec.json.decode(generate())
    del wrong["operations"]["publishFact"]["action"]
    wrong["channels"]["inbox"]["bindings"]["kafka"]["partitions"] = "four"
    found = [str(error.instance_path) for error in official().iter_errors(wrong)]
    assert any("publishFact" in path for path in found)
    assert any("inbox" in path for path in found)


def test_every_topic_has_a_channel_with_its_configuration() -> None:
    channels = {each["address"]: each for each in PUBLISHED["channels"].values()}
    for topic in load_topics():
        told = channels.pop(topic.name)["bindings"]["kafka"]["topicConfiguration"]
        assert {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in told.items()} == topic.config
    assert list(channels) == ["/api/events"]


def test_a_template_has_the_publisher_as_its_parameter() -> None:
    for channel in PUBLISHED["channels"].values():
        assert ("parameters" in channel) == ("{publisher}" in channel["address"])


def test_every_contract_is_a_message_and_every_message_goes_through_a_channel() -> None:
    messages = PUBLISHED["components"]["messages"]
    assert {each["name"] for each in messages.values()} == {*map(type_of, (*FACTS, *EVENTS)), "received", "unreadable"}
    assert {name for channel in PUBLISHED["channels"].values() for name in channel["messages"]} == set(messages)


def test_every_channel_is_written_by_one_side_and_read_by_another() -> None:
    for name in PUBLISHED["channels"]:
        using = [each for each in PUBLISHED["operations"].values() if each["channel"]["$ref"] == f"#/channels/{name}"]
        assert {each["action"] for each in using} == {"send", "receive"}, name
    assert {tag["name"] for each in PUBLISHED["operations"].values() for tag in each["tags"]} == set(SIDES)


def test_every_reference_leads_somewhere() -> None:
    references = set(references_of(PUBLISHED))
    assert len(references) > 100
    assert [each for each in references if not leads_somewhere(each)] == []


def references_of(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from references_of(each)
    elif isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references_of(each)


def leads_somewhere(reference: str) -> bool:
    file, _, pointer = reference.partition("#")
    found = msgspec.json.decode((FOLDER / file).read_bytes()) if file else PUBLISHED
    for part in pointer.split("/")[1:]:
        if part not in found:
            return False
        found = found[part]
    return True


@pytest.mark.parametrize("message", WITH_EXAMPLES)
def test_an_example_is_right_by_its_payload(message: str) -> None:
    (example,) = PUBLISHED["components"]["messages"][message]["examples"]
    assert payload_errors(message, example["payload"]) == []


def test_a_registered_fact_without_a_version_or_with_wrong_data_is_wrong() -> None:
    example = document()["components"]["messages"]["task-assigned.registered"]["examples"][0]["payload"]
    assert payload_errors("task-assigned.registered", {name: each for name, each in example.items() if name != "version"}) != []
    assert payload_errors("task-assigned.registered", example | {"data": example["data"] | {"lead": "nobody"}}) != []


def test_the_command_finds_drift_and_explains_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shared.asyncapi.FILE", tmp_path / "asyncapi.json")
    assert main(["check"]) == 1
    assert main(["write"]) == 0
    assert main(["check"]) == 0
    (tmp_path / "asyncapi.json").write_text("{}")
    assert main(["check"]) == 1
    assert main(["publish"]) == 2
    assert "usage" in capsys.readouterr().err
