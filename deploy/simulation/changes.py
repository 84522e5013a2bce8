"""Facts that change what was said before: tasks put off, given to others, confirmed, ended, opened again; plans returned; facts voided.

Many of them are refused, as they come: what should become of them is what comes of them where nothing fails.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID, uuid5

from deploy.chaos.lives import BEGIN
from deploy.simulation.facts import ISSUER, PHRASES, UNITS, Cast
from shared.contracts import Contract
from shared.contracts.directives import DirectiveAmended, DirectiveRecalled
from shared.contracts.extensions import DeadlineClarified
from shared.contracts.tasks import (
    NewDay,
    TaskAccepted,
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskDeclined,
    TaskReassigned,
    TaskReceived,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, PlanApproved, PlanReturned

WHY = "để thử"
NAMES = ("dự thảo", "kế hoạch", "lên lịch", "tổ chức", "báo cáo")
MOST = 5


class Place(NamedTuple):
    """What a change is about: a directive and a task of it with its first lead."""

    key: UUID
    task: UUID
    lead: UUID


Change = Callable[[Random, Place], tuple[UUID, Contract]]
"""Return a subject and what is said of it."""


def stir(cast: Cast) -> None:
    """Add some changes, each at some place among the facts that are there."""
    for number in range(cast.chance.randint(1, MOST)):
        place = Place(*cast.chance.choice(cast.tasks))
        subject, data = cast.chance.choice(CHANGES)(cast.chance, place)
        cast.add(place.key, subject, data, of=f"change-{number}")
        cast.facts.insert(cast.chance.randrange(1, len(cast.facts)), cast.facts.pop())


def _of_task(make: Callable[[Random], Contract]) -> Change:
    return lambda chance, place: (place.task, make(chance))


def _by_lead(make: Callable[[UUID], Contract]) -> Change:
    """Return what a unit says of its task, mostly the right one."""
    return lambda chance, place: (place.task, make(chance.choice((place.lead, place.lead, chance.choice(UNITS)))))


def _of(thing: str, make: Callable[[Random], Contract]) -> Change:
    return lambda chance, place: (uuid5(place.task, thing), make(chance))


def _of_directive(make: Callable[[Random], Contract]) -> Change:
    return lambda chance, place: (place.key, make(chance))


def _unit(chance: Random) -> UUID:
    return chance.choice(UNITS)


def _days(chance: Random) -> tuple[NewDay, ...]:
    return chance.choice(((), (NewDay(name=chance.choice(NAMES), last_good_day=date(2021, 4, chance.randint(5, 24))),)))


CHANGES: Sequence[Change] = (
    _by_lead(lambda unit: TaskReceived(received_by=unit)),
    _by_lead(lambda unit: TaskAccepted(accepted_by=unit)),
    _by_lead(lambda unit: TaskDeclined(declined_by=unit, reason=WHY)),
    _of_task(lambda chance: TaskReassigned(lead=_unit(chance), new_days=_days(chance))),
    _of_task(lambda _: TaskSuspended(reason=WHY)),
    _of_task(lambda _: TaskSuspended(reason=WHY)),
    _of_task(lambda chance: TaskResumed(new_days=_days(chance))),
    _by_lead(lambda unit: TaskCompleted(completed_by=unit)),
    _of_task(lambda _: TaskConfirmed()),
    _of_task(lambda _: TaskReopened(reason=WHY)),
    _of_task(lambda _: TaskCancelled(reason=WHY)),
    _of_task(lambda chance: DeadlineClarified(name=chance.choice(NAMES), phrase=chance.choice(PHRASES)[0])),
    _of("plan", lambda _: PlanReturned(reasons=WHY)),
    _of("plan", lambda _: PlanReturned(reasons=WHY)),
    _of("plan", lambda _: PlanApproved()),
    _of("conference", lambda _: ConferenceCancelled(cancelled_by=ISSUER, reason=WHY)),
    _of("conference", lambda chance: ConferenceRescheduled(rescheduled_by=ISSUER, starts_at=BEGIN + timedelta(days=chance.randint(1, 20)))),
    _of_directive(lambda chance: FactVoided(version=chance.randint(1, 6), reason=WHY)),
    _of_directive(lambda chance: FactVoided(version=chance.randint(1, 6), reason=WHY)),
    _of_directive(lambda chance: FactVoided(version=chance.randint(2, 4), reason=WHY)),
    _of_directive(lambda chance: FactVoided(version=chance.randint(2, 4), reason=WHY)),
    _of_directive(lambda chance: FactVoided(version=chance.randint(3, 7), reason=WHY)),
    _of_directive(lambda _: DirectiveRecalled(reason=WHY)),
    _of_directive(lambda chance: DirectiveAmended(changes=WHY, addressees=(_unit(chance),))),
)
