"""The samples can be published as they are, and the story names each of them."""

from pathlib import Path
from uuid import UUID, uuid5

import msgspec
import pytest

from deploy.demo.run import SAMPLES
from deploy.demo.story import Fact, load_facts, load_story
from services.deadlines.domain.due import Policy
from services.deadlines.domain.rules import Rules
from services.directives.admission import find_wrong
from shared.contracts import type_of
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.envelope import decode
from shared.errors import ConfigurationError

STEP = 'title = "t"\n[[step]]\nat = 2021-04-01T08:00:00{}\nsay = "s"\n{}'


def all_facts() -> list[Fact]:
    return [fact for path in sorted(SAMPLES.glob("*.json")) for fact in load_facts(path)]


def test_every_sample_is_a_fact_that_the_ingress_admits() -> None:
    for fact in all_facts():
        assert find_wrong(fact) == [], fact["id"]
        assert decode(msgspec.json.encode(fact)).id == fact["id"]


def test_the_samples_have_every_kind_of_fact_that_the_story_tells_of() -> None:
    told = (DirectiveIssued, TaskAssigned, PlanSubmitted, ConferenceScheduled, ConferenceHeld, ReportSubmitted, UnitRegistered)
    assert {fact["type"] for fact in all_facts()} == {type_of(contract) for contract in told}


def test_no_two_facts_of_a_source_share_an_id() -> None:
    names = [(fact["source"], fact["id"]) for fact in all_facts()]
    assert len(set(names)) == len(names)


def test_the_directive_has_the_id_that_proves_its_issuer() -> None:
    (issued,) = (fact for fact in all_facts() if "directive-issued" in fact["type"])
    assert UUID(issued["subject"]) == uuid5(UUID(issued["data"]["issuer"]), issued["data"]["key"])


def test_every_sample_is_published_and_every_reader_is_registered() -> None:
    story = load_story(SAMPLES)
    assert {name for step in story.step for name in step.publish} == {path.name for path in SAMPLES.glob("*.json")}
    codes = {fact["data"]["code"] for fact in all_facts() if "unit-registered" in fact["type"]}
    assert {code for step in story.step for code in step.read} <= codes


def test_the_phrases_come_to_the_days_of_the_letter() -> None:
    rules = Rules(Policy())
    tasks = [fact["data"] for fact in all_facts() if "task-assigned" in fact["type"]]
    phrases = {task["number"]: [clause["phrase"] for clause in task.get("deadlines", ())] for task in tasks}
    days = {number: [rules.read(phrase, None).proof.last_good_day for phrase in said] for number, said in phrases.items()}
    assert days == {"1.a": [], "1.b.1": ["2021-04-15"], "1.b.2": ["2021-04-30"], "2": ["2021-04-29"], "3": [None]}


@pytest.mark.parametrize(
    "text",
    [
        "title = ",
        'title = "t"\nstep = []\n',
        STEP.format("", ""),
        STEP.format("+07:00", 'kil = "deadlines"\n'),
        STEP.format("+07:00", '[[step]]\nat = 2021-03-31T08:00:00+07:00\nsay = "s"\n'),
    ],
    ids=["no TOML", "no steps", "no offset", "a misspelt name", "not in order"],
)
def test_a_story_that_cannot_be_played_is_told_with_its_remedy(text: str, tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"story\.toml cannot be played"):
        load_story(tmp_path)


def test_a_missing_or_broken_file_of_facts_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.json cannot be published"):
        load_facts(tmp_path / "gone.json")
    (tmp_path / "broken.json").write_text("{", encoding="ascii")
    with pytest.raises(ConfigurationError, match=r"broken\.json cannot be published"):
        load_facts(tmp_path / "broken.json")
