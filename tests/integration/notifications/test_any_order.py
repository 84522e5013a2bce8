"""The notices are a function of the events, whatever order the two topics are read in and however often."""

import itertools
from dataclasses import dataclass
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifications.domain import Happening, notices_of
from services.notifications.handlers import DEADLINES, DIRECTIVES
from shared.contracts.notifications import NoticeIssued
from shared.envelope import Event
from tests.support.notice_office import Office
from tests.support.notices import (
    AT,
    COMMITTEE,
    FINANCE,
    HOME_AFFAIRS,
    OFFICE,
    approaching,
    assigned,
    derived,
    event,
    issued,
    knowing,
    met,
    missed,
    scheduled,
)

NUMBERS = itertools.count(1)


@dataclass
class World:
    """A directive of its own, with all that can happen to it; `number` keeps worlds of one database apart."""

    number: int

    def __post_init__(self) -> None:
        number = self.number
        self.directive, self.task, self.other = derived(number), derived(-2 * number), derived(-2 * number - 1)
        self.directives = [
            event(issued(), f"d-{number}", subject=self.directive, key=self.directive),
            event(assigned(coordinating=(OFFICE,)), f"t-{number}", subject=self.task, key=self.directive),
            event(assigned(lead=FINANCE, number="2"), f"u-{number}", subject=self.other, key=self.directive),
            event(scheduled(participants=(OFFICE,), tasks=(self.task, self.other)), f"c-{number}", subject=derived(0), key=self.directive),
        ]
        self.deadlines = [
            event(approaching(coordinating=(OFFICE,), directive=self.directive), f"a-{number}", key=self.directive),
            event(missed(directive=self.directive), f"m-{number}", key=self.directive),
            event(met(lead=FINANCE, on_time=False, directive=self.directive), f"l-{number}", key=self.directive),
            event(met(corrects=f"m-{number}", directive=self.directive), f"o-{number}", key=self.directive),
        ]

    def events(self, topic: str) -> list[Event]:
        return self.directives if topic == DIRECTIVES else self.deadlines

    def offset(self, index: int) -> int:
        return 100 * self.number + index

    def expected(self) -> list[tuple[NoticeIssued, str]]:
        """Return what the rules alone call for, with everything known."""
        leads = {(self.directive, self.task): HOME_AFFAIRS, (self.directive, self.other): FINANCE}
        known = knowing(issuers={self.directive: COMMITTEE}, leads=leads)
        happenings = [
            Happening(each.source, each.id, each.subject, each.partitionkey, AT, f"{topic}/0/{self.offset(index)}", each.data)
            for topic in (DIRECTIVES, DEADLINES)
            for index, each in enumerate(self.events(topic))
        ]
        return [(notice.data, notice.cause) for notice in notices_of(happenings, known)]


@st.composite
def readings(draw: st.DrawFn) -> list[tuple[str, list[int]]]:
    """Return batches (topic, indices): directives in any order, deadlines in theirs, mixed, and some of them read again."""
    directives = draw(st.permutations(range(4)))
    turns = draw(st.permutations([DIRECTIVES] * 4 + [DEADLINES] * 4))
    pending = {DIRECTIVES: list(directives), DEADLINES: list(range(4))}
    steps: list[tuple[str, list[int]]] = []
    for topic in turns:
        index = pending[topic].pop(0)
        if steps and steps[-1][0] == topic and draw(st.booleans()):
            steps[-1][1].append(index)
        else:
            steps.append((topic, [index]))
    again = draw(st.lists(st.integers(0, len(steps) - 1), max_size=3))
    for position in sorted(again, reverse=True):
        steps.insert(draw(st.integers(position + 1, len(steps))), steps[position])
    return steps


def by_notice(pairs: list[tuple[NoticeIssued, str]], directive: UUID) -> list[tuple[NoticeIssued, str]]:
    return sorted((pair for pair in pairs if pair[0].directive == directive), key=lambda pair: pair[0].notice)


@given(steps=readings())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_and_any_repetition_give_the_same_notices_once(office: Office, steps: list[tuple[str, list[int]]]) -> None:
    world = World(next(NUMBERS))
    for topic, indices in steps:
        events = world.events(topic)
        await office.follow(topic, *(events[index] for index in indices), offsets=[world.offset(index) for index in indices])
    assert by_notice(await office.published(), world.directive) == by_notice(world.expected(), world.directive)
