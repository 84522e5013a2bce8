"""Which contract belongs to which CloudEvents type."""

from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineSet
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.notifications import NoticeAcknowledged, NoticeIssued
from shared.contracts.registry import UnitRegistered
from shared.contracts.types import Contract
from shared.contracts.verdicts import FactRefused
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted

FACTS: tuple[type[Contract], ...] = (
    DirectiveIssued,
    TaskAssigned,
    PlanSubmitted,
    ConferenceScheduled,
    ConferenceHeld,
    ReportSubmitted,
    UnitRegistered,
)
"""What publishers send and the registrar registers."""

EVENTS: tuple[type[Contract], ...] = (
    FactRefused,
    DeadlineSet,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMet,
    NoticeIssued,
    NoticeAcknowledged,
)
"""What our services say."""


def type_of(contract: type[Contract]) -> str:
    """Return the CloudEvents type of a contract: `vn.dondoc.<name>.v1`."""
    return f"vn.dondoc.{contract.NAME}.v1"


def name_of(event_type: str) -> str:
    """Return the bare name in a CloudEvents type: `task-assigned` for `vn.dondoc.task-assigned.v1`."""
    return event_type.removeprefix("vn.dondoc.").rpartition(".")[0]


TYPES: dict[str, type[Contract]] = {type_of(contract): contract for contract in (*FACTS, *EVENTS)}
"""Each contract by its CloudEvents type."""
