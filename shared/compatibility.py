"""The gate for contracts: `python -m shared.compatibility check`, and `publish VERSION [--again]`.

`check` compares the present contracts with every published version: a published type only ever gains optional members, anything else is
a new version of its type (docs/decisions/0014). `publish` keeps the present ones as a version; a version that others rely on is never
written again, so `--again` is for one that was not released yet.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from shared.contracts import EVENTS, FACTS
from shared.errors import ConfigurationError, DondocError
from shared.schema_changes import ANNOTATIONS, find_changes
from shared.schemas import FOLDER, Schema, schema_of

PUBLISHED = FOLDER / "published"
VERSION = re.compile(r"\d+\.\d+\.\d+")
USAGE = "usage: python -m shared.compatibility check | publish VERSION [--again]\n"


class Published(msgspec.Struct):
    """The contracts of a version, by name, without what is only told to people."""

    version: str
    facts: dict[str, Any]
    events: dict[str, Any]


def present(version: str = "present") -> Published:
    """Return the contracts as they are now."""
    facts, events = ({each.NAME: strip(schema_of(each)) for each in contracts} for contracts in (FACTS, EVENTS))
    return msgspec.json.decode(msgspec.json.encode(Published(version, facts, events)), type=Published)


def strip(schema: Schema) -> Schema:
    """Return a schema without annotations; names of members and definitions are no keywords, whatever they are."""
    kept = {name: each for name, each in schema.items() if name == "$defs" or name not in ANNOTATIONS}
    return {name: _strip_inside(name, each) for name, each in kept.items()}


def _strip_inside(keyword: str, value: Any) -> Any:  # noqa: ANN401  any JSON
    if keyword in ("properties", "$defs"):
        return {name: strip(each) for name, each in value.items()}
    return strip(value) if isinstance(value, dict) else value


def read_published(folder: Path) -> list[Published]:
    """Return all published versions, oldest first."""
    versions = [msgspec.json.decode(path.read_bytes(), type=Published) for path in folder.glob("*.json")]
    return sorted(versions, key=lambda each: [int(part) for part in each.version.split(".")])


def find_breaks(published: Published, now: Published) -> Iterator[str]:
    """Return a line for each change from a published version that breaks somebody."""
    for is_fact, old, new in ((True, published.facts, now.facts), (False, published.events, now.events)):
        for name, schema in old.items():
            if name not in new:
                yield f"{name}: is gone; published in {published.version}"
            else:
                yield from _told(name, published.version, schema, new[name], is_fact=is_fact)


def _told(name: str, version: str, old: Mapping[str, Any], new: Mapping[str, Any], *, is_fact: bool) -> Iterator[str]:
    for change in find_changes(old, new):
        broken = ", ".join(change.breaks(is_fact=is_fact))
        yield f"{name} {change.pointer}: {change.what}; breaks {broken}; published in {version}"


def check(folder: Path = PUBLISHED) -> list[str]:
    """Return what the present contracts break, of every published version; raises ConfigurationError where none is published."""
    versions = read_published(folder)
    if not versions:
        raise ConfigurationError(f"no version is published in {folder}: run python -m shared.compatibility publish VERSION")
    now = present()
    return [line for version in versions for line in find_breaks(version, now)]


def publish(version: str, folder: Path = PUBLISHED, *, again: bool = False) -> list[str]:
    """Keep the present contracts as a version; return what they break of the others, in which case nothing is written."""
    file = folder / f"{version}.json"
    if not VERSION.fullmatch(version):
        raise ConfigurationError(f"{version} is no version: it should be three numbers such as 0.1.0")
    if file.exists() and not again:
        raise ConfigurationError(f"{version} is published already and stays as it is; --again only where it was not released yet")
    now = present(version)
    breaks = [line for each in read_published(folder) if each.version != version for line in find_breaks(each, now)]
    if not breaks:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.format(msgspec.json.encode(now), indent=1) + b"\n")
    return breaks


def main(arguments: list[str]) -> int:
    """Check or publish; returns the exit code."""
    try:
        match arguments:
            case ["check"]:
                breaks = check()
            case ["publish", version]:
                breaks = publish(version)
            case ["publish", version, "--again"]:
                breaks = publish(version, again=True)
            case _:
                sys.stderr.write(USAGE)
                return 2
    except DondocError as error:
        breaks = [str(error)]
    for line in breaks:
        sys.stderr.write(f"{line}\n")
    return 1 if breaks else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
