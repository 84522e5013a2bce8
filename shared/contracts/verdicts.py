"""Events of directives.verdicts.v1: what became of a fact that was not registered."""

from typing import Annotated, ClassVar

from msgspec import Meta

from shared.contracts.types import Contract, Line, Part, Text


class FieldProblem(Part, frozen=True, kw_only=True):
    """What is wrong with one field: a JSON Pointer (RFC 6901) and a sentence."""

    pointer: str
    problem: Text


class FactRefused(Contract, frozen=True, kw_only=True):
    """The registrar refused a fact; `code` is the last part of the problem type's URI (RFC 9457)."""

    NAME: ClassVar[str] = "fact-refused"
    fact_id: str
    fact_source: str
    fact_type: str
    code: Line
    reason: Text
    reason_vi: Text
    fields: Annotated[tuple[FieldProblem, ...], Meta(max_length=100)] = ()
