"""What a deadline should be; what is said of it leads there."""

from datetime import datetime

import msgspec

from shared.contracts.deadlines import DeadlineEvent, DeadlineKind, Proof, RiskReason, WithdrawalReason


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """The fact that meets a deadline, when it was received, and whether in time."""

    fact: str
    met_at: datetime
    on_time: bool | None


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """What says that a deadline will not be kept, and for when the work is planned."""

    why: RiskReason
    planned_at: datetime | None = None


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """What a deadline should be; `terms.due` is null while it stands still or cannot be computed."""

    terms: DeadlineEvent
    kind: DeadlineKind
    recurrence: str | None
    proof: Proof
    meeting: Meeting | None = None
    risk: Risk | None = None
    withdrawn: WithdrawalReason | None = None
