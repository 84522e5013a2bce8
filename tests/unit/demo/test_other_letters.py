"""Letters that no story was written for: their units are registered, and rules that are said answer all that they leave open."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from deploy.demo.defaults import answer
from deploy.demo.intake import names_of, show_answers
from deploy.demo.letters import Letter, open_letter
from deploy.demo.other import book_of, units_of
from deploy.demo.story import Answers
from deploy.local.requirements import root
from services.directives.admission import find_wrong
from services.directives.intake.matching import Entry, Registry
from services.directives.intake.proposal import Proposal
from shared.errors import RefusedError

LETTERS = sorted((root() / "tests" / "letters" / "dev").glob("*.txt"))
SECRET = root() / "tests" / "letters" / "dev" / "08-mat-bao-ve-muc-tieu.txt"
ROUNDS = 6


def played(letter: Letter) -> tuple[Proposal, list[str]]:
    """Return what a letter comes to once its questions are answered, and how that is said."""
    units = list(units_of(msgspec.to_builtins(letter.propose().document)))
    registry = Registry(Entry(UUID(unit["subject"]), unit["data"]["name"], None, None, unit["data"]["code"]) for unit in units)
    given: dict[str, Any] = {}
    said: list[str] = []
    for _ in range(ROUNDS):
        proposal = letter.propose(given, registry.match)
        answers = [answer(each, proposal, Answers(), book_of(units)) for each in proposal.questions if each.about not in given]
        given |= {each.question.about: each.value for each in answers if each.is_given}
        said += [line for line in show_answers(answers) if line not in said]
    return proposal, said


@pytest.mark.parametrize("path", [path for path in LETTERS if path != SECRET], ids=lambda path: path.stem)
def test_every_letter_can_be_played(path: Path) -> None:
    letter = open_letter(path)
    proposal, said = played(letter)
    assert proposal.is_publishable
    assert [wrong for event in proposal.events for wrong in find_wrong(event)] == []
    assert len(names_of(list(proposal.events)).tasks) == len(proposal.events) - 1
    asked = [question for question in letter.propose().questions if question.code != "unit-unknown"]
    assert len(said) >= len(asked), "whatever is answered is said"


def test_a_state_secret_is_not_played() -> None:
    with pytest.raises(RefusedError, match="state secret"):
        open_letter(SECRET)


def test_the_units_of_a_letter_are_registered_below_its_issuer() -> None:
    units = list(units_of(msgspec.to_builtins(open_letter(LETTERS[2]).propose().document)))
    assert [unit["data"]["code"] for unit in units] == ["H99", "H99.1", "H99.2", "H99.3"]
    assert units[0]["data"]["name"] == "Sở Y tế tỉnh Kiên Giang"
    assert {unit["data"].get("parent") for unit in units[1:]} == {units[0]["subject"]}
    assert [find_wrong(unit) for unit in units] == [[]] * 4


def test_units_whose_names_mean_the_same_are_one() -> None:
    document: dict[str, Any] = {
        "fields": {"issuer": {"value": "UBND xã Ví Dụ"}, "addressees": [{"value": "Ủy ban nhân dân xã Ví Dụ"}, {"value": "Công an xã"}]},
        "tasks": [],
    }
    assert [unit["data"]["name"] for unit in units_of(document)] == ["UBND xã Ví Dụ", "Công an xã"]
