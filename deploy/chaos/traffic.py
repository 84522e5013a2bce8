"""What publishers share: the pace of the facts, the answers that came, and how often the system was away."""

import asyncio
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from deploy.chaos.evidence import Accepted
from deploy.chaos.workload import Submission

WATCH_SECONDS = 0.02
REMEMBERED = 25
"""How many of the last facts are kept, to be sent again."""
NOWHERE = (-1, -1)


class Pace:
    """Lets facts out at an even rate, and never more of them than the ceiling that the faults set."""

    def __init__(self, rate: float, ceiling: int) -> None:
        self.ceiling = ceiling
        self.sent = 0
        self._rate = rate
        self._next_at = 0.0

    async def take(self, count: int) -> None:
        """Return when so many facts may be sent."""
        while True:
            if self.sent < self.ceiling:
                break
            await asyncio.sleep(WATCH_SECONDS)
        self.sent += count
        begin = max(self._next_at, time.monotonic())
        self._next_at = begin + count / self._rate
        await asyncio.sleep(begin - time.monotonic())


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of 202, with the moments (monotonic seconds) at which its fact was first sent and at last answered."""

    accepted: Accepted
    is_repeat: bool
    sent_at: float
    answered_at: float


@dataclass(slots=True)
class Traffic:
    """The answers in the order in which they came, and what else was answered (by status, or by the name of the error).

    `own_answers` are acknowledgements of records in agencies' own topics, whose places in the inbox are not known yet.
    """

    answers: list[Answer] = field(default_factory=list)
    own_answers: list[Answer] = field(default_factory=list)
    recent: deque[Submission] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    troubles: Counter[str] = field(default_factory=Counter)
    facts: int = 0
    is_over: bool = False

    def note(self, submission: Submission, place: tuple[int, int], sent_at: float, *, is_repeat: bool) -> None:
        """Note a fact that was answered with 202."""
        accepted = Accepted(submission.fact, submission.key, submission.sequence, place, submission.expected)
        self.answers.append(Answer(accepted, is_repeat, sent_at, time.monotonic()))
        self.facts += not is_repeat
        if not is_repeat:
            self.recent.append(submission)

    def note_own(self, submission: Submission, origin: str, sent_at: float) -> None:
        """Note a record that Kafka acknowledged in an agency's own topic."""
        accepted = Accepted(submission.fact, submission.key, submission.sequence, NOWHERE, submission.expected, origin)
        self.own_answers.append(Answer(accepted, is_repeat=False, sent_at=sent_at, answered_at=time.monotonic()))
        self.facts += 1
