"""What an operator answers goes into the proposed facts, and what cannot be meant is refused."""

from typing import Any

import pytest

from services.directives.intake.answers import LONGEST_TEXT, MOST_ADDED, MOST_ANSWERS, MOST_DEADLINES
from shared.errors import RefusedError
from tests.support.letters import COMMITTEE, HOME_AFFAIRS, OFFICE, SEED, dev, proposal, town

TEXT = SEED.read_bytes().decode()
FIELDS, TASKS = "/document/fields", "/document/tasks"


def data_of(answers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    events = proposal(TEXT, answers, town().match).events
    return {event["data"].get("number", "directive") if "lead" in event["data"] else "directive": event["data"] for event in events}


def test_number_and_day_of_issue_are_filled_in() -> None:
    data = data_of({f"{FIELDS}/number": 612, f"{FIELDS}/issued_on": "2021-04-05"})["directive"]
    assert (data["number"], data["issued_on"]) == (612, "2021-04-05")


def test_a_number_without_a_day_is_left_out_of_a_draft() -> None:
    assert "number" not in data_of({f"{FIELDS}/number": 612})["directive"]


def test_a_missing_deadline_is_filled_in_with_what_meets_it() -> None:
    data = data_of({f"{TASKS}/0/deadlines": "trước ngày 20/4/2021"})["1.a"]
    assert data["deadlines"] == [
        {"name": "Trình kế hoạch", "met_by": "plan-submitted", "plan_stage": "final", "phrase": "trước ngày 20/4/2021"}
    ]


def test_a_deadline_by_reference_takes_the_answered_phrase() -> None:
    (deadline,) = data_of({f"{TASKS}/4/deadlines/0/phrase": "trước ngày 5/5/2021"})["3"]["deadlines"]
    assert deadline["phrase"] == "trước ngày 5/5/2021"


def test_a_plan_is_told_which_index_it_has_to_go_through() -> None:
    pointer = f"{TASKS}/0/plan_requires/index"
    index = "0a9ba55b-4e53-5f0e-8a6b-2f3c1f5c6d10"
    assert str(data_of({pointer: index})["1.a"]["plan_requires"]["index"]) == index
    assert data_of({})["1.a"]["plan_requires"].get("index") is None
    with pytest.raises(RefusedError, match="not the id of an index"):
        data_of({pointer: "834/QĐ-UBND"})


def test_a_task_is_dropped_and_another_added_from_marked_words() -> None:
    start = TEXT.index("sắp xếp bố trí lịch")
    added = {"span": [start, start + 30], "number": "4", "lead": str(OFFICE), "deadlines": ["trước ngày 1/5/2021"]}
    data = data_of({f"{TASKS}/3": None, f"{TASKS}/-": [added]})
    assert "2" not in data
    assert data["4"]["lead"] == str(OFFICE)
    assert data["4"]["content"] == " ".join(TEXT[start : start + 30].split())


def test_a_collective_lead_becomes_a_task_for_each_unit_that_is_chosen() -> None:
    text = dev("07")
    answers = {f"{TASKS}/0/lead": [str(HOME_AFFAIRS), str(OFFICE)], f"{FIELDS}/issuer": str(COMMITTEE)}
    told = [(event["data"]["number"], event["data"].get("lead")) for event in proposal(text, answers, town().match).events[1:3]]
    assert told == [("a/1", str(HOME_AFFAIRS)), ("a/2", str(OFFICE))]


def test_of_several_leads_the_chosen_one_leads_and_the_others_coordinate() -> None:
    text = dev("07")
    answers = {
        f"{TASKS}/3/lead": str(HOME_AFFAIRS),
        f"{TASKS}/3/lead/0": str(HOME_AFFAIRS),
        f"{TASKS}/3/lead/1": str(OFFICE),
        f"{FIELDS}/issuer": str(COMMITTEE),
    }
    (data,) = [event["data"] for event in proposal(text, answers, town().match).events[1:] if event["data"]["number"] == "d"]
    assert (data["lead"], data["coordinating"]) == (str(HOME_AFFAIRS), [str(OFFICE)])


def test_without_an_issuer_no_fact_is_proposed() -> None:
    told = proposal(dev("01"), match=town().match)
    assert told.events == ()
    assert [question.code for question in told.questions if question.is_required][:1] == ["unit-unknown"]


def test_a_unit_that_is_chosen_once_is_meant_wherever_its_name_stands() -> None:
    text = TEXT.replace("Nội vụ - LĐTB&XH", "Đối ngoại")
    asked = [question.about for question in proposal(text, match=town().match).questions if question.code == "unit-unknown"]
    assert asked == [f"{FIELDS}/addressees/0"]
    told = proposal(text, {asked[0]: str(HOME_AFFAIRS)}, town().match)
    assert [event["data"]["lead"] for event in told.events[1:]] == [str(HOME_AFFAIRS)] * 3 + [str(OFFICE), str(HOME_AFFAIRS)]


def test_the_same_letter_comes_to_facts_of_the_same_ids_whatever_is_answered() -> None:
    plain, answered = (proposal(TEXT, answers, town().match) for answers in ({}, {f"{FIELDS}/number": 7}))
    assert [event["id"] for event in plain.events] == [event["id"] for event in answered.events]
    assert [event["subject"] for event in plain.events] == [event["subject"] for event in answered.events]


def test_a_text_that_is_no_letter_for_its_length_is_refused() -> None:
    with pytest.raises(RefusedError) as caught:
        proposal("a" * 300_001)
    assert caught.value.code == "letter-too-long"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        (f"{FIELDS}/number", 0),
        (f"{FIELDS}/number", True),
        (f"{FIELDS}/number", "x"),
        (f"{FIELDS}/issued_on", "31/4/2021"),
        (f"{FIELDS}/issuer", "x"),
        (f"{FIELDS}/issuer", [str(OFFICE), str(HOME_AFFAIRS)]),
        (f"{FIELDS}/document_type", "XX"),
        (f"{FIELDS}/subject", " "),
        (f"{FIELDS}/symbol", "x" * 501),
        (f"{TASKS}/0/deadlines", ["\0"]),
        (f"{TASKS}/0/deliverable", "song"),
        (f"{TASKS}/0/number", "2"),
        (f"{TASKS}/-", {}),
        (f"{TASKS}/-", [{"span": [5, 5], "number": "9", "lead": str(OFFICE)}]),
        (f"{TASKS}/-", [{"span": [0, 40], "number": "9"}]),
        (f"{TASKS}/-", [{"span": [0, 40], "number": "9", "lead": [str(OFFICE)] * 501}]),
    ],
    ids=str,
)
def test_an_answer_that_cannot_be_meant_is_refused(pointer: str, value: object) -> None:
    with pytest.raises(RefusedError) as caught:
        proposal(TEXT, {pointer: value}, town().match)
    assert caught.value.code == "answer-invalid"


BARE = "ỦY BAN NHÂN DÂN\n\n1. Phòng Nội vụ báo cáo kết quả trước ngày 16/3/2026.\n"


@pytest.mark.parametrize(
    ("name", "code"), [("symbol", "symbol-missing"), ("document_type", "type-unclear"), ("subject", "subject-missing")]
)
def test_what_a_letter_must_have_is_asked_again_where_it_was_answered_with_nothing(name: str, code: str) -> None:
    answers: dict[str, Any] = {f"{FIELDS}/issuer": str(COMMITTEE)}
    for given in (answers, {**answers, f"{FIELDS}/{name}": None}):
        asked = [question for question in proposal(BARE, given, town().match).questions if question.code == code]
        assert [(question.about, question.is_required) for question in asked] == [(f"{FIELDS}/{name}", True)]


def test_a_unit_that_must_be_named_is_asked_for_again_where_it_was_answered_with_nothing() -> None:
    text = TEXT.replace("1. Phòng Nội vụ", "1. Ban Chưa Có")
    told = proposal(text, {f"{TASKS}/{task}/lead/0": None for task in range(3)}, town().match)
    asked = [(question.about, question.code) for question in told.questions if question.is_required]
    assert asked == [(f"{TASKS}/0/lead/0", "unit-unknown")]


def test_an_issuer_that_the_letter_names_stays_where_it_was_answered_with_nothing() -> None:
    assert data_of({f"{FIELDS}/issuer": None}) == data_of({})


def added(number: int) -> dict[str, Any]:
    return {"span": [0, 30], "number": f"bổ sung {number}", "lead": str(OFFICE)}


def test_a_draft_takes_as_many_tasks_and_answers_as_a_letter_can_have_and_no_more() -> None:
    for most, answers in (
        (MOST_ADDED, lambda count: {f"{TASKS}/-": [added(number) for number in range(count)]}),
        (MOST_ANSWERS, lambda count: {f"{FIELDS}/addressees/{number}": None for number in range(count)}),
    ):
        data_of(answers(most))
        with pytest.raises(RefusedError, match="too-many-answers") as refused:
            data_of(answers(most + 1))
        assert f"{most:,}".replace(",", ".") in refused.value.reason_vi


def test_answers_that_are_too_long_together_are_refused() -> None:
    with pytest.raises(RefusedError, match="answers-too-long") as refused:
        data_of({f"{TASKS}/{number}/content": "x" * LONGEST_TEXT for number in range(101)})
    assert "dài quá" in refused.value.reason_vi


def test_more_deadlines_than_a_task_can_have_are_refused_and_not_cut_off_in_silence() -> None:
    phrases = ["trước ngày 20/4/2021"] * MOST_DEADLINES
    assert len(data_of({f"{TASKS}/0/deadlines": phrases})["1.a"]["deadlines"]) == MOST_DEADLINES
    with pytest.raises(RefusedError, match="answer-invalid"):
        data_of({f"{TASKS}/0/deadlines": [*phrases, phrases[0]]})
