"""Admission: what passes comes through whole, and of what does not, every wrong field is named."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.directives.admission import MAX_EVENT, NotAdmittedError, Stamp, admit, admit_batch
from services.directives.domain import FactData
from services.directives.inbox import Entry, read
from shared.contracts.types import File
from shared.envelope import decode, encode
from shared.topics import partition_of
from tests.support import facts
from tests.support.facts import COMMITTEE, CONFERENCE, DIRECTIVE, OFFICE, PLAN, REPORT, TASK, event
from tests.support.records import FakeRecord

PARTITIONS = 4
STAMP = Stamp(datetime(2021, 4, 10, 2, 0, tzinfo=UTC), "api")
ALL: Mapping[str, tuple[FactData, UUID]] = {
    "directive-issued": (facts.directive(), DIRECTIVE),
    "task-assigned": (facts.task(), TASK),
    "plan-submitted": (facts.plan(), PLAN),
    "conference-scheduled": (facts.scheduled(), CONFERENCE),
    "conference-held": (facts.held(), CONFERENCE),
    "report-submitted": (facts.report(), REPORT),
}


def sent(data: FactData, subject: UUID = DIRECTIVE, key: UUID = DIRECTIVE) -> dict[str, Any]:
    """Return an event as a publisher's JSON."""
    published: dict[str, Any] = msgspec.json.decode(encode(event(data, id="a-1", subject=subject, key=key, received_at=None)))
    return published


def body(published: object) -> bytes:
    return msgspec.json.encode(published)


def pointers(published: object) -> list[str]:
    """Return the wrong fields of an event."""
    with pytest.raises(NotAdmittedError) as caught:
        admit(body(published), STAMP, PARTITIONS)
    assert caught.value.status == 422
    return sorted(field.pointer for field in caught.value.fields)


ISSUED = sent(facts.directive())
ASSIGNED = sent(facts.task(), TASK)


def with_data(published: Mapping[str, Any], **data: object) -> dict[str, Any]:
    return {**published, "data": {**published["data"], **data}}


@pytest.mark.parametrize("name", ALL)
def test_every_fact_passes_with_its_stamp(name: str) -> None:
    data, subject = ALL[name]
    record = admit(body(sent(data, subject)), STAMP, PARTITIONS)
    inside = decode(record.value)
    assert (inside.data, inside.receivedtime, inside.publisher) == (data, STAMP.received_at, "api")
    assert (record.key, record.partition) == (str(DIRECTIVE).encode(), partition_of(str(DIRECTIVE), PARTITIONS))


def test_a_unit_passes_under_its_own_key() -> None:
    assert admit(body(sent(facts.unit(), OFFICE, OFFICE)), STAMP, PARTITIONS).key == str(OFFICE).encode()


def test_vietnamese_text_comes_through_as_it_was_written() -> None:
    text = "V/v xây dựng kế hoạch nâng cao chỉ số cải cách hành chính: Ủy ban, quý Ⅱ, “đúng hạn”"
    record = admit(body(with_data(ISSUED, subject=text)), STAMP, PARTITIONS)
    assert text.encode() in record.value


def test_escaped_and_plain_letters_are_the_same_text() -> None:
    plain = body(with_data(ISSUED, subject="Ủy ban"))
    escaped = plain.replace("Ủ".encode(), b"\\u1ee6")
    assert escaped != plain
    assert admit(escaped, STAMP, PARTITIONS) == admit(plain, STAMP, PARTITIONS)


def test_null_stands_for_what_is_left_out() -> None:
    assert admit(body(with_data(ISSUED, number=None, file=None)), STAMP, PARTITIONS) == admit(body(ISSUED), STAMP, PARTITIONS)


def test_every_missing_attribute_is_named() -> None:
    assert pointers({"type": ISSUED["type"]}) == ["/data", "/id", "/partitionkey", "/source", "/specversion", "/subject"]


def test_every_wrong_field_is_named_wherever_it_is() -> None:
    wrong = with_data(
        {**ISSUED, "id": "", "time": "yesterday"}, issuer="nobody", number=0, issued_on="2021-02-30", addressees=["x", str(OFFICE)]
    )
    assert pointers(wrong) == ["/data/addressees/0", "/data/issued_on", "/data/issuer", "/data/number", "/id", "/time"]


def test_a_wrong_field_inside_an_optional_part_is_named_itself() -> None:
    wrong_file = msgspec.to_builtins(File(sha256="0" * 64, name="cv.pdf", media_type="application/pdf", size=1)) | {
        "sha256": "00",
        "size": -1,
    }
    assert pointers(with_data(ISSUED, file=wrong_file)) == ["/data/file/sha256", "/data/file/size"]


def test_an_unknown_field_is_named_with_its_pointer_escaped() -> None:
    assert pointers(with_data({**ISSUED, "a/b~c": 1}, extra=1)) == ["/a~1b~0c", "/data/extra"]


@pytest.mark.parametrize("stamp", ["receivedtime", "publisher", "registeredtime", "version"])
def test_nobody_stamps_a_fact_but_the_office(stamp: str) -> None:
    assert pointers({**ISSUED, stamp: "2021-04-01T00:00:00Z"}) == [f"/{stamp}"]


def test_an_unknown_type_is_named_together_with_what_else_is_wrong() -> None:
    assert pointers({**ISSUED, "type": "vn.dondoc.nothing.v1", "subject": "x"}) == ["/subject", "/type"]


def test_an_event_of_ours_is_no_fact() -> None:
    assert pointers({**ISSUED, "type": "vn.dondoc.deadline-met.v1"}) == ["/type"]


@pytest.mark.parametrize("published", [[], "text", 1, None])
def test_an_event_is_an_object(published: object) -> None:
    assert pointers(published) == [""]


@pytest.mark.parametrize("key", [str(DIRECTIVE).upper(), str(DIRECTIVE).replace("-", ""), "x", ""])
def test_a_partitionkey_is_a_uuid_in_its_one_form(key: str) -> None:
    assert pointers({**ASSIGNED, "partitionkey": key}) == ["/partitionkey"]


def test_the_partitionkey_of_a_directive_is_the_directive() -> None:
    assert pointers({**ISSUED, "subject": str(TASK)}) == ["/partitionkey"]


def test_the_partitionkey_of_a_unit_is_the_unit() -> None:
    assert pointers({**sent(facts.unit(), OFFICE, OFFICE), "partitionkey": str(COMMITTEE)}) == ["/partitionkey"]


def test_what_a_schema_lets_through_but_no_calendar_holds_is_named() -> None:
    assert pointers(with_data(ISSUED, issued_on="0000-01-01")) == ["/data/issued_on"]
    assert pointers({**ISSUED, "time": "0000-01-01T00:00:00Z"}) == ["/time"]


def test_a_number_that_no_table_holds_is_named() -> None:
    assert pointers(with_data(ISSUED, number=2**40)) == ["/data/number"]


def test_the_character_u0000_is_turned_away() -> None:
    assert pointers(with_data(ISSUED, subject="a\0b")) == [""]


def test_a_source_is_a_uri_reference() -> None:
    assert pointers({**ISSUED, "source": "hệ thống"}) == ["/source"]


def test_control_characters_in_an_id_are_turned_away() -> None:
    assert pointers({**ISSUED, "id": "a\nb"}) == ["/id"]


@pytest.mark.parametrize("mark", ["mat", "toi-mat", "tuyet-mat"])
def test_state_secrets_are_turned_away_and_not_repeated(mark: str) -> None:
    secret = with_data({**ISSUED, "id": ""}, security=mark, subject="nội dung mật")
    with pytest.raises(NotAdmittedError) as caught:
        admit(body(secret), STAMP, PARTITIONS)
    assert (caught.value.status, caught.value.code) == (422, "state-secret")
    assert [field.pointer for field in caught.value.fields] == ["/data/security"]
    assert "nội dung mật" not in f"{caught.value.detail}{caught.value.fields}"


def test_one_state_secret_turns_a_whole_batch_away() -> None:
    with pytest.raises(NotAdmittedError) as caught:
        admit_batch(body([{**ISSUED, "id": ""}, with_data(ISSUED, security="mat")]), STAMP, PARTITIONS)
    assert (caught.value.code, caught.value.fields[0].pointer) == ("state-secret", "/1/data/security")


def test_a_batch_keeps_its_order() -> None:
    records = admit_batch(body([ISSUED, ASSIGNED]), STAMP, PARTITIONS)
    assert [decode(record.value).subject for record in records] == [str(DIRECTIVE), str(TASK)]


def test_the_wrong_fields_of_all_events_of_a_batch_are_named_with_their_place() -> None:
    with pytest.raises(NotAdmittedError) as caught:
        admit_batch(body([{**ISSUED, "id": ""}, ASSIGNED, with_data(ASSIGNED, lead="x")]), STAMP, PARTITIONS)
    assert [field.pointer for field in caught.value.fields] == ["/0/id", "/2/data/lead"]


def test_a_batch_of_more_than_a_thousand_events_is_too_large() -> None:
    with pytest.raises(NotAdmittedError) as caught:
        admit_batch(b"[" + b",".join([b"{}"] * 1_001) + b"]", STAMP, PARTITIONS)
    assert caught.value.status == 413


def test_one_event_of_a_batch_that_is_too_large_turns_it_away() -> None:
    huge = with_data(ISSUED, subject="x" * MAX_EVENT)
    with pytest.raises(NotAdmittedError) as caught:
        admit_batch(body([ISSUED, huge]), STAMP, PARTITIONS)
    assert (caught.value.status, caught.value.fields[0].pointer) == (413, "/1")


@pytest.mark.parametrize("broken", [b"", b"{", b"\xff", b'{"a": "\\ud800"}'])
def test_what_is_not_json_is_turned_away(broken: bytes) -> None:
    for each in (admit, admit_batch):
        with pytest.raises(NotAdmittedError) as caught:
            each(broken, STAMP, PARTITIONS)
        assert (caught.value.status, caught.value.code) == (400, "invalid-json")


ODD = st.sampled_from(["2021-02-29", "0000-01-01", "2016-12-31T23:59:60Z", 10**30, 1.0])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a fact with some of its attributes and fields replaced by anything."""
    data, subject = ALL[draw(st.sampled_from(sorted(ALL)))]
    published = sent(data, subject)
    for place in (published, published["data"]):
        for name in draw(st.lists(st.sampled_from(sorted(place)), max_size=2)):
            place[name] = draw(ANYTHING)
        if not isinstance(published["data"], dict):
            break
    return published


@settings(deadline=None, max_examples=300)
@given(damaged())
def test_what_is_admitted_is_never_malformed_to_the_registrar(published: dict[str, Any]) -> None:
    try:
        admitted = admit(body(published), STAMP, PARTITIONS)
    except NotAdmittedError as error:
        assert error.fields  # noqa: PT017  either outcome is right, and each has its own rule
        return
    record = FakeRecord("directives.inbox.v1", admitted.partition, 0, 0, admitted.key, admitted.value)
    entry = Entry(record)
    read(entry, PARTITIONS)
    assert entry.fact.key
