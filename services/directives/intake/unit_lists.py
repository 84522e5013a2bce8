"""The registry of units out of a file: unit-registered events (JSON), or the CSV of `dondoc units import`."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import msgspec

from services.directives.domain.unit_files import read_file
from services.directives.intake.matching import Entry, Registry
from shared.contracts import type_of
from shared.contracts.registry import UnitRegistered, unit_key
from shared.errors import ConfigurationError

REGISTERED = type_of(UnitRegistered)


def registry_of(contents: Iterable[bytes]) -> Registry:
    """Return the units that some files name; raises ConfigurationError for a file that is none of units."""
    return Registry(entry for content in contents for entry in entries_of(content))


def entries_of(content: bytes) -> list[Entry]:
    """Return the units of one file."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"[", b"{"}:
        return list(_of_events(content))
    lines, faults = read_file(content)
    if faults:
        raise ConfigurationError(f"the file of units, line {faults[0].line}: {faults[0].problem}")
    return [
        Entry(unit_key(line.code), line.name, line.short_name, unit_key(line.parent) if line.parent else None, line.code) for line in lines
    ]


def _of_events(content: bytes) -> Iterator[Entry]:
    for event in _events(content):
        if not isinstance(event, dict) or event.get("type") != REGISTERED:
            continue
        try:
            data = msgspec.convert(event.get("data"), UnitRegistered)
            yield Entry(UUID(str(event.get("subject"))), data.name, data.short_name, data.parent, data.code)
        except (msgspec.ValidationError, ValueError) as error:
            raise ConfigurationError(f"the file of units: the event {event.get('id')!r} is no unit-registered: {error}") from error


def _events(content: bytes) -> list[Any]:
    try:
        if content.lstrip().startswith(b"["):
            return list(msgspec.json.decode(content))
        lines = content.splitlines() if b"\n{" in content.strip() else [content]
        return [msgspec.json.decode(line) for line in lines if line.strip()]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the file of units is no JSON: {error}") from error
