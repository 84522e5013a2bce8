"""What changed from one JSON Schema to another, and whom that breaks; pure.

The present schema either takes less than the published one (it narrows), may hold more (it widens), or both. Narrowing breaks those who
write by the published schema: senders of facts, and the log, whose old records are read for ever. Widening breaks those who read by it.
Only a new optional member breaks nobody, since readers pass over members that they do not know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any

Schema = Mapping[str, Any]


class Effect(Flag):
    """What a change does to the set of values that a schema takes."""

    NARROWS = auto()
    WIDENS = auto()
    BOTH = NARROWS | WIDENS


@dataclass(frozen=True)
class Change:
    """One change that is not harmless: where (a JSON Pointer into the event), what, and what it does."""

    pointer: str
    what: str
    effect: Effect

    def breaks(self, *, is_fact: bool) -> tuple[str, ...]:
        """Return whom the change breaks: senders, the log, readers."""
        writers = ("senders", "log") if is_fact else ("log",)
        return (writers if Effect.NARROWS in self.effect else ()) + (("readers",) if Effect.WIDENS in self.effect else ())


ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated"})
LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
WORDS = ("pattern", "format", "multipleOf")
KNOWN = "x-extensible-enum"
"""Values that are known now, of a member whose readers expect that there will be more."""
OWN_RULES = frozenset({KNOWN, "type", "enum", "const", "properties", "required", "items", "additionalProperties", "uniqueItems", "default"})


@dataclass(frozen=True)
class _Pair:
    """The same place in both schemas, each with the document that its references lead into."""

    pointer: str
    old: Schema
    new: Schema
    old_document: Schema
    new_document: Schema

    def inner(self, name: str, old: Schema, new: Schema) -> "_Pair":
        return _Pair(f"{self.pointer}/{name}", old, new, self.old_document, self.new_document)

    def change(self, what: str, effect: Effect) -> Change:
        return Change(self.pointer or "/", what, effect)


def find_changes(published: Schema, present: Schema) -> list[Change]:
    """Return every change that is not harmless, from a published schema to the present one."""
    return list(_compare(_Pair("", published, present, published, present)))


def _compare(pair: _Pair) -> Iterator[Change]:
    told = _Pair(
        pair.pointer, _plain(pair.old, pair.old_document), _plain(pair.new, pair.new_document), pair.old_document, pair.new_document
    )
    for rule in (_types, _values, _known, _bounds, _words, _members, _elements, _others):
        yield from rule(told)


def _plain(schema: Schema, document: Schema) -> Schema:
    """Return a schema with its references followed, and null as one of its types however it was written."""
    if "$ref" in schema:
        target = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _plain({**target, **{name: each for name, each in schema.items() if name != "$ref"}}, document)
    if schema.get("if") == {"type": "null"} and "else" in schema:
        inner = _plain(schema["else"], document)
        outer = {name: each for name, each in schema.items() if name not in ("if", "else")}
        return {**inner, "type": [*_as_list(inner.get("type", [])), "null"], **outer}
    return schema


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401  any JSON
    return value if isinstance(value, list) else [value]


def _types(pair: _Pair) -> Iterator[Change]:
    old, new = (set(_as_list(each["type"])) if "type" in each else None for each in (pair.old, pair.new))
    if old == new:
        return
    if old is None or new is None:
        yield pair.change(*_one_sided("type", old))
        return
    lost = {each for each in old - new if not (each == "integer" and "number" in new)}
    gained = {each for each in new - old if not (each == "integer" and "number" in old)}
    if lost:
        yield pair.change(f"is no longer {', '.join(sorted(lost))}", Effect.NARROWS)
    elif "number" in old and "number" not in new:
        yield pair.change("is whole numbers only", Effect.NARROWS)
    if gained:
        yield pair.change(f"may be {', '.join(sorted(gained))}", Effect.WIDENS)


def _one_sided(keyword: str, old: object) -> tuple[str, Effect]:
    return (f"{keyword} is new", Effect.NARROWS) if old is None else (f"{keyword} is gone", Effect.WIDENS)


def _values(pair: _Pair) -> Iterator[Change]:
    old, new = (_allowed(each) for each in (pair.old, pair.new))
    if old is None or new is None:
        if old != new:
            yield pair.change(*_one_sided("the list of values", old))
        return
    if old - new:
        yield pair.change(f"no longer takes {', '.join(sorted(old - new))}", Effect.NARROWS)
    if new - old:
        yield pair.change(f"may be {', '.join(sorted(new - old))}", Effect.WIDENS)


def _known(pair: _Pair) -> Iterator[Change]:
    """Take a known value that is gone for a narrower schema, since the log holds it; a new one breaks nobody."""
    old, new = (pair.old.get(KNOWN), pair.new.get(KNOWN))
    if (old is None) != (new is None):
        yield pair.change(f"{KNOWN} is {'new' if old is None else 'gone'}", Effect.BOTH)
    elif old and new and set(old) - set(new):
        yield pair.change(f"no longer takes {', '.join(sorted(set(old) - set(new)))}", Effect.NARROWS)


def _allowed(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {repr(schema["const"])}
    return {repr(each) for each in schema["enum"]} if "enum" in schema else None


def _bounds(pair: _Pair) -> Iterator[Change]:
    for keywords, sign in ((LEAST, 1), (MOST, -1)):
        for keyword in keywords:
            old, new = pair.old.get(keyword), pair.new.get(keyword)
            if old == new:
                continue
            if old is None or new is None:
                yield pair.change(*_one_sided(keyword, old))
            else:
                yield pair.change(f"{keyword} was {old}, is {new}", Effect.NARROWS if (new - old) * sign > 0 else Effect.WIDENS)


def _words(pair: _Pair) -> Iterator[Change]:
    for keyword in WORDS:
        old, new = pair.old.get(keyword), pair.new.get(keyword)
        if old == new:
            continue
        if old is None or new is None:
            yield pair.change(*_one_sided(keyword, old))
        else:
            yield pair.change(f"{keyword} was {old}, is {new}", Effect.BOTH)


def _members(pair: _Pair) -> Iterator[Change]:
    old, new = pair.old.get("properties", {}), pair.new.get("properties", {})
    needed, needs = set(pair.old.get("required", ())), set(pair.new.get("required", ()))
    for name in sorted(old.keys() - new.keys()):
        yield pair.inner(name, {}, {}).change("is gone", Effect.BOTH)
    for name in sorted(needs - needed):
        yield pair.inner(name, {}, {}).change("is required now", Effect.NARROWS)
    for name in sorted((needed - needs) & new.keys()):
        yield pair.inner(name, {}, {}).change("may be left out", Effect.WIDENS)
    for name in sorted(old.keys() & new.keys()):
        inner = pair.inner(name, old[name], new[name])
        yield from _default(inner)
        yield from _compare(inner)


def _default(pair: _Pair) -> Iterator[Change]:
    """Take another default for another meaning: a member that equals its default is left out, so old records would say something else."""
    old, new = pair.old.get("default"), pair.new.get("default")
    if old != new:
        yield pair.change(f"means {new!r} where left out, not {old!r}", Effect.BOTH)


def _elements(pair: _Pair) -> Iterator[Change]:
    for keyword in ("items", "additionalProperties"):
        old, new = (_as_schema(each.get(keyword, True)) for each in (pair.old, pair.new))
        if old is None or new is None:
            if old is not new:
                yield pair.change(f"{keyword} was {pair.old.get(keyword)}, is {pair.new.get(keyword)}", _opened(old))
        elif old or new:
            yield from _compare(pair.inner("*", old, new))
    if pair.old.get("uniqueItems", False) != pair.new.get("uniqueItems", False):
        yield pair.change("uniqueItems changed", Effect.NARROWS if pair.new.get("uniqueItems") else Effect.WIDENS)


def _as_schema(value: bool | Schema) -> Schema | None:  # noqa: FBT001  JSON Schema's own
    """Return `true` as the schema that takes everything, and `false` as None."""
    if isinstance(value, bool):
        return {} if value else None
    return value


def _opened(old: Schema | None) -> Effect:
    return Effect.WIDENS if old is None else Effect.NARROWS


def _others(pair: _Pair) -> Iterator[Change]:
    """Take any change of a keyword without a rule of its own for a breaking one."""
    judged = ANNOTATIONS | OWN_RULES | {*LEAST, *MOST, *WORDS}
    for keyword in sorted((pair.old.keys() | pair.new.keys()) - judged):
        if pair.old.get(keyword) != pair.new.get(keyword):
            yield pair.change(f"{keyword} changed", Effect.BOTH)
