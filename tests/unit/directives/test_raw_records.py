"""What the forwarder's headers say of a record that it could not read, and when they count."""

from datetime import UTC, datetime

import msgspec
import pytest

from services.directives.raw_records import MAX_FIELDS, RawRecord, read_raw
from shared.contracts.verdicts import FieldProblem

ORIGIN = ("origin", b"publishers.phan-mem-huyen.v1/0/7")
PUBLISHER = ("publisher", b"phan-mem-huyen")
RECEIVED = ("receivedtime", b"2021-04-10T09:30:00+07:00")
RECEIVED_AT = datetime(2021, 4, 10, 2, 30, tzinfo=UTC)


def test_a_raw_record_has_a_publisher_a_receipt_time_and_wrong_fields() -> None:
    wrong = ("wrong", msgspec.json.encode([{"pointer": "/data/lead", "problem": "is not a UUID"}]))
    assert read_raw([ORIGIN, PUBLISHER, RECEIVED, wrong]) == RawRecord(
        "phan-mem-huyen", RECEIVED_AT, (FieldProblem(pointer="/data/lead", problem="is not a UUID"),)
    )


@pytest.mark.parametrize("headers", [[], [ORIGIN], [PUBLISHER, RECEIVED], [("cause", b"x")]])
def test_every_other_record_is_none(headers: list[tuple[str, bytes]]) -> None:
    assert read_raw(headers) is None


@pytest.mark.parametrize("instant", [b"", b"yesterday", b"2021-04-10T09:30:00", b"\xff", b'"', b"1618000000"])
def test_a_receipt_time_that_is_no_instant_is_left_out(instant: bytes) -> None:
    assert read_raw([ORIGIN, PUBLISHER, ("receivedtime", instant)]) == RawRecord("phan-mem-huyen", None, ())


@pytest.mark.parametrize("wrong", [b"", b"{}", b"[1]", b"\xff", b"[" * 100_000, b'[{"pointer":1}]'])
def test_wrong_fields_that_cannot_be_read_are_left_out(wrong: bytes) -> None:
    assert read_raw([ORIGIN, PUBLISHER, ("wrong", wrong)]) == RawRecord("phan-mem-huyen", None, ())


def test_no_more_and_no_longer_fields_are_taken_over_than_a_verdict_shows() -> None:
    wrong = msgspec.json.encode([{"pointer": "/" + "x" * 1_000, "problem": "a\0" + "y" * 1_000}] * 50)
    raw = read_raw([ORIGIN, PUBLISHER, ("wrong", wrong)])
    assert raw is not None
    assert len(raw.wrong) == MAX_FIELDS
    assert {(len(each.pointer), len(each.problem), each.problem[:2]) for each in raw.wrong} == {(500, 500, "a\N{REPLACEMENT CHARACTER}")}


def test_a_publisher_s_name_is_kept_short_and_without_nul() -> None:
    raw = read_raw([ORIGIN, ("publisher", b"\0" + b"p" * 100)])
    assert raw is not None
    assert raw.publisher == "\N{REPLACEMENT CHARACTER}" + "p" * 39
