"""The two clocks of a simulation: the office's, which is stepped, and the machine's, which only goes on."""

from datetime import UTC, datetime, timedelta

from deploy.chaos.evidence import Step
from deploy.chaos.lives import BEGIN

MACHINE_BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=2)


class Clocks:
    """What both clocks show, and how the office's was moved."""

    def __init__(self) -> None:
        self.office = BEGIN
        self.machine = MACHINE_BEGIN
        self.steps = [Step(MACHINE_BEGIN, BEGIN)]

    def tick(self) -> datetime:
        """Let a moment of the machine's time pass, and return the next one."""
        self.machine += A_MOMENT
        return self.machine

    def step(self, to: datetime) -> None:
        """Move the office clock, never backwards."""
        if to > self.office:
            self.office = to
            self.steps.append(Step(self.tick(), to))
            self.tick()

    def wait(self, how_long: timedelta) -> None:
        """Let the machine's time pass, while the office clock stands."""
        self.machine += max(how_long, timedelta(0))
