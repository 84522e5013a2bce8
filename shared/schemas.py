"""JSON Schemas (2020-12) of all contracts, generated from their types into `docs/events/`: `python -m shared.schemas write|check`.

A fact's schema is what a publisher sends (CloudEvents 1.0, structured mode, JSON); what the office adds at receipt and at registration
is allowed in the schemas of its own events only. Every member has its sentence, and every schema an example.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from shared.contracts import EVENTS, FACTS, Contract, type_of
from shared.contracts.types import MAX_INTEGER
from shared.explained import example_of, explain

FOLDER = Path(__file__).parents[1] / "docs" / "events"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE = "https://dondoc.vn/events/"
OPEN = frozenset({
    ("FactWaiting", "needs"),
    ("DeadlineSet", "kind"),
    ("DeadlineChanged", "kind"),
    ("DeadlineChanged", "why"),
    ("DeadlineAtRisk", "why"),
    ("DeadlineWithdrawn", "why"),
    ("NoticeIssued", "rule"),
    ("NoticeIssued", "channel"),
})  # fmt: skip
"""Members of our events whose values may become more: readers must take one that they do not know for "another"."""
PATTERN = "*.v*.json"
"""The names of the files that belong to contracts; others of the folder are none of this module's business."""
UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
VISIBLE_PATTERN = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
"""CloudEvents 1.0, section "Type system": a String has no control characters."""

Schema = dict[str, Any]

_UUID: Schema = {"type": "string", "pattern": UUID_PATTERN}
_INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
_NAME: Schema = {"type": "string", "minLength": 1, "pattern": VISIBLE_PATTERN}
_TRACE: Schema = {"type": ["string", "null"], "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"}
STAMPS: Mapping[str, Schema] = {
    "receivedtime": _INSTANT | {"description": "When the office received the fact."},
    "publisher": {"type": ["string", "null"], "description": "Who sent the fact, as the office knows it."},
    "registeredtime": _INSTANT | {"description": "When the office registered or refused the fact."},
    "version": {"type": ["integer", "null"], "minimum": 1, "description": "Counts the facts of a key, from 1, without gaps."},
}
"""What the office adds to an event."""


def schema_of(contract: type[Contract]) -> Schema:
    """Return the schema of a whole event; of a fact: as a publisher sends it."""
    definitions = msgspec.json.schema(contract, ref_template="#/$defs/{name}")["$defs"]
    return _envelope(
        title=contract.NAME,
        description=str(contract.__doc__).strip(),
        kind={"const": type_of(contract)},
        data={"$ref": f"#/$defs/{contract.__name__}"},
        is_fact=contract in FACTS,
    ) | {
        "$id": f"{BASE}{file_name(contract)}",
        "$defs": {name: _explained(name, _strict(each)) for name, each in sorted(definitions.items())},
    }


def envelope_schema() -> Schema:
    """Return the schema of any fact's envelope, for events whose type is not known."""
    return _envelope(
        title="fact", description="Any fact.", kind={"enum": [type_of(each) for each in FACTS]}, data={"type": "object"}, is_fact=True
    )


def _envelope(*, title: str, description: str, kind: Schema, data: Schema, is_fact: bool) -> Schema:
    identity = _UUID if is_fact else _NAME
    properties: Schema = {
        "specversion": {"const": "1.0", "description": "The version of CloudEvents."},
        "id": _NAME | {"maxLength": 200, "description": "The publisher's id of the event; with `source` it names the event for ever."},
        "source": _NAME | {"maxLength": 500, "format": "uri-reference", "description": "Which system says it; a source has one publisher."},
        "type": kind | {"description": "What kind of event it is."},
        "subject": identity | {"description": "The id of the directive, task, plan, conference, report or unit that this is about."},
        "partitionkey": identity | {"description": "The id of the directive or unit."},
        "time": _INSTANT | {"description": "When it happened, as the publisher says."},
        "datacontenttype": {"const": "application/json", "description": "The media type of `data`."},
        "traceparent": _TRACE | {"description": "The trace that the event belongs to (W3C Trace Context)."},
        **({} if is_fact else STAMPS),
        "data": data | {"description": "What the event says."},
    }
    required = ["specversion", "id", "source", "type", "subject", "partitionkey", "data"]
    head = {"$schema": DIALECT, "title": title, "description": description}
    return {**head, "type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _explained(name: str, schema: Schema) -> Schema:
    """Return the schema of a contract or part with what each member says."""
    members: Schema = schema.get("properties", {})
    members = {member: _opened(each) if (name, member) in OPEN else each for member, each in members.items()}
    told = {member: explain(name, member) for member in members}
    return schema | {
        "properties": {member: each | ({"description": told[member]} if told[member] else {}) for member, each in members.items()}
    }


def _opened(schema: Schema) -> Schema:
    """Return a schema that tells the values that are known now, and takes others too."""
    return {"type": "string", "x-extensible-enum": schema["enum"]}


def _strict(schema: Any) -> Any:  # noqa: ANN401  any JSON
    """Return a schema in which unknown members are wrong, whole numbers are bounded, and null is told apart from the rest.

    Null stands beside the type instead of in `anyOf`, so that a validator names the wrong field itself and not only its parent.
    """
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "anyOf" in schema:
        return _nullable(schema)
    made = {name: _strict(each) for name, each in schema.items()}
    if made.get("type") == "object":
        made["additionalProperties"] = False
    if made.get("type") == "integer":
        made.setdefault("maximum", MAX_INTEGER)
    return made


def _nullable(schema: Schema) -> Schema:
    chosen: Schema
    (chosen,) = (_strict(each) for each in schema["anyOf"] if each != {"type": "null"})
    if "type" in chosen:
        return chosen | {"type": [chosen["type"], "null"]}
    if "enum" in chosen:
        return chosen | {"enum": [*chosen["enum"], None]}
    return {"if": {"type": "null"}, "else": chosen}


def file_name(contract: type[Contract]) -> str:
    """Return the name of a contract's file: `task-assigned.v1.json`."""
    return f"{contract.NAME}.v1.json"


def generate() -> dict[str, bytes]:
    """Return the content of every file in the folder."""
    schemas = {file_name(each): schema_of(each) | {"examples": [example_of(each)]} for each in (*FACTS, *EVENTS)}
    return {name: msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n" for name, schema in schemas.items()}


def write(folder: Path = FOLDER) -> None:
    """Write all files, and remove the ones that no contract stands behind."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in find_drift(folder):
        (folder / stale).unlink(missing_ok=True)
    for name, content in generate().items():
        (folder / name).write_bytes(content)


def find_drift(folder: Path = FOLDER) -> list[str]:
    """Return the names of files that are missing, stale or different from what the contracts say."""
    wanted = generate()
    found = {path.name: path.read_bytes() for path in folder.glob(PATTERN)}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def main(arguments: list[str]) -> int:
    """Write or check; returns the exit code."""
    if arguments == ["write"]:
        write()
        return 0
    drift = find_drift() if arguments == ["check"] else []
    for name in drift:
        sys.stderr.write(f"docs/events/{name} does not say what the contracts say; run: python -m shared.schemas write\n")
    if arguments != ["check"]:
        sys.stderr.write("usage: python -m shared.schemas write|check\n")
        return 2
    return 1 if drift else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
