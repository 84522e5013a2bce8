"""Mutations of the sample schema in tests/guards/test_compatibility.py, and whom each one breaks."""

from typing import Any, NamedTuple

GONE = object()
"""Said instead of a value: the place is taken out."""

Edits = tuple[tuple[str, Any], ...]


class Mutation(NamedTuple):
    """What changes, whom it breaks ("", writers, readers or all), and how: JSON Pointers and their new values."""

    what: str
    breaks: str
    edits: Edits


S = "/$defs/Sample/properties"
L = "/$defs/Line"
REQUIRED = "/$defs/Sample/required"

ROW = {
    "type": "object",
    "properties": {"area": {"type": "string", "maxLength": 50}, "cause": {"type": ["string", "null"]}},
    "required": ["area"],
    "additionalProperties": False,
}
TO_ROW = {"$ref": "#/$defs/Row"}
RENAMED: Edits = (
    ("/$defs/Row", ROW),
    (L, GONE),
    (f"{S}/parts/items", TO_ROW),
    (f"{S}/signer/else", TO_ROW),
    (f"{S}/author", TO_ROW),
)

HARMLESS: tuple[tuple[str, Edits], ...] = (
    ("a new optional member", ((f"{S}/place", {"type": "string"}),)),
    ("a new optional member that may be null", ((f"{S}/place", {"type": ["string", "null"]}),)),
    ("a new optional member with a default", ((f"{S}/place", {"type": "string", "default": "here"}),)),
    ("a new optional member that is a part", ((f"{S}/place", {"$ref": "#/$defs/Line"}),)),
    ("a new optional member of a part", ((f"{L}/properties/time", {"type": "string"}),)),
    ("a new optional attribute of the envelope", (("/properties/traceparent", {"type": "string"}),)),
    ("another description", ((f"{S}/name/description", "The name."),)),
    ("another title", (("/$defs/Sample/title", "Other"),)),
    ("examples", (("/examples", [{"id": "1"}]),)),
    ("another address", (("/$id", "https://example.org/other"),)),
    ("a comment", ((f"{S}/name/$comment", "as written"),)),
    ("a member that is deprecated", ((f"{S}/name/deprecated", True),)),
    ("another order of values", ((f"{S}/kind/enum", ["report", "plan"]),)),
    ("another order of what is required", ((REQUIRED, ["parts", "kind", "name", "number"]),)),
    ("a new value of a list that may grow", ((f"{S}/why/x-extensible-enum", ["cancelled", "recalled", "voided"]),)),
    ("another order of types", ((f"{S}/remarks/type", ["null", "string"]),)),
    ("one value as a list of one", (("/properties/type", {"enum": ["vn.dondoc.sample.v1"]}),)),
    ("a definition with another name", RENAMED),
    (
        "null told by a type instead of a condition",
        ((f"{S}/remarks", {"if": {"type": "null"}, "else": {"type": "string", "maxLength": 90}}),),
    ),
    ("elements that need not differ, in so many words", ((f"{S}/parts/uniqueItems", False),)),
)

NARROWER: tuple[tuple[str, Edits], ...] = (
    ("a new required member", ((f"{S}/place", {"type": "string"}), (REQUIRED, ["number", "name", "kind", "parts", "place"]))),
    ("an optional member that is required now", ((REQUIRED, ["number", "name", "kind", "parts", "code"]),)),
    ("a member of a part that is required now", ((f"{L}/required", ["area", "cause"]),)),
    ("an attribute of the envelope that is required now", (("/required", ["id", "type", "data", "time"]),)),
    ("a value that is no longer taken", ((f"{S}/kind/enum", ["plan"]),)),
    ("a known value that is gone from a list that may grow", ((f"{S}/why/x-extensible-enum", ["cancelled"]),)),
    ("a list of values where any was taken", ((f"{S}/name/enum", ["one", "two"]),)),
    ("a text that may not be null any more", ((f"{S}/remarks/type", "string"),)),
    ("a choice that may not be null any more", ((f"{S}/stage/enum", ["draft", "final"]),)),
    ("a part that may not be null any more", ((f"{S}/signer", {"$ref": "#/$defs/Line"}),)),
    ("a shorter text", ((f"{S}/name/maxLength", 49),)),
    ("a longest text where there was none", ((f"{S}/code/maxLength", 10),)),
    ("a longer shortest text", ((f"{S}/name/minLength", 3),)),
    ("a shortest text where there was none", ((f"{S}/code/minLength", 1),)),
    ("a lower maximum", ((f"{S}/number/maximum", 99),)),
    ("a higher minimum", ((f"{S}/number/minimum", 2),)),
    ("an exclusive minimum where there was none", ((f"{S}/share/exclusiveMinimum", 0),)),
    ("an exclusive maximum where there was none", ((f"{S}/share/exclusiveMaximum", 1),)),
    ("a pattern where there was none", ((f"{S}/name/pattern", "^[A-Z]"),)),
    ("a format where there was none", ((f"{S}/name/format", "uri"),)),
    ("multiples only", ((f"{S}/number/multipleOf", 5),)),
    ("fewer elements at most", ((f"{S}/parts/maxItems", 8),)),
    ("a limit of elements where there was none", ((f"{S}/days/maxItems", 100),)),
    ("more elements at least", ((f"{S}/parts/minItems", 2),)),
    ("elements that must differ", ((f"{S}/days/uniqueItems", True),)),
    ("elements of a type where any was taken", ((f"{S}/anything/items", {"type": "string"}),)),
    ("whole numbers only", ((f"{S}/share/type", "integer"),)),
    ("a type where any was taken", ((f"{S}/anything/type", "string"),)),
    ("a shorter text in a part", ((f"{L}/properties/area/maxLength", 49),)),
    ("a shorter id", (("/properties/id/maxLength", 100),)),
    ("fewer members at most", (("/$defs/Line/maxProperties", 1),)),
    ("more members at least", (("/$defs/Line/minProperties", 2),)),
    ("a choice that may be a text no longer, where it was both", ((f"{S}/remarks/type", "null"),)),
)

WIDER: tuple[tuple[str, Edits], ...] = (
    ("a required member that may be left out", ((REQUIRED, ["number", "name", "parts"]),)),
    ("a member of a part that may be left out", ((f"{L}/required", []),)),
    ("a new value", ((f"{S}/kind/enum", ["plan", "report", "opinion"]),)),
    ("any value where there was a list", ((f"{S}/kind", {}),)),
    ("a text that may be null", ((f"{S}/name/type", ["string", "null"]),)),
    ("a choice that may be null", ((f"{S}/kind/enum", ["plan", "report", None]),)),
    ("a part that may be null", ((f"{S}/author", {"if": {"type": "null"}, "else": {"$ref": "#/$defs/Line"}}),)),
    ("a longer text", ((f"{S}/name/maxLength", 51),)),
    ("a text without a longest", ((f"{S}/name/maxLength", GONE),)),
    ("a shorter shortest text", ((f"{S}/name/minLength", 1),)),
    ("a higher maximum", ((f"{S}/number/maximum", 101),)),
    ("no maximum", ((f"{S}/number/maximum", GONE),)),
    ("a lower minimum", ((f"{S}/number/minimum", 0),)),
    ("no pattern", ((f"{S}/code/pattern", GONE),)),
    ("no format", (("/properties/time/format", GONE),)),
    ("more elements at most", ((f"{S}/parts/maxItems", 10),)),
    ("fewer elements at least", ((f"{S}/parts/minItems", 0),)),
    ("elements of any type", ((f"{S}/days/items", GONE),)),
    ("fractions too", ((f"{S}/number/type", "number"),)),
    ("whole numbers beside texts", ((f"{S}/code/type", ["string", "integer"]),)),
    ("any type", ((f"{S}/share", {"minimum": 0, "maximum": 1}),)),
    ("elements that may be null", ((f"{S}/days/items/type", ["string", "null"]),)),
    ("unknown members", ((f"{L}/additionalProperties", True),)),
)

OTHER: tuple[tuple[str, Edits], ...] = (
    ("an optional member that is gone", ((f"{S}/code", GONE),)),
    ("a required member that is gone", ((f"{S}/name", GONE), (REQUIRED, ["number", "kind", "parts"]))),
    ("a member of a part that is gone", ((f"{L}/properties/cause", GONE),)),
    ("an attribute of the envelope that is gone", (("/properties/time", GONE),)),
    ("a member with another name", ((f"{S}/code", GONE), (f"{S}/unit_code", {"type": "string", "pattern": "^[A-Z]+$"}))),
    ("another pattern", ((f"{S}/code/pattern", "^[A-Z0-9]+$"),)),
    ("another format", (("/properties/time/format", "date"),)),
    ("another type", ((f"{S}/name", {"type": "integer"}),)),
    ("another value in place of one", ((f"{S}/kind/enum", ["plan", "opinion"]),)),
    ("a list that was fixed and may grow now", ((f"{S}/kind", {"type": "string", "x-extensible-enum": ["plan", "report"]}),)),
    ("a list that might grow and is fixed now", ((f"{S}/why", {"enum": ["cancelled", "recalled"]}),)),
    ("another constant", (("/properties/type/const", "vn.dondoc.other.v1"),)),
    ("another default", ((f"{S}/urgency/default", "urgent"),)),
    ("a default where there was none", ((f"{S}/kind/default", "plan"),)),
    ("no default", ((f"{S}/urgency/default", GONE),)),
    ("bounds that both moved up", ((f"{S}/number/minimum", 2), (f"{S}/number/maximum", 200))),
    ("one part in place of many", ((f"{S}/parts", {"$ref": "#/$defs/Line"}),)),
    ("elements of another type", ((f"{S}/days/items", {"type": "integer"}),)),
    ("a keyword that nobody judged before", ((f"{S}/code/not", {"const": "A"}),)),
    ("several schemas at once", ((f"{S}/code/allOf", [{"maxLength": 5}]),)),
    ("a reference to another part", (("/$defs/Row", {"type": "string"}), (f"{S}/author", {"$ref": "#/$defs/Row"}))),
)

MUTATIONS: tuple[Mutation, ...] = tuple(
    Mutation(what, breaks, edits)
    for breaks, rows in (("", HARMLESS), ("writers", NARROWER), ("readers", WIDER), ("all", OTHER))
    for what, edits in rows
)
