"""What a plan leaves out, as people read it."""

from typing import Any

from deploy.demo.reviews import show_review

ITEM = {"area": "Hiện đại hóa", "criterion": "Dịch vụ công", "component": "Nộp trực tuyến"}
REVIEW: dict[str, Any] = {
    "by": ["area", "criterion", "component"], "parts": ["cause"], "index_title": "Chỉ số 2020", "is_complete": True,
    "absent": [], "absent_levels": [], "lines": [],
}  # fmt: skip
COMPARED = "Hệ thống đối chiếu với yêu cầu của văn bản:"


def test_a_plan_of_which_nothing_is_demanded_is_not_spoken_of() -> None:
    assert show_review({"items": [ITEM], "review": None}) == []


def test_a_whole_plan_is_told_with_what_it_was_held_against() -> None:
    assert show_review({"items": [ITEM], "review": REVIEW}) == [
        f"{COMPARED} kế hoạch đủ nội dung (1 dòng, hết lĩnh vực, tiêu chí, tiêu chí thành phần của Chỉ số 2020)"
    ]


def test_whatever_is_missing_is_named_with_its_place() -> None:
    lines = [{"item": 0, "missing": ["cause", "time"], "is_unknown": False}, {"item": 0, "missing": [], "is_unknown": True}]
    absent = [{"level": "area", "area": "Thủ tục hành chính", "criterion": None, "component": None}]
    review = {**REVIEW, "is_complete": False, "lines": lines, "absent": absent, "absent_levels": ["criterion"]}
    assert show_review({"items": [ITEM], "review": review}) == [
        f"{COMPARED} kế hoạch CÒN THIẾU",
        "  - Hiện đại hóa / Dịch vụ công / Nộp trực tuyến: thiếu nguyên nhân, thời gian",
        "  - Thủ tục hành chính: không có trong kế hoạch",
        "  - kế hoạch không chia theo tiêu chí",
    ]
