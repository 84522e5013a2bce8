"""The reading of a letter as plain JSON: each leaf a value and its span."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from services.directives.intake.findings import Cited, Deadline, Duty, Found, Head, Signed
from shared.contracts.types import File

Json = dict[str, Any]


def document_of(text: str, file: File, head: Head, tasks: Iterable[Duty]) -> Json:
    """Return the document as `dondoc intake --json` prints it, without the spans of events."""
    return {
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "text": text,
        "fields": fields_of(head),
        "tasks": [_task(duty) for duty in tasks],
        "spans": {},
    }


def secret_document(file: File, head: Head) -> Json:
    """Return what may be told of a document with a mark of state secrets: its hash and its mark, nothing that it says."""
    told = {"name": "", "media_type": file.media_type, "size": file.size, "sha256": file.sha256, "text": "", "tasks": [], "spans": {}}
    return {**told, "fields": {"security": leaf(Found(head.security.value))}}


def leaf(found: Found[Any] | None) -> Json | None:
    """Return a value with its span; days as text, structures as objects."""
    if found is None:
        return None
    return {"value": msgspec.json.decode(msgspec.json.encode(found.value)), "span": list(found.span) if found.span else None}


def fields_of(head: Head) -> Json:
    """Return what a letter says of itself."""
    single = ("issuer", "number", "symbol", "document_type", "subject", "place", "issued_on", "urgency", "security")
    return {
        **{name: leaf(getattr(head, name)) for name in single},
        "addressees": _leaves(head.addressees),
        "based_on": [_cited(each) for each in head.based_on],
        "signer": _signed(head.signer) if head.signer else None,
        "recipients": _leaves(head.recipients),
    }


def _leaves(found: Iterable[Found[str]]) -> list[Json | None]:
    return [leaf(each) for each in found]


def _cited(cited: Cited) -> Mapping[str, Json | None]:
    return {name: leaf(getattr(cited, name)) for name in ("title", "number", "issued_on", "issuer")}


def _signed(signed: Signed) -> Mapping[str, Json | None]:
    return {name: leaf(getattr(signed, name)) for name in ("name", "position", "capacity")}


def _task(duty: Duty) -> Json:
    return {
        "number": leaf(duty.number),
        "content": leaf(duty.content),
        "lead": _leaves(duty.lead),
        "coordinating": _leaves(duty.coordinating),
        "deliverable": leaf(duty.deliverable),
        "required": leaf(duty.required),
        "deadlines": [_deadline(each) for each in duty.deadlines],
    }


def _deadline(deadline: Deadline) -> Mapping[str, Json | None]:
    return {name: leaf(getattr(deadline, name)) for name in ("name", "met_by", "plan_stage", "phrase")}
