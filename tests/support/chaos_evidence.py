"""Evidence of a small run in which everything went well: one directive, one task, a plan on time and a report that never came."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.chaos.evidence import (
    DEADLINES,
    EVENTS,
    FOLLOWS,
    INBOX,
    NOTICES,
    TOPICS,
    VERDICTS,
    Accepted,
    Checkpoint,
    Evidence,
    Message,
    Outcome,
    Receipt,
    Step,
    instant,
)

COMMITTEE, LEAD, OTHER = "u-committee", "u-lead", "u-other"
DIRECTIVE, TASK, PLAN = "d-1", "t-1", "p-1"
PLAN_DEADLINE, REPORT_DEADLINE = "dl-plan", "dl-report"
DUE = "2021-04-16T00:00:00+07:00"
SATURDAY = "2021-04-17T00:00:00+07:00"
MONDAY, WEDNESDAY = "2021-04-12T00:00:00+07:00", "2021-04-14T00:00:00+07:00"
RECEIVED = "2021-04-10T09:00:00+07:00"
REAL = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""The machine's clock when the run begins; the office clock shows another second each second after that, in days."""
CLAUSES = (
    {"name": "kế hoạch", "met_by": "plan-submitted", "plan_stage": "draft", "phrase": "trước ngày 16/4/2021"},
    {"name": "báo cáo", "met_by": "report-submitted", "phrase": "trước ngày 16/4/2021"},
)
ISSUED = {"issuer": COMMITTEE}
ASSIGNED = {"lead": LEAD, "coordinating": [OTHER], "deliverable": "plan", "deadlines": CLAUSES}
SUBMITTED = {"task": TASK, "submitted_by": LEAD, "stage": "draft"}
TERMS = {"task": TASK, "directive": DIRECTIVE, "lead": LEAD, "coordinating": [OTHER], "due": DUE}


def real_at(office: str) -> datetime:
    """Return the machine's moment at which the office clock is moved to an instant."""
    return REAL + (instant(office) - instant("2021-04-01T00:00:00+07:00")) / timedelta(days=1) * timedelta(seconds=1)


@dataclass
class Story:
    """Writes what the services would write, all in partition 0."""

    evidence: Evidence = field(default_factory=Evidence)
    hashes: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    def send(self, fact: str, name: str, key: str, subject: str, data: Mapping[str, Any], *, outcome: Outcome = "registered") -> None:
        """Send a fact that is answered with 202 and judged."""
        place = self.put(INBOX, self._event(fact, name, key, subject, data, receivedtime=RECEIVED), real_at(RECEIVED))
        self.sequences[key] = self.sequences.get(key, 0) + 1
        self.evidence.accepted.append(Accepted(fact, key, self.sequences[key], (0, place.offset), outcome))
        self.evidence.receipts[0, place.offset] = Receipt("registered" if outcome == "released" else outcome)
        cause = f"{INBOX}/0/{place.offset}"
        if outcome == "registered":
            self.register(fact, name, key, subject, data, cause)
        else:
            refusal = {"fact_id": fact, "code": "task-unknown"}
            self.put(VERDICTS, self._event(f"v-{fact}", "fact-refused", key, subject, refusal), real_at(RECEIVED), cause)

    def repeat(self, number: int) -> None:
        """Send an accepted fact once more."""
        again = self.evidence.accepted[number]
        original = next(each for each in self.evidence.topics[INBOX] if each.id == again.fact)
        place = self.put(INBOX, original.event, real_at(RECEIVED))
        self.evidence.accepted.append(Accepted(again.fact, again.key, again.sequence, (0, place.offset), again.expected))
        self.evidence.receipts[0, place.offset] = Receipt("duplicate", again.place)

    def register(self, fact: str, name: str, key: str, subject: str, data: Mapping[str, Any], cause: str) -> None:
        """Register a fact as the next version of its key."""
        self.versions[key] = self.versions.get(key, 0) + 1
        event = self._event(fact, name, key, subject, data, receivedtime=RECEIVED, registeredtime=RECEIVED, version=self.versions[key])
        previous = self.hashes.get(key, bytes(32).hex())
        self.hashes[key] = hashlib.sha256(bytes.fromhex(previous) + _bytes(event)).hexdigest()
        self.put(EVENTS, event, real_at(RECEIVED), cause, previous, self.hashes[key])

    def say(self, name: str, deadline: str, at: str, **more: Any) -> None:
        """Say something of a deadline at an instant of the office clock, and tell the lead and the other one who must know."""
        clause = "kế hoạch" if deadline == PLAN_DEADLINE else "báo cáo"
        data = {**TERMS, "deadline": deadline, "name": clause, **more}
        event = f"{name}/{deadline}/{more.get('working_days_left', '')}"
        self.put(DEADLINES, self._event(event, name, DIRECTIVE, deadline, data, time=at), real_at(at), "timer/1")
        if name != "deadline-set":
            self.notify(event, name, LEAD)
            self.notify(event, name, OTHER if name == "deadline-approaching" else COMMITTEE)

    def notify(self, about: str, rule: str, recipient: str) -> None:
        """Issue a notice, and show it."""
        notice = f"n/{about}/{recipient}/{len(self.evidence.topics.get(NOTICES, []))}"
        data = {"notice": notice, "about": about, "rule": rule, "recipient": recipient}
        message = self.put(NOTICES, self._event(notice, "notice-issued", DIRECTIVE, notice, data), real_at(RECEIVED), "x/0/0")
        self.evidence.tables.setdefault("notice", []).append((notice, 0, message.position))

    def escalate(self, deadline: str, level: int, recipient: str, at: str) -> None:
        """Tell a level of a missed deadline at an instant of the office clock, and issue its notice."""
        event = f"escalated/{deadline}/{level}"
        data: dict[str, Any] = {"notice": f"n/{deadline}", "deadline": deadline, "task": TASK, "recipient": recipient, "level": level}
        self.put(NOTICES, self._event(event, "notice-escalated", DIRECTIVE, data["notice"], data, time=at), real_at(at), "timer/1")
        self.notify(event, "notice-escalated", recipient)

    def put(
        self, topic: str, event: Mapping[str, Any], stamped_at: datetime, cause: str = "", previous: str = "", own: str = ""
    ) -> Message:
        """Write an event into the journal and its topic."""
        log = self.evidence.topics.setdefault(topic, [])
        position = 0 if topic == INBOX else max((each.position for each in log), default=0) + 1
        message = Message(topic, 0, len(log), stamped_at, _bytes(event), event, position, cause, previous, own)
        log.append(message)
        if position:
            self.evidence.journals.setdefault(topic, {})[0, position] = message.value
        return message

    def settle(self) -> None:
        """Move every checkpoint to the end of its topic."""
        for topic in TOPICS:
            log = self.evidence.topics.get(topic, [])
            self.evidence.ends[topic, 0] = len(log)
            for schema, topics in FOLLOWS.items():
                if topic in topics:
                    last = max((each.position for each in log), default=0)
                    self.evidence.checkpoints[schema, topic, 0] = Checkpoint(len(log), last)

    def _event(self, fact: str, name: str, key: str, subject: str, data: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        kind = f"vn.dondoc.{name}.v1"
        return {"id": fact, "source": "/chaos", "type": kind, "subject": subject, "partitionkey": key, "data": dict(data), **more}


def _bytes(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event).encode()


def good_story() -> Story:
    """Return the run in which everything went well."""
    story = Story()
    story.send("f-unit", "unit-registered", LEAD, LEAD, {"code": "H1"})
    story.send("f-issued", "directive-issued", DIRECTIVE, DIRECTIVE, ISSUED)
    story.send("f-assigned", "task-assigned", DIRECTIVE, TASK, ASSIGNED)
    story.send("f-stray", "report-submitted", DIRECTIVE, "r-1", {"task": "t-nobody"}, outcome="refused")
    story.send("f-plan", "plan-submitted", DIRECTIVE, PLAN, SUBMITTED)
    story.repeat(2)
    for recipient in (LEAD, OTHER):
        story.notify("f-assigned", "task-assigned", recipient)
    story.say("deadline-set", PLAN_DEADLINE, RECEIVED)
    story.say("deadline-set", REPORT_DEADLINE, RECEIVED)
    story.say("deadline-met", PLAN_DEADLINE, RECEIVED, met_at=RECEIVED, on_time=True, fact="f-plan")
    story.say("deadline-approaching", REPORT_DEADLINE, MONDAY, working_days_left=3, stage_at=MONDAY)
    story.say("deadline-approaching", REPORT_DEADLINE, WEDNESDAY, working_days_left=1, stage_at=WEDNESDAY)
    story.say("deadline-missed", REPORT_DEADLINE, DUE, stage_at=DUE)
    story.escalate(REPORT_DEADLINE, 1, LEAD, SATURDAY)
    story.settle()
    evidence = story.evidence
    evidence.dues = {(TASK, "kế hoạch"): instant(DUE), (TASK, "báo cáo"): instant(DUE)}
    evidence.steps = [Step(real_at(day), instant(day)) for day in ("2021-04-01T00:00:00+07:00", RECEIVED, MONDAY, WEDNESDAY, DUE, SATURDAY)]
    _fill_read_model(evidence)
    return story


def _fill_read_model(evidence: Evidence) -> None:
    received, due = instant(RECEIVED), instant(DUE)
    seen = (received, received)
    evidence.tables["fact"] = [(each.key, each.event["version"], each.value, each.hash) for each in evidence.topics[EVENTS]]
    evidence.tables["deadline_event"] = [(each.key, each.id, each.value, each.position) for each in evidence.topics[DEADLINES]]
    evidence.tables["unit"] = [(LEAD, *seen)]
    evidence.tables["directive"] = [(DIRECTIVE, *seen)]
    evidence.tables["plan"] = [(PLAN, *seen)]
    evidence.tables["task"] = [(TASK, "in_progress", None, received, None, None, None, None)]
    evidence.tables["task_deadline"] = [
        (PLAN_DEADLINE, due, None, None, received, True, "f-plan"),
        (REPORT_DEADLINE, due, instant(MONDAY), due, None, None, None),
    ]
