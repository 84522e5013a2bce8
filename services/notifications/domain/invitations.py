"""Conferences as calendars take them in: who is told of one is invited, and invited out again where it is off (RFC 5546)."""

from uuid import UUID

from services.notifications.domain.happenings import Happening
from services.notifications.domain.roll import Conference
from shared.contracts.notifications import Invitation
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, ConferenceScheduled


def invitation_of(happening: Happening) -> Invitation | None:
    """Return what a calendar is told of a happening; its sequence is the version of the fact, so that it grows from fact to fact."""
    subject = UUID(happening.subject)
    match happening.data:
        case ConferenceScheduled() as data:
            return Invitation(
                conference=subject, method="request", sequence=happening.version, title=data.title, starts_at=data.starts_at,
                ends_at=data.ends_at, place=data.place,
            )  # fmt: skip
        case ConferenceRescheduled():
            return _of(happening, subject, happening.after.conferences.get(subject))
        case ConferenceCancelled():
            return _of(happening, subject, happening.after.conferences.get(subject), is_off=True)
        case FactVoided() if happening.voided_subject:
            return _of_voided(happening, happening.voided_subject)
        case _:
            return None


def _of_voided(happening: Happening, conference: UUID) -> Invitation | None:
    """Return what is left of a conference without a fact about it: its date before a change, or nothing where it was never scheduled."""
    left = happening.after.conferences.get(conference)
    if left is None:
        return _of(happening, conference, happening.before.conferences.get(conference), is_off=True)
    return _of(happening, conference, left, is_off=happening.is_off)


def _of(happening: Happening, conference: UUID, known: Conference | None, *, is_off: bool = False) -> Invitation | None:
    if known is None:
        return None
    return Invitation(
        conference=conference, method="cancel" if is_off else "request", sequence=happening.version, title=known.title,
        starts_at=known.starts_at, ends_at=known.ends_at, place=known.place,
    )  # fmt: skip
