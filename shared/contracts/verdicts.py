"""Events of directives.verdicts.v1, and of each publisher's own topic of verdicts: what became of a fact."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from shared.contracts.types import Contract, Instant, Line, Ordinal, Part, Sha256, Text


class FieldProblem(Part, frozen=True, kw_only=True):
    """What is wrong with one field: a JSON Pointer (RFC 6901) and a sentence."""

    pointer: str
    problem: Text


class Verdict(Contract, frozen=True, kw_only=True):
    """What every verdict says of its fact: the attributes that the publisher knows it by."""

    fact_id: str
    fact_source: str
    fact_type: str


class FactRegistered(Verdict, frozen=True, kw_only=True):
    """The registrar registered a fact; told in the publisher's own topic only, for everybody else the registered event itself says it."""

    NAME: ClassVar[str] = "fact-registered"
    version: Ordinal
    hash: Sha256


class FactRefused(Verdict, frozen=True, kw_only=True):
    """The registrar refused a fact; `code` is the last part of the problem type's URI (RFC 9457).

    `digest` is there where the fact's source and id are used up: the same fact again is its repeat, another one under them is refused.
    """

    NAME: ClassVar[str] = "fact-refused"
    code: Line
    reason: Text
    reason_vi: Text
    fields: Annotated[tuple[FieldProblem, ...], Meta(max_length=100)] = ()
    digest: Sha256 | None = None


class FactWaiting(Verdict, frozen=True, kw_only=True):
    """A fact waits for another one of its key: for which kind of thing, with which id, and until when."""

    NAME: ClassVar[str] = "fact-waiting"
    needs: Literal["directive", "task", "plan", "conference", "extension"]
    needed_id: str
    expires_at: Instant
    digest: Sha256 | None = None


class FactReleased(Verdict, frozen=True, kw_only=True):
    """A waiting fact was registered, since what it needed has come."""

    NAME: ClassVar[str] = "fact-released"
    version: Ordinal


class FactExpired(Verdict, frozen=True, kw_only=True):
    """What a waiting fact needed did not come in time: it is refused."""

    NAME: ClassVar[str] = "fact-expired"
    code: Line
    reason: Text
    reason_vi: Text
