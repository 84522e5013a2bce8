"""What the timeline's lines say of events."""

from typing import Any, get_args

import pytest
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from services.deadlines.saying import GROUNDS, REASONS
from services.directives.console import StatusFilter
from services.directives.domain.paperwork import ConferenceStanding, ExtensionStanding, PlanStanding, Standing
from services.directives.domain.status import Timeliness, Work
from shared.contracts import FACTS
from shared.contracts.deadlines import ChangeReason, DeadlineKind, RiskReason, WithdrawalReason
from shared.contracts.directives import MetBy, PlanLevel, PlanPart
from shared.contracts.types import DocumentType, Urgency
from shared.web.pages import say_day, say_machine, say_moment

DUE = "2021-04-15T17:00:00Z"


def labels() -> Any:
    loader = ChoiceLoader([PackageLoader("services.directives"), PackageLoader("shared.web")])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"day": say_day, "moment": say_moment, "machine": say_machine}
    return environment.get_template("_labels.html").make_module()


def said(name: str, data: dict[str, Any]) -> str:
    return str(labels().said(name, data)).strip()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"on_time": True, "due": DUE}, ": Nộp báo cáo, đúng hạn"),
        ({"on_time": False, "due": DUE}, ": Nộp báo cáo, quá hạn"),
        ({"on_time": True}, ": Nộp báo cáo, thời hạn chưa xác định"),
        ({"on_time": True, "due": None}, ": Nộp báo cáo, thời hạn chưa xác định"),
    ],
)
def test_what_meets_a_deadline_is_called_in_time_only_where_the_deadline_is_known(data: dict[str, Any], line: str) -> None:
    assert said("deadline-met", {"name": "Nộp báo cáo", **data}) == line


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("extension-granted", {"last_good_day": "2021-04-30"}, ": đến hết ngày 30/4/2021"),
        ("extension-refused", {"reason": "Đã quá hạn"}, ": Đã quá hạn"),
        ("task-resumed", {}, ""),
        ("task-confirmed", {"remarks": "Đạt"}, ": Đạt"),
        ("progress-reported", {"percent": 40, "content": "Đang lấy ý kiến"}, ": 40%, Đang lấy ý kiến"),
        ("progress-reported", {"content": "Đang lấy ý kiến"}, ": Đang lấy ý kiến"),
        ("fact-voided", {"version": 3, "reason": "Nhập nhầm"}, ": phiên bản 3, Nhập nhầm"),
        ("conference-rescheduled", {"starts_at": DUE}, ": 00:00 16/4/2021"),
        (
            "deadline-changed",
            {"name": "Nộp", "why": "extension-granted", "due": DUE, "proof": {"last_good_day": "2021-04-15"}},
            ": Nộp, gia hạn, hạn mới 15/4/2021",
        ),
        ("deadline-changed", {"name": "Nộp", "why": "plan-returned", "proof": {}, "is_open_again": True},
         ": Nộp, kế hoạch bị trả lại, chưa đáp ứng"),
        ("deadline-at-risk", {"name": "Họp", "why": "conference-after-due", "is_lifted": True},
         ": Họp, không còn: hội nghị xếp sau thời hạn"),
        ("deadline-withdrawn", {"name": "Nộp", "why": "directive-recalled"}, ": Nộp, văn bản bị thu hồi"),
    ],
)  # fmt: skip
def test_every_event_of_the_timeline_is_said_in_words(name: str, data: dict[str, Any], line: str) -> None:
    assert said(name, data) == line


def test_every_fact_status_and_reason_has_its_word() -> None:
    named = labels()
    elsewhere = {"index-published", "unit-registered", "unit-renamed", "unit-succeeded", "publisher-authorised", "calendar-amended"}
    assert named.EVENT.keys() >= {contract.NAME for contract in FACTS} - elsewhere
    assert named.WORK.keys() == set(get_args(Work))
    assert named.TIME.keys() == named.SIGN.keys() == set(get_args(Timeliness))
    assert named.WITHDRAWN.keys() == set(get_args(WithdrawalReason))
    assert named.RISK.keys() == set(get_args(RiskReason))
    assert named.CHANGED.keys() == set(get_args(ChangeReason))
    assert named.KIND.keys() == set(get_args(DeadlineKind))
    assert dict(named.STATUS).keys() == set(get_args(StatusFilter))
    assert named.TYPE.keys() == set(get_args(DocumentType))
    assert named.URGENCY.keys() == set(get_args(Urgency))
    assert named.LEVEL.keys() == set(get_args(PlanLevel))
    assert named.PART.keys() == set(get_args(PlanPart))
    assert named.MET_BY.keys() == set(get_args(MetBy))
    assert named.EXTENSION.keys() == set(get_args(ExtensionStanding))
    assert named.STANDING.keys() == {*get_args(Standing), *get_args(PlanStanding), *get_args(ConferenceStanding)}


def test_a_proof_is_told_in_the_words_of_the_command_that_reads_phrases() -> None:
    assert {str(reason): words for reason, words in REASONS.items()} == labels().REASON
    assert labels().GROUND == GROUNDS


@pytest.mark.parametrize(("size", "words"), [(1, "1 KB"), (200_000, "196 KB"), (3_400_000, "3.2 MB")])
def test_a_file_is_named_with_its_size(size: int, words: str) -> None:
    link = str(labels().file_link({"sha256": "ab" * 32, "name": "a&b.pdf", "size": size}))
    assert "a&amp;b.pdf" in link
    assert f"({words})" in link
