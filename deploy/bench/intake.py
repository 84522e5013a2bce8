"""How well letters are read: precision and recall of tasks, of units as written, and of deadlines' phrases, against gold answers.

The rules of the gold answers are in `tests/letters/README.md`. A task that was found is one that begins where a task of the gold answers
does; units and phrases count only in tasks that were found, and those of other tasks as missed or made up.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from deploy.bench.figures import Figure, figure
from deploy.local.requirements import root
from services.directives.intake.findings import Duty
from services.directives.intake.flow import Flow, even, fold
from services.directives.intake.lines import spaced
from services.directives.intake.reading import read

GOAL: Final = 0.95
NEAR: Final = 30
"""How many characters apart the beginnings of one task may be: whether "Giao" and a unit's name belong to it is taste."""

LETTERS: Final = "tests/letters"
REAL: Final = "../shared/letters"


class GoldDeadline(msgspec.Struct, frozen=True):
    """A deadline's phrase, and what meets it."""

    phrase: str
    met_by: str


class GoldTask(msgspec.Struct, frozen=True):
    """A task: its first words, or "@N", their place in the letter with single spaces."""

    number: str
    starts: str
    lead: list[str]
    coordinating: list[str]
    deliverable: str
    deadlines: list[GoldDeadline]


class Gold(msgspec.Struct, frozen=True):
    """The gold answers for a letter's tasks."""

    tasks: list[GoldTask]
    questions: list[str]


class Count(msgspec.Struct):
    """How many were found, how many of them rightly, and how many there are."""

    right: int = 0
    found: int = 0
    there: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what there is that was found."""
        return self.right / self.there if self.there else 1.0

    def add(self, found: Counter[tuple[str, str]], there: Counter[tuple[str, str]]) -> None:
        """Count what two tasks hold."""
        self.right += (found & there).total()
        self.found += found.total()
        self.there += there.total()


class Score(msgspec.Struct):
    """The counts of a set of letters."""

    letters: int = 0
    tasks: Count = msgspec.field(default_factory=Count)
    units: Count = msgspec.field(default_factory=Count)
    phrases: Count = msgspec.field(default_factory=Count)


def score(pairs: Iterable[tuple[Path, Path]]) -> Score:
    """Return the counts for letters and their gold answers."""
    total = Score()
    for letter, gold in pairs:
        total.letters += 1
        _add(total, letter.read_bytes().decode("utf-8-sig"), msgspec.json.decode(gold.read_bytes(), type=Gold))
    return total


def pairs_of(name: str) -> list[tuple[Path, Path]]:
    """Return the letters of a set with their gold answers; those of "shared" are read where they are, none where they are not."""
    folder = root() / LETTERS / name
    letters = root() / REAL if name == "shared" else folder
    pairs = [(letters / f"{gold.stem}.txt", gold) for gold in sorted(folder.glob("*.json"))]
    return [pair for pair in pairs if pair[0].exists()]


def _add(total: Score, text: str, gold: Gold) -> None:
    flat = flat_of(text)
    there = [(places_of(flat, task.starts), task) for task in gold.tasks]
    found = [(_place(flat, duty), duty) for duty in read(text).tasks]
    matched = list(_matched([place for place, _ in found], [place for place, _ in there]))
    total.tasks.right += len(matched)
    total.tasks.found += len(found)
    total.tasks.there += len(there)
    nothing: Counter[tuple[str, str]] = Counter()
    of_found, of_there = dict(matched), {there_at: found_at for found_at, there_at in matched}
    for at, (_, duty) in enumerate(found):
        task = there[of_found[at]][1] if at in of_found else None
        total.units.add(_units(duty), _gold_units(task) if task else nothing)
        total.phrases.add(_phrases(duty), _gold_phrases(task) if task else nothing)
    for at, (_, task) in enumerate(there):
        if at not in of_there:
            total.units.add(nothing, _gold_units(task))
            total.phrases.add(nothing, _gold_phrases(task))


def flat_of(text: str) -> Flow:
    """Return a letter composed and with single spaces, each sign with its place."""
    flow = spaced(even(text))
    kept = [at for at, sign in enumerate(flow.text) if sign != " " or (at and flow.text[at - 1] != " ")]
    return Flow("".join(flow.text[at] for at in kept), [flow.starts[at] for at in kept], [flow.ends[at] for at in kept]).stripped()


def places_of(flat: Flow, starts: str) -> list[int]:
    """Return where the first words of a task of the gold answers occur: a unit's name may stand among the addressees as well."""
    if starts.startswith("@"):
        return [int(starts[1:])]
    return [match.start() for match in re.finditer(re.escape(fold(starts)), flat.plain)]


def _place(flat: Flow, duty: Duty) -> int:
    start = duty.content.span[0] if duty.content.span else -1
    return next((at for at, place in enumerate(flat.starts) if place >= start), len(flat))


def _matched(found: Sequence[int], there: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Give the pairs of tasks that begin at the same place, the nearest first, each task once."""
    apart = [(abs(one - place), at, beside) for at, one in enumerate(found) for beside, places in enumerate(there) for place in places]
    taken: set[tuple[str, int]] = set()
    for distance, at, beside in sorted(apart):
        if distance <= NEAR and ("found", at) not in taken and ("there", beside) not in taken:
            taken |= {("found", at), ("there", beside)}
            yield at, beside


def _units(duty: Duty) -> Counter[tuple[str, str]]:
    return Counter([("lead", fold(each.value)) for each in duty.lead] + [("with", fold(each.value)) for each in duty.coordinating])


def _gold_units(task: GoldTask) -> Counter[tuple[str, str]]:
    return Counter([("lead", fold(each)) for each in task.lead] + [("with", fold(each)) for each in task.coordinating])


def _phrases(duty: Duty) -> Counter[tuple[str, str]]:
    return Counter(("phrase", fold(each.phrase.value)) for each in duty.deadlines)


def _gold_phrases(task: GoldTask) -> Counter[tuple[str, str]]:
    return Counter(("phrase", fold(each.phrase)) for each in task.deadlines)


async def measure(_: object) -> list[Figure]:
    """Measure letters on which no rule was written against the goal, and beside them those they were written on, and real ones."""
    figures: list[Figure] = []
    for name, goal in (("held-out", GOAL), ("dev", None), ("shared", None)):
        pairs = pairs_of(name)
        if pairs:
            figures += _figures(name, score(pairs), goal)
    return figures


def _figures(name: str, result: Score, goal: float | None) -> Iterator[Figure]:
    for what in ("tasks", "units", "phrases"):
        count: Count = getattr(result, what)
        note = f"{result.letters} letters: {count.right} right of {count.found} found; {count.there} there are"
        yield figure(f"intake, {name}: {what}, precision", "of 1", [count.precision], goal=goal, note=note)
        yield figure(f"intake, {name}: {what}, recall", "of 1", [count.recall], goal=goal)
