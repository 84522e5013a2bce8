"""Facts of every type at random, about a few keys and ids only, so that they often concern each other."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from hypothesis import strategies as st

from services.directives.domain import Fact, FactData
from shared.contracts.directives import (
    Basis,
    DeadlineClause,
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveRecalled,
    DirectiveReplaced,
)
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused
from shared.contracts.indexes import UnitScore
from shared.contracts.registry import UnitRenamed, UnitSucceeded, calendar_key, publisher_key
from shared.contracts.tasks import (
    NewDay,
    ProgressReported,
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
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, PlanApproved, PlanReturned
from tests.support import facts
from tests.support.facts import AGENCY, COMMITTEE, HOME_AFFAIRS, OFFICE, SPACE, STRANGER

KEYS = ("a", "b")
DAYS = st.sampled_from([date(2020, 12, 31), date(2021, 4, 1), date(2021, 4, 9), date(2021, 4, 20)])
INSTANTS = st.sampled_from([datetime(2021, 4, day, 2, 0, tzinfo=UTC) for day in (1, 9, 10, 28)])
UNITS = st.sampled_from([HOME_AFFAIRS] * 6 + [OFFICE] * 2 + [COMMITTEE, STRANGER])
TEAMS = st.lists(UNITS, max_size=2).map(tuple)
IDS = st.sampled_from([uuid5(SPACE, name) for name in "xy"])
DIRECTIVES = st.sampled_from([uuid5(COMMITTEE, key) for key in KEYS])
NAMES = st.sampled_from(["dự thảo", "Dự  thảo", "báo cáo"])
_CLAUSE = st.builds(DeadlineClause, name=NAMES, met_by=st.just("report-submitted"), phrase=st.just("trong tháng 4"))
CLAUSES = st.lists(_CLAUSE, max_size=2).map(tuple)
NEW_DAYS = st.lists(st.builds(NewDay, name=NAMES, last_good_day=DAYS), max_size=1).map(tuple)
PUBLISHERS = st.sampled_from(["api", "api", "api", "office", "deadlines", AGENCY])
PAPERS = st.none() | st.builds(Basis, title=st.just("Công văn"), issued_on=st.none() | DAYS, directive=st.none() | DIRECTIVES)
TEXT = st.just("Theo đề nghị")

_PAPER: st.SearchStrategy[FactData] = st.one_of(
    st.builds(DirectiveAmended, changes=TEXT, document=PAPERS, addressees=st.none() | TEAMS),
    st.builds(
        DirectiveCorrected, correction=TEXT, issuer=st.none() | st.just(COMMITTEE), number=st.none() | st.integers(1, 2),
        symbol=st.none() | st.just("UBND-NC"), issued_on=st.none() | DAYS,
    ),
    st.builds(DirectiveReplaced, replaced_by=st.none() | DIRECTIVES, document=PAPERS),
    st.builds(DirectiveRecalled, reason=TEXT, document=PAPERS),
)  # fmt: skip

_TASK: st.SearchStrategy[FactData] = st.one_of(
    st.builds(lambda lead, deadlines: facts.task(lead=lead, coordinating=(), deadlines=deadlines), UNITS, CLAUSES),
    st.builds(TaskReceived, received_by=UNITS),
    st.builds(TaskAccepted, accepted_by=UNITS),
    st.builds(TaskDeclined, declined_by=UNITS, reason=TEXT),
    st.builds(TaskCompleted, completed_by=UNITS),
    st.builds(ProgressReported, reported_by=UNITS, content=TEXT),
    st.builds(TaskReassigned, lead=UNITS, coordinating=TEAMS, new_days=NEW_DAYS),
    st.builds(TaskSuspended, reason=TEXT),
    st.builds(TaskResumed, new_days=NEW_DAYS),
    st.builds(TaskConfirmed),
    st.builds(TaskReopened, reason=TEXT, deadlines=CLAUSES),
    st.builds(TaskCancelled, reason=TEXT),
    st.builds(DeadlineClarified, name=NAMES, phrase=TEXT),
)

_HANDED_IN: st.SearchStrategy[FactData] = st.one_of(
    st.builds(lambda of, by, is_final: facts.plan(of=of, by=by, is_final=is_final), IDS, UNITS, st.booleans()),
    st.builds(PlanReturned, reasons=TEXT),
    st.builds(PlanApproved),
    st.builds(lambda of, by, at: facts.scheduled(of=(of,), by=by, starts_at=at), IDS, UNITS, INSTANTS),
    st.builds(ConferenceRescheduled, rescheduled_by=UNITS, starts_at=INSTANTS, ends_at=st.none() | INSTANTS),
    st.builds(ConferenceCancelled, cancelled_by=UNITS, reason=TEXT),
    st.builds(lambda at, by: facts.held(at=at, by=by), INSTANTS, UNITS),
    st.builds(lambda of, by: facts.report(of=of, by=by), IDS, UNITS),
    st.builds(lambda of, name, by, day: facts.requested(of=of, name=name, by=by, day=day), IDS, NAMES, UNITS, DAYS),
    st.builds(ExtensionGranted, last_good_day=DAYS),
    st.builds(ExtensionRefused, reason=TEXT),
)


@st.composite
def issued(draw: st.DrawFn) -> Fact:
    """Draw a directive that is issued, often the same one."""
    key = draw(st.sampled_from(KEYS))
    number = draw(st.sampled_from([None, 1, 2]))
    issued_on = draw(DAYS) if number else None
    return facts.fact(facts.directive(key=key, number=number, issued_on=issued_on), key=uuid5(COMMITTEE, key), publisher=draw(PUBLISHERS))


@st.composite
def work(draw: st.DrawFn, keys: st.SearchStrategy[UUID] = DIRECTIVES, publishers: st.SearchStrategy[str] = PUBLISHERS) -> Fact:
    """Draw what is said of a task, a plan, a conference, a report or a request."""
    return facts.fact(draw(_TASK | _HANDED_IN), subject=draw(IDS), key=draw(keys), publisher=draw(publishers))


@st.composite
def paper(draw: st.DrawFn) -> Fact:
    """Draw what an issuer says of its directive."""
    return facts.fact(draw(_PAPER), key=draw(DIRECTIVES), publisher=draw(PUBLISHERS))


@st.composite
def voided(draw: st.DrawFn) -> Fact:
    """Draw the word that an early version of some key was a mistake."""
    key = draw(DIRECTIVES | st.sampled_from([facts.INDEX, facts.CALENDAR, STRANGER]))
    return facts.fact(facts.voided(draw(st.integers(1, 12))), key=key, publisher=draw(PUBLISHERS))


@st.composite
def unit(draw: st.DrawFn) -> Fact:
    """Draw what is said of a unit."""
    registered = st.builds(lambda code: facts.unit(code=code), st.sampled_from(["H10.1", "000.00.01.H10", "H2"]))
    renamed = st.builds(UnitRenamed, name=TEXT, valid_from=DAYS)
    succeeded = st.builds(UnitSucceeded, successors=st.lists(UNITS, min_size=1, max_size=2).map(tuple), valid_from=DAYS)
    return facts.fact(
        draw(registered | renamed | succeeded), key=draw(st.sampled_from([STRANGER, uuid5(SPACE, "x")])), publisher=draw(PUBLISHERS)
    )


@st.composite
def office(draw: st.DrawFn) -> Fact:
    """Draw an index, rights, or a calendar."""
    types = draw(st.lists(st.sampled_from(["task-assigned", "report-submitted", "fact-voided", "no-such"]), min_size=1, max_size=3))
    data: dict[UUID, FactData] = {
        facts.INDEX: facts.index(UnitScore(unit=draw(UNITS))),
        publisher_key(AGENCY): facts.authorised(*types, units=draw(TEAMS), all_units=draw(st.booleans())),
        calendar_key(2021): facts.calendar(*draw(st.lists(DAYS, max_size=2)), working=tuple(draw(st.lists(DAYS, max_size=1)))),
    }
    key = draw(st.sampled_from(list(data)))
    return facts.fact(data[key], key=key, publisher=draw(PUBLISHERS))


HISTORIES = st.lists(st.one_of(issued(), work(), work(), work(), work(), paper(), voided(), unit(), office()), max_size=30)
"""Any facts in any order; most of them are refused or wait."""


LIVELY = facts.directive_id("a")
_AT_WORK = work(st.just(LIVELY), st.just("api"))


@st.composite
def lively(draw: st.DrawFn) -> list[Fact]:
    """Draw a long history of one directive that begins well, so that much of it is registered, and may end in anything."""
    clauses = (DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021"),)
    begun = [facts.fact(facts.directive(key="a"), key=LIVELY)]
    begun += [facts.fact(facts.task(deadlines=clauses), subject=facts.named(name), key=LIVELY) for name in "xy"]
    begun += [facts.fact(facts.plan(of=facts.named(name), is_final=True), subject=facts.named(name), key=LIVELY) for name in "xy"]
    return begun + draw(st.lists(_AT_WORK, min_size=10, max_size=40)) + draw(st.lists(paper(), max_size=2)) + draw(HISTORIES)
