"""`dondoc intake` prints what a letter comes to: for people, or as JSON."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from services.cli import dondoc
from tests.support.letters import SEED, UNITS


def run(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(dondoc, ["intake", *arguments], input=given)


def test_a_letter_is_told_to_people() -> None:
    result = run(str(SEED))
    assert result.exit_code == 0
    assert "Ký hiệu: UBND-NC" in result.output
    assert "Nhiệm vụ 1.b.1: Xây dựng kế hoạch tổ chức hội nghị" in result.output
    assert "Thời hạn: trước ngày 16/4/2021 (trình dự thảo kế hoạch)" in result.output
    assert "[deadline-missing]" in result.output


def test_with_json_the_document_the_facts_and_the_questions_are_printed(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text(UNITS, encoding="utf-8")
    result = run(str(SEED), "--units", str(units), "--json")
    told = json.loads(result.output)
    assert set(told) == {"document", "events", "questions"}
    assert told["document"]["name"] == "seed.txt"
    assert [event["type"] for event in told["events"]] == ["vn.dondoc.directive-issued.v1"] + ["vn.dondoc.task-assigned.v1"] * 5
    text = told["document"]["text"]
    for event in told["events"][1:]:
        start, end = told["document"]["spans"][event["id"]]["/data/content"]
        assert " ".join(text[start:end].split()) == event["data"]["content"]
    assert {question["code"] for question in told["questions"]} == {
        "number-blank", "date-blank", "deadline-missing", "deadline-by-reference",
    }  # fmt: skip


def test_a_letter_is_read_from_the_input_too() -> None:
    told = json.loads(run("-", "--json", given=SEED.read_bytes()).output)["document"]
    assert (told["name"], told["size"]) == ("-", SEED.stat().st_size)


def test_a_file_that_is_no_letter_ends_with_its_reason() -> None:
    result = run("-", given=b"\xd0\xcf\x11\xe0")
    assert result.exit_code == 1
    assert "file-type-old" in str(result.exception)
