"""Random but lawful lives of directives over the whole catalogue of facts: whatever the registry's rules accept, in the order of chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID, uuid5

import msgspec

from services.directives.domain import Fact, FactData, FactRefusedError, FactWaitsError
from shared.contracts import Contract
from shared.contracts.deadlines import (
    ChangeReason,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineEvent,
    DeadlineWithdrawn,
    WithdrawalReason,
)
from shared.contracts.directives import (
    Basis,
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveIssued,
    DirectiveRecalled,
    DirectiveReplaced,
    TaskAssigned,
)
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.indexes import IndexPublished, PartScore, UnitScore
from shared.contracts.registry import UnitRenamed, UnitSucceeded
from shared.contracts.tasks import (
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
from shared.contracts.voiding import FactVoided
from shared.contracts.work import (
    ConferenceCancelled,
    ConferenceHeld,
    ConferenceRescheduled,
    ConferenceScheduled,
    PlanApproved,
    PlanReturned,
    PlanSubmitted,
    ReportSubmitted,
)
from tests.support.april import (
    CALENDAR,
    COMMITTEE,
    DRAFT,
    HOLD,
    HOME_AFFAIRS,
    ISSUED,
    ITEM,
    OFFICE,
    PLAN_TASK,
    UNITS,
    Journal,
    approaching,
    deadline_set,
    hanoi,
    met,
    missed,
    named,
)
from tests.support.scenario import Registry

LEADS = (HOME_AFFAIRS, OFFICE)
KEYS = ("nc-2021-04", "nc-2021-05")
DIRECTIVES = tuple(uuid5(COMMITTEE, key) for key in KEYS)
INDEX = uuid5(COMMITTEE, "chi-so-2020")
CLAUSES = (DRAFT, HOLD, CALENDAR)
DAYS = 40


@dataclass
class Story:
    """A registry, the journal of what it registered, and chance."""

    random: Random
    registry: Registry = field(default_factory=Registry)
    journal: Journal = field(default_factory=Journal)
    now: datetime = field(default_factory=lambda: hanoi(5))
    instants: list[datetime] = field(default_factory=list)

    def offer(self, key: UUID, subject: UUID, data: Contract) -> bool:
        """Offer a fact to the registry, and register it where the rules let it."""
        try:
            self.registry.judge(Fact(key, subject, self.now, cast("FactData", data)))
        except (FactRefusedError, FactWaitsError):
            return False
        self.journal.register(subject, data, self.now, key=key)
        self.instants.append(self.now)
        return True

    def say(self) -> None:
        """Let the deadlines service say something of a deadline of one of the tasks that there are."""
        directive = self.random.choice(DIRECTIVES)
        task, clause = named(f"{directive} task {self.random.randrange(3)}"), self.random.choice(CLAUSES)
        set_ = msgspec.structs.replace(
            deadline_set(PLAN_TASK, clause), task=task, directive=directive, deadline=named(f"{task} {clause.name}")
        )
        if self.random.random() < 0.5 or set_.deadline not in self._set:
            self._set.add(set_.deadline)
            self.journal.say(set_, self.now)
            return
        data = self.random.choice(_SAYINGS)(self, set_)
        same = {name: getattr(set_, name) for name in ("task", "directive", "deadline")}
        self.journal.say(cast("Any", msgspec.structs.replace(data, **same)), self.now)

    _set: set[UUID] = field(default_factory=set)


def _changed(story: Story, set_: DeadlineEvent) -> DeadlineEvent:
    why = story.random.choice(("extension-granted", "plan-returned", "suspended", "fact-voided"))
    fields = {name: getattr(set_, name) for name in DeadlineEvent.__struct_fields__}
    due = None if why == "suspended" else story.now + timedelta(days=story.random.randrange(-3, 10))
    return DeadlineChanged(
        **{**fields, "due": due}, why=cast("ChangeReason", why), kind="suspended" if why == "suspended" else "granted",
        proof=deadline_set(PLAN_TASK, DRAFT).proof, previous_due=set_.due, original_due=set_.due, is_open_again=why == "plan-returned",
        fact="f",
    )  # fmt: skip


def _withdrawn(story: Story, set_: DeadlineEvent) -> DeadlineEvent:
    fields = {name: getattr(set_, name) for name in DeadlineEvent.__struct_fields__}
    why: WithdrawalReason = story.random.choice(("task-cancelled", "task-confirmed"))
    return DeadlineWithdrawn(**fields, why=why, fact="f")


def _at_risk(story: Story, set_: DeadlineEvent) -> DeadlineEvent:
    fields = {name: getattr(set_, name) for name in DeadlineEvent.__struct_fields__}
    return DeadlineAtRisk(**fields, why="low-progress", fact="f", is_lifted=story.random.random() < 0.3)


_SAYINGS: Sequence[Callable[[Story, DeadlineEvent], DeadlineEvent]] = (
    lambda story, _: approaching(PLAN_TASK, DRAFT, story.now),
    lambda _story, _: missed(PLAN_TASK, DRAFT),
    lambda story, _: met(PLAN_TASK, DRAFT, story.now, on_time=story.random.random() < 0.5),
    _changed,
    _withdrawn,
    _at_risk,
)


def live(seed: int, facts: int = 150) -> Story:
    """Return a story of so many facts of two directives, an index and the units."""
    story = Story(Random(seed))  # noqa: S311  chance that can be repeated
    for unit, data in UNITS:
        story.offer(unit, unit, data)
    while len(story.journal.records) < facts:
        story.now += timedelta(minutes=story.random.randrange(1, DAYS * 24 * 60 // facts))
        directive, chance = story.random.choice(DIRECTIVES), story.random.random()
        if chance < 0.15:
            story.say()
        elif chance < 0.2:
            _offer_elsewhere(story)
        else:
            story.offer(*_proposal(story.random, directive, story))
    return story


def _offer_elsewhere(story: Story) -> None:
    random = story.random
    unit = random.choice((HOME_AFFAIRS, OFFICE))
    day = story.now.date() + timedelta(days=random.randrange(5))
    offers: Sequence[tuple[UUID, Contract]] = (
        (unit, UnitRenamed(name=f"Phòng mang tên {random.randrange(100)}", valid_from=day, document="QĐ 15")),
        (unit, UnitSucceeded(successors=(COMMITTEE,), valid_from=day)),
        (INDEX, _index(random)),
        (INDEX, FactVoided(version=random.randrange(1, 4), reason="Nhập nhầm")),
    )
    key, data = random.choice(offers)
    story.offer(key, key, data)


def _index(random: Random) -> IndexPublished:
    part = PartScore(area="Thủ tục hành chính", maximum=14.5, self_score=12.0, appraised_score=float(random.randrange(14)))
    scores = tuple(UnitScore(unit=unit, rank=rank, parts=(part,)) for rank, unit in enumerate(LEADS, start=1))
    return IndexPublished(
        key="chi-so-2020", published_by=COMMITTEE, title="Chỉ số năm 2020", year=2020, criteria_set="QĐ 2948", scores=scores
    )


def _proposal(random: Random, directive: UUID, story: Story) -> tuple[UUID, UUID, Contract]:
    """Return a key, a subject and what might be said of it; most of it is refused, which is as it should be."""
    task, plan, conference, extension = (
        named(f"{directive} {kind} {random.randrange(3)}") for kind in ("task", "plan", "conference", "extension")
    )
    lead, reason = random.choice(LEADS), f"Lý do {random.randrange(100)}"
    starts_at = story.now + timedelta(days=random.randrange(1, 9))
    of_directive: Sequence[Contract] = (
        _issued(directive), _issued(directive),
        DirectiveAmended(changes="Sửa đổi", subject=f"Trích yếu sửa lần {random.randrange(9)}"),
        DirectiveCorrected(correction="Đính chính", place=f"Nơi {random.randrange(9)}"),
    )  # fmt: skip
    of_task: Sequence[Contract] = (
        _assigned(random, lead), _assigned(random, lead), _assigned(random, lead), TaskReceived(received_by=lead),
        TaskAccepted(accepted_by=lead), TaskDeclined(declined_by=lead, reason=reason), TaskReassigned(lead=lead),
        TaskSuspended(reason=reason), TaskResumed(), TaskCompleted(completed_by=lead), TaskConfirmed(),
        TaskReopened(reason=reason, deadlines=(random.choice(CLAUSES),)), TaskReopened(reason=reason), TaskCancelled(reason=reason),
        ProgressReported(reported_by=lead, content=reason, percent=random.randrange(101)),
    )  # fmt: skip
    of_plan: Sequence[Contract] = (
        PlanSubmitted(task=task, submitted_by=lead, stage="draft", title="Dự thảo", items=(ITEM,) * random.randrange(3)),
        PlanSubmitted(task=task, submitted_by=lead, stage="final", title="Kế hoạch", items=(ITEM,)),
        PlanReturned(reasons=reason, items=("Mục 1",)), PlanApproved(remarks=reason),
    )  # fmt: skip
    of_conference: Sequence[Contract] = (
        ConferenceScheduled(tasks=(task,), scheduled_by=lead, title="Hội nghị", starts_at=starts_at, place="Hội trường"),
        ConferenceRescheduled(rescheduled_by=lead, starts_at=starts_at, place=random.choice((None, "Phòng họp số 2"))),
        ConferenceCancelled(cancelled_by=lead, reason=reason),
        ConferenceHeld(held_at=story.now - timedelta(hours=1), reported_by=lead, attendance=40),
    )  # fmt: skip
    of_extension: Sequence[Contract] = (
        ExtensionRequested(
            task=task, name=random.choice(CLAUSES).name, requested_by=lead, requested_day=starts_at.date(), reasons=reason
        ),
        ExtensionGranted(last_good_day=starts_at.date()), ExtensionRefused(reason=reason),
    )  # fmt: skip
    report = ReportSubmitted(task=task, submitted_by=lead, title="Báo cáo")
    rare: Sequence[Contract] = (DirectiveRecalled(reason=reason), DirectiveReplaced(reason=reason, replaced_by=DIRECTIVES[0]))
    versions = len(story.registry.histories.get(directive, ())) + 1
    voided = FactVoided(version=random.randrange(1, versions + 1), reason="Đăng ký nhầm")
    subject, offers = random.choice(
        (
            *((task, of_task),) * 6, (plan, of_plan), (plan, of_plan), (conference, of_conference), (extension, of_extension),
            (directive, of_directive), (named(f"report {random.randrange(9)}"), (report,)), (directive, (voided,)),
        )
    )  # fmt: skip
    if random.random() < 0.004:
        subject, offers = directive, rare
    return directive, subject, random.choice(offers)


def _issued(directive: UUID) -> DirectiveIssued:
    number = DIRECTIVES.index(directive)
    bases = (Basis(title="Văn bản cấp trên", directive=DIRECTIVES[0]),) if number else ()
    return msgspec.structs.replace(ISSUED, key=KEYS[number], number=412 + number, based_on=bases)


def _assigned(random: Random, lead: UUID) -> TaskAssigned:
    deliverable = random.choice(("plan", "conference", "report", "opinion", "other"))
    clauses = tuple(random.sample(CLAUSES, random.randrange(3)))
    return TaskAssigned(
        number=str(random.randrange(9)), content="Thực hiện nhiệm vụ", lead=lead, deliverable=cast("Any", deliverable), deadlines=clauses
    )
