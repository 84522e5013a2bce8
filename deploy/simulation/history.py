"""One history: its steps are done, everything comes to rest at the last instant, and what is left is judged."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from deploy.chaos.checking import check, check_transport
from deploy.chaos.evidence import Finding
from deploy.chaos.lives import BEGIN
from deploy.simulation.comparing import compare, outcomes_of, play_calmly
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
    _end(office)
    office.deliver_all()
    return office


def _end(office: Office) -> None:
    office.clocks.step(END)
    office.settle()


class Judgement(NamedTuple):
    """What the chaos checker found, and what only the simulation sees."""

    checked: Sequence[Finding]
    judged: Sequence[Finding]


def weigh(office: Office, story: Story) -> Judgement:
    """Judge an office at rest; where facts change what was said, they come to what they come to where nothing fails."""
    if not story.is_eventful:
        evidence = evidence_of(office, story.dues)
        return Judgement(check(evidence), _all_of(judge(office, evidence)))
    calm = play_calmly(office)
    evidence = evidence_of(office, story.dues, outcomes_of(calm))
    _end(calm)
    return Judgement(check_transport(evidence), [*_all_of(judge(office, evidence)), *_all_of(compare(office, calm))])


def _all_of(findings: Iterator[Finding]) -> Sequence[Finding]:
    """Return findings; a log that cannot even be folded is one."""
    try:
        return list(findings)
    except Exception as error:  # noqa: BLE001  whatever it is, the log is not what it should be
        return [Finding("lost", f"the log cannot be folded: {type(error).__name__}: {error}")]


def try_out(story: Story, parts: Parts = RIGHT) -> Sequence[Finding]:
    """Return all that is wrong with a story, none where every invariant held; what breaks down on the way is a finding, too."""
    try:
        judgement = weigh(play(story, parts), story)
    except Exception as error:  # noqa: BLE001  whatever stops a process is what is looked for
        return [Finding("lost", f"{type(error).__name__}: {error}")]
    return [*judgement.checked, *judgement.judged]
