"""How a fact is refused, or put aside until what it needs has come."""

from services.directives.domain.facts import Claim
from services.directives.domain.reasons import REASONS
from shared.contracts.verdicts import FieldProblem
from shared.errors import DondocError, RefusedError


class FactRefusedError(RefusedError):
    """The registry refuses a fact; `fields` names the attributes that are to blame."""

    def __init__(self, code: str, reason: str, reason_vi: str, fields: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(code, reason, reason_vi)
        self.fields = fields


class FactWaitsError(DondocError):
    """A fact can be judged only once another one of its key is registered; `need` is what it waits for.

    The need's kind is directive, task, plan, conference or extension, its name the id as text.
    """

    def __init__(self, need: Claim) -> None:
        super().__init__(f"waits for the {need.kind} {need.name}")
        self.need = need


def refused(code: str, /, *pointers: str, **values: object) -> FactRefusedError:
    """Return the refusal with a code, its reasons filled in with `values`, for the fields at `pointers` (RFC 6901)."""
    reason, reason_vi = (text.format(**values) for text in REASONS[code])
    return FactRefusedError(code, reason, reason_vi, tuple(FieldProblem(pointer=each, problem=reason) for each in pointers))
