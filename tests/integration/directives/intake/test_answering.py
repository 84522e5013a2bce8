"""Forms of the page as answers to a proposal, and facts that are published in rounds."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from services.directives.intake import answering
from services.directives.intake.answers import ADDED
from services.directives.intake.drafting import Sent
from services.directives.intake.rounds import next_round
from services.directives.intake.verdict_words import tell
from services.directives.receipts import Need, Receipt
from services.directives.verdicts import Refusal
from shared.contracts.directives import TaskAssigned
from shared.envelope import Event, encode, event_of
from shared.errors import RefusedError
from tests.support.april import DIRECTIVE, HOME_AFFAIRS, ISSUED, OFFICE, PLAN_TASK, hanoi

TEXT = "1. Phòng Nội vụ lập kế hoạch, gửi dự thảo trước ngày 16/4; họp trong tháng 4. 2. Văn phòng họp."
TASK = {"number": "1", "lead": ["u"], "coordinating": [], "deliverable": "plan", "deadlines": [("trước ngày 16/4", (42, 57))]}


@pytest.mark.parametrize(("form", "expected"), [
    ({"about": "/document/fields/number", "value": "612"}, {"/document/fields/number": "612"}),
    ({"about": "/document/fields/number", "none": "1"}, {"/document/fields/number": None}),
    ({"about": "/document/fields/issued_on", "value": "5/4/2021"}, {"/document/fields/issued_on": "2021-04-05"}),
    ({"about": "/document/tasks/0/deadlines", "value": "trước ngày 16/4\r\n\r\ntrong tháng 4"},
     {"/document/tasks/0/deadlines": ["trước ngày 16/4", "trong tháng 4"]}),
    ({"about": "/document/tasks/0/lead", "unit.a": "a", "unit.b": "b"}, {"/document/tasks/0/lead": ["a", "b"]}),
])  # fmt: skip
def test_a_form_answers_what_it_is_about(form: dict[str, str], expected: dict[str, object]) -> None:
    assert answering.put({"/document/fields/place": "Hà Nội"}, form) == {"/document/fields/place": "Hà Nội", **expected}


@pytest.mark.parametrize("form", [
    {"about": "", "value": "x"}, {"about": ADDED, "none": "1"}, {"about": f"{ADDED}/0", "none": "1"},
    {"about": "/document/fields/number"}, {"about": "/document/fields/issued_on", "value": "31/2/2021"},
])  # fmt: skip
def test_a_form_that_says_nothing_is_refused(form: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match="answer-invalid"):
        answering.put({}, form)


@pytest.mark.parametrize("about", [
    "fields/number", "fields/issued_on", "fields/addressees/0", "tasks/0/coordinating/12", "tasks/0/deadlines",
    "tasks/0/deadlines/1/phrase",
])  # fmt: skip
def test_what_a_letter_may_be_without_is_left_out(about: str) -> None:
    assert answering.put({}, {"about": f"/document/{about}", "none": "1"}) == {f"/document/{about}": None}


@pytest.mark.parametrize("about", [
    "fields/symbol", "fields/document_type", "fields/subject", "fields/issuer", "fields/addressees", "tasks/0", "tasks/0/number",
    "tasks/0/lead", "tasks/0/lead/0", "tasks/0/deliverable", "tasks/0/deadlines/x/phrase", "tasks/0/deadlines/0/phrase/0",
])  # fmt: skip
def test_what_a_letter_must_have_cannot_be_answered_with_nothing(about: str) -> None:
    with pytest.raises(RefusedError, match="answer-invalid") as refused:
        answering.put({}, {"about": f"/document/{about}", "none": "1", "value": "x"})
    assert "không để trống được" in refused.value.reason_vi


def test_a_form_that_only_looks_for_units_answers_nothing() -> None:
    assert answering.is_search({"about": "/document/fields/issuer", "q": "noi vu"})
    assert not answering.is_search({"q": "noi vu", "value": "u"})
    assert not answering.is_search({"q": "noi vu", "unit.u": "u"})
    assert not answering.is_search({"value": "612"})


@pytest.mark.parametrize(("form", "span"), [
    ({"quote": "gửi dự thảo", "start": "29"}, (30, 41)), ({"quote": "gửi dự thảo", "start": "30"}, (30, 41)),
    ({"quote": "họp", "start": "91"}, (91, 94)), ({"quote": "gửi dự thảo", "start": "99999999999"}, (30, 41)),
])  # fmt: skip
def test_a_passage_is_found_where_it_was_marked_or_where_alone_it_stands(form: dict[str, str], span: tuple[int, int]) -> None:
    assert answering.find_passage(TEXT, form) == span
    assert TEXT[slice(*span)] == form["quote"]


def test_a_passage_that_was_marked_with_the_space_before_it_is_found_there() -> None:
    assert answering.find_passage(TEXT, {"quote": "họp", "start": "90"}) == (91, 94)


@pytest.mark.parametrize(("quote", "code"), [("họp", "passage-twice"), ("hợp", "no-such-passage"), ("  ", "no-such-passage")])
def test_a_passage_that_stands_nowhere_or_twice_is_asked_for_again(quote: str, code: str) -> None:
    with pytest.raises(RefusedError, match=code):
        answering.find_passage(TEXT, {"quote": quote, "start": ""})


def test_a_task_is_added_taken_back_dropped_and_taken_in_again() -> None:
    added = answering.add_task({}, (30, 57), {"number": "3", "value": "u", "phrase": "trước ngày 16/4"})
    (task,) = added[ADDED]
    assert task == {"span": [30, 57], "number": "3", "lead": "u", "deliverable": "other", "deadlines": ["trước ngày 16/4"]}
    assert answering.drop_task(added, f"{ADDED}/0") == {}
    dropped = answering.drop_task({"/document/tasks/1/number": "9"}, "/document/tasks/1")
    assert dropped == {"/document/tasks/1": None}
    tasks = [{"number": {"value": n}, "content": {"value": f"việc {n}"}} for n in ("1", "2")]
    assert answering.dropped_tasks(dropped, tasks) == [("/document/tasks/1", "2. việc 2")]
    assert answering.restore_task(dropped, "/document/tasks/1") == {}


@pytest.mark.parametrize("form", [{"value": "u"}, {"number": "3"}])
def test_a_task_without_number_or_lead_is_not_added(form: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match="answer-invalid"):
        answering.add_task({}, (0, 5), form)


def test_a_task_that_is_split_gives_each_part_the_deadlines_that_stand_in_it() -> None:
    parts = answering.split_task({}, "/document/tasks/0", 59, TASK, (3, 77))[ADDED]
    assert [(part["number"], part["span"], part["deadlines"]) for part in parts] == [
        ("1.1", [3, 59], ["trước ngày 16/4"]), ("1.2", [59, 77], []),
    ]  # fmt: skip
    with pytest.raises(RefusedError, match="not-inside"):
        answering.split_task({}, "/document/tasks/0", 90, TASK, (3, 77))
    with pytest.raises(RefusedError, match="lead-first"):
        answering.split_task({}, "/document/tasks/0", 59, {**TASK, "lead": []}, (3, 77))


@pytest.mark.parametrize("name", ["/document/tasks/x", "/document/fields/number", ""])
def test_only_tasks_are_dropped(name: str) -> None:
    with pytest.raises(RefusedError, match="answer-invalid"):
        answering.drop_task({}, name)


EVENT = event_of(
    TaskAssigned(number="1", content="Lập kế hoạch", lead=HOME_AFFAIRS, deliverable="plan"),
    id="intake/abc/task/1",
    source="/dondoc/office",
    subject=str(PLAN_TASK),
    key=str(DIRECTIVE),
)
REFUSED = Receipt("0-1", "refused", refusal=Refusal("unit-unknown", "no such unit", "Đơn vị chưa đăng ký."))
WAITING = Receipt("0-1", "waiting", waits_for=Need("directive", str(DIRECTIVE), hanoi(30)))


def sent(receipt: str | None = "0-1", name: str = EVENT.id) -> Sent:
    return Sent({**msgspec.json.decode(encode(EVENT)), "id": name}, receipt)


def test_the_first_round_has_the_ids_of_the_proposal() -> None:
    assert next_round([EVENT], [], {}, 1) == [sent(None)]


@pytest.mark.parametrize("verdict", [Receipt("0-1", "registered", version=2), Receipt("0-1", "received"), WAITING])
def test_what_stands_or_is_under_way_is_not_said_again(verdict: Receipt) -> None:
    assert next_round([EVENT], [sent()], {EVENT.id: verdict}, 2) == [sent()]


REGISTERED = Receipt("0-1", "registered", version=2)
STANDING = [
    (REGISTERED, "sent-already"), (Receipt("0-2", "duplicate", version=2, original="0-1"), "sent-already"),
    (WAITING, "sent-and-waiting"), (Receipt("0-1", "received"), "not-judged-yet"),
]  # fmt: skip


def task_event(**changes: Any) -> Event:
    """Return the fact of the task, corrected."""
    data = TaskAssigned(number="1", content="Lập kế hoạch", lead=HOME_AFFAIRS, deliverable="plan")
    number = changes.get("number", "1")
    return event_of(
        replace(data, **changes), id=f"intake/abc/task/{number}", source="/dondoc/office", subject=str(PLAN_TASK), key=str(DIRECTIVE)
    )


@pytest.mark.parametrize(("verdict", "code"), STANDING)
def test_a_correction_to_what_stands_or_is_under_way_is_refused_by_name(verdict: Receipt, code: str) -> None:
    with pytest.raises(RefusedError, match=code) as refused:
        next_round([task_event(lead=OFFICE, content="Lập phương án")], [sent()], {EVENT.id: verdict}, 2)
    assert "Nhiệm vụ 1 (Nội dung, Chủ trì)" in refused.value.reason_vi


def test_a_correction_to_a_directive_that_is_registered_is_refused_with_what_was_corrected() -> None:
    directive = event_of(ISSUED, id="intake/abc/directive", source="/dondoc/office", subject=str(DIRECTIVE), key=str(DIRECTIVE))
    before = Sent(msgspec.json.decode(encode(directive)), "0-1")
    corrected = replace(directive, data=replace(ISSUED, subject="Về việc khác", number=613))
    with pytest.raises(RefusedError, match="sent-already") as refused:
        next_round([corrected], [before], {directive.id: REGISTERED}, 2)
    assert "Văn bản (Số, Trích yếu)" in refused.value.reason_vi


@pytest.mark.parametrize(("verdict", "code"), STANDING)
def test_a_task_that_stands_or_is_under_way_is_neither_dropped_nor_renumbered_in_silence(verdict: Receipt, code: str) -> None:
    with pytest.raises(RefusedError, match=code) as refused:
        next_round([task_event(number="2")], [sent()], {EVENT.id: verdict}, 2)
    assert "Nhiệm vụ 1 (bị bỏ hoặc đổi số)" in refused.value.reason_vi


def test_what_was_frozen_and_perhaps_sent_is_not_corrected_before_its_verdict() -> None:
    with pytest.raises(RefusedError, match="not-judged-yet"):
        next_round([task_event(lead=OFFICE)], [sent(None)], {}, 2)


def test_what_was_refused_is_corrected_dropped_and_renumbered_freely() -> None:
    (again,) = next_round([task_event(lead=OFFICE)], [sent()], {EVENT.id: REFUSED}, 2)
    assert (again.event["id"], again.event["data"]["lead"]) == (f"{EVENT.id}/round-2", str(OFFICE))
    (renumbered,) = next_round([task_event(number="2")], [sent()], {EVENT.id: REFUSED}, 2)
    assert renumbered.event["id"] == "intake/abc/task/2"


def test_what_was_refused_is_said_again_under_another_id_round_after_round() -> None:
    (second,) = next_round([EVENT], [sent()], {EVENT.id: REFUSED}, 2)
    assert second == sent(None, f"{EVENT.id}/round-2")
    (third,) = next_round([EVENT], [sent("0-2", second.event["id"])], {second.event["id"]: REFUSED}, 3)
    assert third.event["id"] == f"{EVENT.id}/round-3"


def test_what_waits_under_an_issuer_that_was_put_right_is_said_again_under_the_right_one() -> None:
    elsewhere = replace(EVENT, subject=str(DIRECTIVE), partitionkey=str(PLAN_TASK))
    (again,) = next_round([elsewhere], [sent()], {EVENT.id: WAITING}, 2)
    assert (again.event["id"], again.event["partitionkey"], again.receipt) == (f"{EVENT.id}/round-2", str(PLAN_TASK), None)


@pytest.mark.parametrize("verdict", [Receipt("0-1", "registered", version=2), Receipt("0-2", "duplicate", version=2, original="0-1")])
def test_a_letter_of_which_something_is_registered_keeps_its_issuer(verdict: Receipt) -> None:
    elsewhere = replace(EVENT, subject=str(DIRECTIVE), partitionkey=str(PLAN_TASK))
    with pytest.raises(RefusedError, match="issuer-registered"):
        next_round([elsewhere], [sent()], {EVENT.id: verdict}, 2)


def test_a_letter_of_which_something_is_under_way_keeps_its_issuer_until_it_is_judged() -> None:
    elsewhere = replace(EVENT, subject=str(DIRECTIVE), partitionkey=str(PLAN_TASK))
    with pytest.raises(RefusedError, match="not-judged-yet"):
        next_round([elsewhere], [sent()], {EVENT.id: Receipt("0-1", "received")}, 2)
    (again,) = next_round([elsewhere], [sent()], {EVENT.id: REFUSED}, 2)
    assert again.event["partitionkey"] == str(PLAN_TASK)


@pytest.mark.parametrize(("receipt", "said", "settled"), [
    (None, "Chưa gửi", True), (Receipt("0-1", "received"), "Đang xem xét", False), (REFUSED, "Bị từ chối", True),
    (WAITING, "Đang chờ", True), (Receipt("0-1", "registered", version=2), "Đã vào sổ", True),
    (Receipt("0-2", "duplicate", version=2, original="0-1"), "Đã có trong sổ", True),
])  # fmt: skip
def test_each_verdict_has_its_words(receipt: Receipt | None, said: str, *, settled: bool) -> None:
    outcome = tell([sent()], {EVENT.id: receipt} if receipt else {})
    assert (outcome.verdicts[0].what, outcome.verdicts[0].said, outcome.is_settled) == ("Nhiệm vụ 1", said, settled)
