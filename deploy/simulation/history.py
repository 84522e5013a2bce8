"""One history: its steps are done, everything comes to rest at the last instant, and what is left is judged."""

from collections.abc import Sequence
from datetime import timedelta

from deploy.chaos.checking import check
from deploy.chaos.evidence import Finding
from deploy.chaos.lives import BEGIN
from deploy.simulation.judging import judge
from deploy.simulation.office import Office, Parts
from deploy.simulation.steps import Story
from deploy.simulation.testifying import evidence_of

RIGHT = Parts()
END = BEGIN + timedelta(days=75)
"""When every deadline has passed, every level was told, and what waited has waited too long."""


def play(story: Story, parts: Parts = RIGHT) -> Office:
    """Do a story's steps, and let everything come to rest."""
    office = Office(parts, has_mail=story.mailbox is not None)
    if story.mailbox is not None:
        office.courier.mailbox, office.courier.draw = story.mailbox, story.draw
    for step in story.steps:
        step.perform(office)
    office.settle()
    office.clocks.step(END)
    office.settle()
    office.deliver_all()
    return office


def try_out(story: Story, parts: Parts = RIGHT) -> Sequence[Finding]:
    """Return all that is wrong with a story, none where every invariant held; what breaks down on the way is a finding, too."""
    try:
        office = play(story, parts)
        evidence = evidence_of(office, story.dues)
        return [*check(evidence), *judge(office, evidence)]
    except Exception as error:  # noqa: BLE001  whatever stops a process is what is looked for
        return [Finding("lost", f"{type(error).__name__}: {error}")]
