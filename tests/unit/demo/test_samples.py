"""The samples can be published as they are, the story names each of them, and the letter comes to what the story goes on from."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from deploy.demo.defaults import answer
from deploy.demo.intake import indexes_of, names_of
from deploy.demo.letters import Letter, open_letter, shape_of, show_reading
from deploy.demo.run import SAMPLES
from deploy.demo.story import Answers, Fact, Names, load_facts, load_story
from services.deadlines.domain.due import Policy
from services.deadlines.domain.rules import Rules
from services.directives.admission import find_wrong
from services.directives.intake.matching import Entry, Registry
from shared.contracts import type_of
from shared.contracts.extensions import DeadlineClarified
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import (
    ConferenceHeld,
    ConferenceRescheduled,
    ConferenceScheduled,
    PlanApproved,
    PlanReturned,
    PlanSubmitted,
    ReportSubmitted,
)
from shared.envelope import decode
from shared.errors import ConfigurationError

STEP = 'title = "t"\nletter = "l"\ntasks = {{}}\n[answers]\n[[step]]\nat = 2021-04-01T08:00:00{}\nsay = "s"\n{}'
HOME_AFFAIRS, OFFICE = UUID("32766ba8-56da-5115-aeec-5db18bdd4afd"), UUID("54de98df-b222-5c77-bcf0-7c0ca1033b26")


@pytest.fixture(scope="module")
def letter() -> Letter:
    return open_letter(SAMPLES / load_story(SAMPLES).letter)


@pytest.fixture(scope="module")
def proposed(letter: Letter) -> list[Fact]:
    """Return the facts of the letter once it is answered as the story says, with the units of the samples."""
    return list(letter.propose(answers_of(letter), registry().match).events)


@pytest.fixture(scope="module")
def names(proposed: list[Fact]) -> Names:
    return names_of(proposed)


def registry() -> Registry:
    units = [fact for path in sorted(SAMPLES.glob("0[123]-*.json")) for fact in load_facts(path)]
    return Registry(
        Entry(UUID(each["subject"]), each["data"]["name"], each["data"]["short_name"], _parent(each), each["data"]["code"])
        for each in units
    )


def _parent(unit: Fact) -> UUID | None:
    return UUID(unit["data"]["parent"]) if "parent" in unit["data"] else None


def answers_of(letter: Letter) -> Mapping[str, Any]:
    proposal, said = letter.propose({}, registry().match), load_story(SAMPLES).answers
    given = [answer(question, proposal, said, {}) for question in proposal.questions]
    return {**{each.question.about: each.value for each in given if each.is_given}, **indexes_of(letter, said)}


def all_facts(names: Names) -> list[Fact]:
    return [fact for path in sorted(SAMPLES.glob("*.json")) for fact in load_facts(path, names)]


def test_every_sample_is_a_fact_that_the_ingress_admits(names: Names) -> None:
    for fact in all_facts(names):
        assert find_wrong(fact) == [], fact["id"]
        assert decode(msgspec.json.encode(fact)).id == fact["id"]


def test_the_samples_have_every_kind_of_fact_that_the_story_tells_of(names: Names) -> None:
    told = (
        UnitRegistered, IndexPublished, DeadlineClarified, PlanSubmitted, PlanReturned, PlanApproved, ConferenceScheduled,
        ConferenceRescheduled, ConferenceHeld, ReportSubmitted,
    )  # fmt: skip
    assert {fact["type"] for fact in all_facts(names)} == {type_of(contract) for contract in told}


def test_no_two_facts_of_a_source_share_an_id(names: Names) -> None:
    ids = [(fact["source"], fact["id"]) for fact in all_facts(names)]
    assert len(set(ids)) == len(ids)


def test_every_sample_is_published_and_every_unit_of_the_story_is_registered(names: Names) -> None:
    story = load_story(SAMPLES)
    assert {name for step in story.step for name in step.publish} == {path.name for path in SAMPLES.glob("*.json")}
    codes = {fact["data"]["code"] for fact in all_facts(names) if "unit-registered" in fact["type"]}
    assert {code for step in story.step for code in (*step.read, *(contact.unit for contact in step.reach))} <= codes


def test_the_letter_has_the_tasks_that_the_story_goes_on_from(letter: Letter) -> None:
    assert shape_of(letter.propose()) == load_story(SAMPLES).tasks


def test_the_letter_is_silent_about_what_the_story_answers_and_about_the_report_alone(letter: Letter) -> None:
    proposal = letter.propose({}, registry().match)
    assert [question.code for question in proposal.questions] == [
        "number-blank", "date-blank", "deadline-missing", "deadline-by-reference",
    ]  # fmt: skip
    said = [answer(question, proposal, load_story(SAMPLES).answers, {}).said for question in proposal.questions]
    assert said == ["612", "5/4/2021", "“sẽ xác định sau”", "để ngỏ, làm rõ sau"]


def test_the_letter_s_facts_can_be_published_and_name_the_units_that_are_meant(proposed: list[Fact]) -> None:
    assert [find_wrong(fact) for fact in proposed] == [[]] * 6
    issued = proposed[0]
    assert UUID(issued["subject"]) == uuid5(UUID(issued["data"]["issuer"]), issued["data"]["key"])
    assert (issued["data"]["number"], issued["data"]["issued_on"]) == (612, "2021-04-05")
    leads = {fact["data"]["number"]: UUID(fact["data"]["lead"]) for fact in proposed[1:]}
    assert leads == {"1.a": HOME_AFFAIRS, "1.b.1": HOME_AFFAIRS, "1.b.2": HOME_AFFAIRS, "2": OFFICE, "3": HOME_AFFAIRS}


def test_the_plan_has_to_say_all_that_the_letter_demands(proposed: list[Fact]) -> None:
    assert msgspec.json.decode(msgspec.json.encode(proposed[1]["data"]["plan_requires"])) == {
        "by": ["area", "criterion", "component"], "parts": ["shortcoming", "cause", "solution", "time", "responsible_head"],
        "index": next(fact["subject"] for fact in load_facts(SAMPLES / "04-chi-so-2020.json")),
    }  # fmt: skip


def test_the_phrases_come_to_the_days_of_the_letter(proposed: list[Fact], names: Names) -> None:
    said = {fact["data"]["number"]: [clause["phrase"] for clause in fact["data"].get("deadlines", ())] for fact in proposed[1:]}
    assert days_of(said) == {"1.a": [None], "1.b.1": ["2021-04-15"], "1.b.2": ["2021-04-30"], "2": ["2021-04-29"], "3": [None]}
    clarified = {fact["subject"]: [fact["data"]["phrase"]] for fact in all_facts(names) if "clarified" in fact["type"]}
    assert days_of(clarified) == {names.tasks["1.a"]: ["2021-04-23"], names.tasks["3"]: ["2021-05-05"]}


def days_of(phrases: Mapping[str, list[str]]) -> dict[str, list[str | None]]:
    rules = Rules(Policy())
    return {number: [rules.read(phrase, None).proof.last_good_day for phrase in said] for number, said in phrases.items()}


def test_what_was_read_is_shown_to_people(letter: Letter) -> None:
    lines = [" ".join(line.split()) for line in show_reading(letter, letter.propose())]
    assert lines[0].startswith("Hệ thống đọc cong-van-612.txt (")
    assert "Số, ngày (để trống)/UBND-NC, ngày (để trống)" in lines
    assert "1.b.1 kế hoạch Phòng Nội vụ - LĐTB&XH “trước ngày 16/4/2021”" in lines
    assert "1.a kế hoạch Phòng Nội vụ - LĐTB&XH không ghi thời hạn" in lines


def test_a_letter_without_an_answer_of_the_story_is_answered_by_rules_that_are_said(letter: Letter) -> None:
    proposal = letter.propose({}, registry().match)
    said = {question.code: answer(question, proposal, Answers(), {}) for question in proposal.questions}
    assert said["number-blank"].said == "để trống: văn bản chưa có số"
    assert (said["date-blank"].value, said["date-blank"].said) == ("2021-03-30", "30/3/2021 (ngày của căn cứ mới nhất)")
    assert said["deadline-missing"].value is None


def test_facts_go_on_from_a_letter_by_its_own_names() -> None:
    names = Names("d", {"1.a": "t"}, {"1.a": "Nộp báo cáo"})
    facts = load_facts(SAMPLES / "05-lam-ro-han-ke-hoach.json", names)
    assert (facts[0]["partitionkey"], facts[0]["subject"], facts[0]["data"]["name"]) == ("d", "t", "Nộp báo cáo")


def test_a_name_that_the_letter_has_not_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"the letter has no task 1\.a, which the story goes on with"):
        load_facts(SAMPLES / "05-lam-ro-han-ke-hoach.json", Names("d", {}, {}))


@pytest.mark.parametrize(
    "text",
    [
        "title = ",
        'title = "t"\nletter = "l"\ntasks = {}\nstep = []\n[answers]\n',
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


def test_a_story_with_one_step_can_be_played(tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text(STEP.format("+07:00", ""), encoding="utf-8")
    assert load_story(tmp_path).step[0].at.date() == date(2021, 4, 1)


def test_a_missing_or_broken_file_of_facts_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.json cannot be published"):
        load_facts(tmp_path / "gone.json")
    (tmp_path / "broken.json").write_text("{", encoding="ascii")
    with pytest.raises(ConfigurationError, match=r"broken\.json cannot be published"):
        load_facts(tmp_path / "broken.json")


def test_a_letter_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.txt cannot be opened \(No such file or directory\)"):
        open_letter(tmp_path / "gone.txt")
