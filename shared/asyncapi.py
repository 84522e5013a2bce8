"""The AsyncAPI 3.0 document of everything that goes over Kafka and into the ingress: `python -m shared.asyncapi write|check`.

Its channels are the topics of `deploy/topics.toml`, its messages the contracts; the payloads are the JSON Schemas beside it. One document
describes both sides: the office's operations, and those of the publishers and readers that it talks to, told apart by their tags.
"""

import sys
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import msgspec

from shared.contracts import EVENTS, FACTS, Contract, deadlines, notifications, type_of, verdicts
from shared.envelope import CONTENT_TYPE
from shared.explained import example_of
from shared.schemas import FOLDER, STAMPS, envelope_schema, file_name
from shared.topics import Topic, load_topics

FILE = FOLDER / "asyncapi.json"
FORMAT = "application/schema+json;version=draft-2020-12"
BINDING = "0.5.0"
PUBLISHER = {"description": "The publisher's id, a slug, as it was authorised.", "examples": ["so-noi-vu-nam-son"]}

Object = dict[str, Any]

VERDICTS = tuple(each for each in EVENTS if each.__module__ == verdicts.__name__)
COMMON_VERDICTS = tuple(each for each in VERDICTS if each is not verdicts.FactRegistered)
OF_DEADLINES = tuple(each for each in EVENTS if each.__module__ == deadlines.__name__)
OF_NOTIFICATIONS = tuple(each for each in EVENTS if each.__module__ == notifications.__name__)

CHANNELS = {
    "directives.inbox.v1": "inbox",
    "directives.events.v1": "registered",
    "directives.verdicts.v1": "verdicts",
    "deadlines.events.v1": "deadlines",
    "notifications.events.v1": "notifications",
    "publishers.{publisher}.v1": "publisherFacts",
    "publishers.{publisher}.verdicts.v1": "publisherVerdicts",
}
"""The channel of each topic; a topic without one is an error."""

RECEIVED = ("received", "unreadable")
"""What the inbox holds: stamped facts, and records that are no readable facts, which are refused there."""

OPERATIONS: tuple[tuple[str, str, str, str, str], ...] = (
    ("publishFact", "send", "publisherFacts", "publisher", "Publish facts into a topic of one's own."),
    ("readOwnVerdicts", "receive", "publisherVerdicts", "publisher", "Read what became of one's own facts."),
    ("postFact", "send", "door", "publisher", "Publish facts over HTTP; OpenAPI tells the answers."),
    ("forwardFacts", "receive", "publisherFacts", "office", "Take facts out of the publishers' topics, key them anew and stamp them."),
    ("takeFacts", "receive", "door", "office", "Take facts in over HTTP, and stamp them."),
    ("stampFacts", "send", "inbox", "office", "Put every fact into the one topic that the registrar reads."),
    ("judgeFacts", "receive", "inbox", "office", "Register, refuse or hold each fact, in order."),
    ("tellRegistered", "send", "registered", "office", "Publish what was registered."),
    ("tellVerdicts", "send", "verdicts", "office", "Publish what was refused, waits, was released or expired."),
    ("tellOwnVerdicts", "send", "publisherVerdicts", "office", "Publish to each publisher what became of its facts."),
    ("tellDeadlines", "send", "deadlines", "office", "Publish what is to be said of deadlines."),
    ("tellNotices", "send", "notifications", "office", "Publish who was told what."),
    ("followRegistered", "receive", "registered", "reader", "Follow what was registered."),
    ("followVerdicts", "receive", "verdicts", "reader", "Follow the verdicts on everybody's facts."),
    ("followDeadlines", "receive", "deadlines", "reader", "Follow what is said of deadlines."),
    ("followNotices", "receive", "notifications", "reader", "Follow who was told what."),
)
"""Operation, action, channel, whose it is, and what it does; readers are services of the same installation."""

SIDES = {
    "office": "What Đôn Đốc itself does.",
    "publisher": "What an agency's system does that publishes facts.",
    "reader": "What another service of the same installation does.",
}

POSITION: Object = {
    "position": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "Counts the records of a topic and partition without gaps."},
    "cause": {"type": "string", "description": "What it follows from: topic/partition/offset, timer/id or command/id."},
}
CHAIN: Object = {
    name: {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": f"SHA-256, in hexadecimal: {what}."}
    for name, what in (
        ("previoushash", "the hash of the key's version before, or zeros"),
        ("hash", "over the previous hash and the bytes of the value"),
    )
}
FORWARDED: Object = {
    "origin": {"type": "string", "description": "Where the forwarder took it from: topic/partition/offset."},
    "publisher": {"type": "string", "description": "Whom the topic proves as its publisher."},
    "receivedtime": {"type": "string", "format": "date-time", "description": "When the broker received it."},
    "wrong": {"type": "string", "description": "JSON: a list of pointers and problems, where the envelope could be read."},
}


def document() -> Object:
    """Return the whole document."""
    topics = {CHANNELS[topic.name]: topic for topic in load_topics()}
    return {
        "asyncapi": "3.0.0",
        "id": "https://dondoc.vn/events",
        "info": _info(),
        "defaultContentType": CONTENT_TYPE,
        "servers": _servers(),
        "channels": {**{name: _channel(name, topic) for name, topic in topics.items()}, "door": _door()},
        "operations": {name: _operation(*rest) for name, *rest in OPERATIONS},
        "components": {"messages": _messages(), "schemas": _schemas(), "securitySchemes": _security()},
    }


def _info() -> Object:
    text = (
        "Facts about directives, their tasks and deadlines: what agencies publish, what the office registers, and what it tells. Every "
        "message is a CloudEvent 1.0 in structured mode. A published type only ever gains optional members: readers pass over members "
        "that they do not know."
    )
    return {
        "title": "Đôn Đốc",
        "version": version("dondoc"),
        "description": text,
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        "tags": [{"name": name, "description": told} for name, told in SIDES.items()],
    }


def _servers() -> Object:
    kafka = {"protocolVersion": "4.3", "bindings": {"kafka": {"bindingVersion": BINDING}}}
    return {
        "agencies": kafka
        | {
            "host": "{agencies}",
            "protocol": "kafka-secure",
            "description": "Kafka's listener for publishers, one user each; rights by ACL. TLS is the operator's to switch on.",
            "variables": {"agencies": {"default": "127.0.0.1:9094", "description": "DONDOC_KAFKA_ADDRESS"}},
            "security": [{"$ref": "#/components/securitySchemes/scram"}],
        },
        "internal": kafka
        | {
            "host": "kafka:9092",
            "protocol": "kafka-secure",
            "description": "Kafka's listener for the services of the installation.",
            "security": [{"$ref": "#/components/securitySchemes/plain"}],
        },
        "gateway": {
            "host": "{gateway}",
            "protocol": "http",
            "description": "The gateway; a proxy with TLS stands in front of it.",
            "variables": {"gateway": {"default": "127.0.0.1:8080", "description": "DONDOC_PUBLISH"}},
            "security": [{"$ref": "#/components/securitySchemes/apiKey"}],
        },
    }


def _channel(name: str, topic: Topic) -> Object:
    servers = ["agencies", "internal"] if topic.is_template else ["internal"]
    return {
        "address": topic.name,
        "title": topic.name,
        "description": f"Holds {topic.holds}. Key: {topic.key}. Written by {topic.owner}.",
        "servers": [{"$ref": f"#/servers/{server}"} for server in servers],
        "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in _messages_of(name)},
        **({"parameters": {"publisher": PUBLISHER}} if topic.is_template else {}),
        "bindings": {"kafka": {"topicConfiguration": _configuration(topic), "bindingVersion": BINDING}},
    }


def _configuration(topic: Topic) -> Object:
    """Return a topic's configuration as the binding has it: numbers as numbers, the clean-up policy as a list."""
    named = {name: int(value) if value.lstrip("-").isdecimal() else value for name, value in topic.config.items()}
    return {**named, "cleanup.policy": str(named["cleanup.policy"]).split(",")}


def _door() -> Object:
    return {
        "address": "/api/events",
        "title": "POST /api/events",
        "description": "The ingress: one fact in structured or binary mode, or a batch of facts; 202 once they are safely in Kafka.",
        "servers": [{"$ref": "#/servers/gateway"}],
        "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in _messages_of("door")},
    }


def _messages_of(channel: str) -> Iterable[str]:
    contracts = {
        "door": FACTS,
        "publisherFacts": FACTS,
        "publisherVerdicts": VERDICTS,
        "verdicts": COMMON_VERDICTS,
        "deadlines": OF_DEADLINES,
        "notifications": OF_NOTIFICATIONS,
    }
    if channel == "inbox":
        return RECEIVED
    if channel == "registered":
        return [f"{each.NAME}.registered" for each in FACTS]
    return [each.NAME for each in contracts[channel]]


def _operation(action: str, channel: str, side: str, summary: str) -> Object:
    method = {"bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}}} if channel == "door" else {}
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "tags": [{"name": side}],
        "messages": [{"$ref": f"#/channels/{channel}/messages/{each}"} for each in _messages_of(channel)],
        **method,
    }


def _messages() -> Object:
    facts = {each.NAME: _message(each, {"$ref": f"./{file_name(each)}"}, {}) for each in FACTS}
    registered = {f"{each.NAME}.registered": _registered(each) for each in FACTS}
    events = {each.NAME: _message(each, {"$ref": f"./{file_name(each)}"}, POSITION) for each in EVENTS}
    return {**facts, **registered, **events, **_received()}


def _message(contract: type[Contract], payload: Object, headers: Object, example: Object | None = None) -> Object:
    return {
        "name": type_of(contract),
        "title": contract.__name__,
        "summary": str(contract.__doc__).strip(),
        "contentType": CONTENT_TYPE,
        **({"headers": _headers(headers, required=headers)} if headers else {}),
        "payload": {"schemaFormat": FORMAT, "schema": payload},
        "bindings": {"kafka": {"key": _key(), "bindingVersion": BINDING}},
        "examples": [{"name": contract.NAME, "payload": example or example_of(contract)}],
    }


def _registered(contract: type[Contract]) -> Object:
    data = {"$ref": f"./{file_name(contract)}#/$defs/{contract.__name__}"}
    payload = {
        "allOf": [
            {"$ref": "#/components/schemas/registered/schema"},
            {"properties": {"type": {"const": type_of(contract)}, "data": data}},
        ]
    }
    stamps = {"receivedtime": "2026-03-13T08:20:01.204Z", "publisher": "api", "registeredtime": "2026-03-13T08:20:01.251Z", "version": 7}
    return _message(contract, payload, {**POSITION, **CHAIN}, {**example_of(contract), **stamps})


def _received() -> Object:
    key = {"kafka": {"key": _key(), "bindingVersion": BINDING}}
    return {
        "received": {
            "name": "received",
            "title": "A fact as received",
            "summary": "A fact of any type, with its publisher and the instant of its receipt.",
            "contentType": CONTENT_TYPE,
            "headers": _headers({"origin": FORWARDED["origin"]}, required=()),
            "payload": {"schemaFormat": FORMAT, "schema": {"$ref": "#/components/schemas/received/schema"}},
            "bindings": key,
        },
        "unreadable": {
            "name": "unreadable",
            "title": "What is no readable fact",
            "summary": "What a publisher's topic holds that is no readable fact, as it was; the registrar refuses it.",
            "contentType": "application/octet-stream",
            "headers": _headers(FORWARDED, required=("origin", "publisher", "receivedtime")),
            "bindings": key,
        },
    }


def _headers(headers: Object, *, required: Iterable[str]) -> Object:
    return {"type": "object", "properties": headers, "required": sorted(required)}


def _key() -> Object:
    return {"type": "string", "description": "The event's partitionkey, in UTF-8."}


def _schemas() -> Object:
    return {
        "received": {"schemaFormat": FORMAT, "schema": _stamped("receivedtime", "publisher")},
        "registered": {"schemaFormat": FORMAT, "schema": _stamped("receivedtime", "publisher", "registeredtime", "version")},
    }


def _stamped(*stamps: str) -> Object:
    """Return the envelope of any fact with what the office added; open, so that the data can be told beside it."""
    plain = envelope_schema()
    properties = plain["properties"] | {name: STAMPS[name] for name in stamps}
    told = {name: plain[name] for name in ("type", "required")}
    return told | {"properties": properties, "required": [*plain["required"], *stamps]}


def _security() -> Object:
    return {
        "scram": {"type": "scramSha512", "description": "The publisher's own user and password, from `dondoc publishers add`."},
        "plain": {"type": "plain", "description": "The one user of the installation's services."},
        "apiKey": {"type": "http", "scheme": "bearer", "description": "The publisher's API key, from `dondoc publishers add`."},
    }


def generate() -> bytes:
    """Return the content of the file."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


def main(arguments: list[str]) -> int:
    """Write or check; returns the exit code."""
    if arguments == ["write"]:
        FILE.write_bytes(generate())
        return 0
    if arguments != ["check"]:
        sys.stderr.write("usage: python -m shared.asyncapi write|check\n")
        return 2
    if FILE.exists() and FILE.read_bytes() == generate():
        return 0
    sys.stderr.write("docs/events/asyncapi.json does not say what topics and contracts say; run: python -m shared.asyncapi write\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
