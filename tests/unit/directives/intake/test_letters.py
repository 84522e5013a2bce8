"""Letters read against their gold answers: the level that was reached is kept, and every value quotes the text."""

import json
import unicodedata
from pathlib import Path

import pytest

from deploy.bench.intake import pairs_of, score
from services.directives.intake.casing import in_official_case
from services.directives.intake.flow import fold
from services.directives.intake.questions import Code
from tests.support.letters import LETTERS, SEED, dev, leaves, proposal, quotations, register, registry_of

ASKED_OF_PEOPLE: set[Code] = {"unit-unknown"}


def test_the_letters_that_the_rules_were_written_on_are_read_as_well_as_before() -> None:
    result = score(pairs_of("dev"))
    assert result.letters == 68
    for count in (result.tasks, result.units, result.phrases):
        assert count.precision == 1.0
        assert count.recall == 1.0


def test_letters_that_no_rule_was_written_on_are_read_as_well_as_before() -> None:
    result = score(pairs_of("held-out"))
    assert result.letters == 34
    assert result.tasks.precision >= 0.98
    assert result.tasks.recall >= 0.98
    assert result.units.precision >= 0.96
    assert result.units.recall >= 0.95
    assert result.phrases.precision >= 0.97
    assert result.phrases.recall >= 0.965


def test_real_letters_are_read_as_well_as_before() -> None:
    result = score(pairs_of("shared"))
    assert result.letters == 11
    assert (result.tasks.precision, result.units.precision, result.phrases.precision) == (1.0, 1.0, 1.0)
    assert min(result.tasks.recall, result.units.recall) >= 0.97
    assert result.phrases.recall >= 0.94


@pytest.mark.parametrize("path", [*LETTERS, SEED], ids=lambda path: path.stem)
def test_every_value_stands_in_the_text_where_its_span_says(path: Path) -> None:
    text = path.read_bytes().decode()
    told = proposal(text)
    fields = told.document["fields"]
    fields.pop("issuer", None)  # in capitals, with the unit above where that tells which one it is
    quoted = quotations(fields) + quotations(told.document["tasks"], "tasks")
    assert quoted or told.document["text"] == ""
    for leaf in quoted:
        assert fold(leaf["value"]) == fold(text[slice(*leaf["span"])].replace("-\n", ""))
    for spans in told.document["spans"].values():
        assert all(0 <= start < end <= len(text) for start, end in spans.values())


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_the_questions_of_the_gold_answers_are_asked(path: Path) -> None:
    gold = json.loads(path.with_suffix(".json").read_bytes())
    asked = {question.code for question in proposal(path.read_bytes().decode()).questions} - ASKED_OF_PEOPLE
    assert asked == set(gold["questions"])


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_the_head_is_read_as_the_gold_answers_have_it(path: Path) -> None:
    gold = json.loads(path.with_suffix(".json").read_bytes())["document"]
    fields = proposal(path.read_bytes().decode()).document["fields"]
    if gold["security"] != "none":
        assert fields == {"security": {"value": gold["security"], "span": None}}
        return
    for name in ("document_type", "number", "symbol", "issuer", "subject", "place", "issued_on", "urgency"):
        told = fields[name]["value"] if fields[name] else None
        assert fold(str(told)).removeprefix("ve ") == fold(str(gold[name])).removeprefix("ve "), name
    for name in ("addressees", "recipients"):
        assert [fold(each["value"]) for each in fields[name]] == [fold(each) for each in gold[name]]


def test_a_letter_in_decomposed_letters_says_the_same_as_in_composed_ones() -> None:
    for path in LETTERS:
        text = unicodedata.normalize("NFC", path.read_bytes().decode())
        taken_apart = unicodedata.normalize("NFD", text)
        whole, apart = proposal(text).document, proposal(taken_apart).document
        assert [leaf["value"] for leaf in leaves(whole)] == [leaf["value"] for leaf in leaves(apart)]
        for one, other in zip(leaves(whole), leaves(apart), strict=True):
            if one["span"]:
                quoted = taken_apart[slice(*other["span"])]
                assert unicodedata.normalize("NFC", quoted) == text[slice(*one["span"])]


@pytest.mark.parametrize("name", ["09", "12", "15"])
def test_facts_of_other_letters_are_admitted_and_registered_once_questions_are_answered(name: str) -> None:
    text = dev(name)
    named = [leaf["value"] for leaf in leaves(proposal(text).document["fields"]["addressees"])]
    for task in proposal(text).document["tasks"]:
        named += [leaf["value"] for leaf in (*task["lead"], *task["coordinating"])]
    names = registry_of([proposal(text).document["fields"]["issuer"]["value"], *named])
    some = sorted(names.units, key=str)[:2]
    answers = {}
    for question in proposal(text, match=names.match).questions:
        if question.code in {"lead-collective", "lead-several", "lead-missing"}:
            answers[question.about] = [str(each) for each in some]
    told = proposal(text, answers, names.match)
    assert told.is_publishable
    register(told.events, names.units)


def test_a_state_secret_is_named_and_nothing_of_it_is_told() -> None:
    told = proposal(dev("08"))
    assert [question.code for question in told.questions] == ["state-secret"]
    assert (told.events, told.document["text"], told.document["tasks"], told.document["name"]) == ((), "", [], "")
    assert not told.is_publishable


def test_names_in_capitals_are_written_as_officials_write_them() -> None:
    assert in_official_case("SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH HÀ GIANG") == "Sở Giáo dục và Đào tạo tỉnh Hà Giang"
    assert in_official_case("Sở Y tế") == "Sở Y tế"
