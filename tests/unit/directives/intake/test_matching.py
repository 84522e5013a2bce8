"""Units as written are matched with the registry: exact only where one unit alone is called so."""

import json
from uuid import UUID, uuid5

import pytest

from services.directives.intake.matching import NAMESPACE, Entry, Registry, canonical, unregistered
from services.directives.intake.unit_lists import entries_of
from shared.errors import ConfigurationError
from tests.support.letters import COMMITTEE, HOME_AFFAIRS, OFFICE, town

SPACE = UUID("5b0c8a9f-0000-5000-8000-000000000000")


def entry(name: str, parent: UUID | None = None, short: str | None = None) -> Entry:
    return Entry(uuid5(SPACE, name), name, short, parent)


@pytest.mark.parametrize(
    "written",
    [
        "Phòng Nội vụ - LĐTB&XH",
        "phòng nội vụ \u2013 LĐTB&XH",
        "P. Nội vụ - Lao động, Thương binh và Xã hội",
        "Phòng Nội vụ - Lao động - Thương binh và Xã hội thị xã Phước Long",
    ],
)
def test_a_name_is_matched_however_it_is_abbreviated(written: str) -> None:
    assert town().match(written, COMMITTEE).unit == HOME_AFFAIRS


def test_a_letter_need_not_say_which_town_its_own_units_are_of() -> None:
    assert town().match("Văn phòng Cấp uỷ - HĐND và UBND thị xã", COMMITTEE).unit == OFFICE
    assert town().match("Văn phòng Cấp uỷ - HĐND và UBND thị xã", None).unit is None


def test_a_name_that_two_units_bear_is_suggested_and_not_chosen() -> None:
    one, other = entry("Ủy ban nhân dân xã Phước Long", short="UBND xã"), Entry(uuid5(SPACE, "other"), "Ủy ban nhân dân xã Phước Long")
    match = Registry([one, other]).match("UBND xã Phước Long")
    assert match.unit is None
    assert {each.unit for each in match.candidates} == {one.unit, other.unit}
    assert all(each.score == 1 for each in match.candidates)


def test_the_issuers_own_unit_goes_before_another_issuers_of_the_same_name() -> None:
    here, there = entry("UBND huyện A"), entry("UBND huyện B")
    mine, theirs = Entry(uuid5(SPACE, "a"), "Phòng Nội vụ", None, here.unit), Entry(uuid5(SPACE, "b"), "Phòng Nội vụ", None, there.unit)
    registry = Registry([here, there, mine, theirs])
    assert registry.match("Phòng Nội vụ", here.unit).unit == mine.unit
    assert registry.match("Phòng Nội vụ", there.unit).unit == theirs.unit
    assert registry.match("Phòng Nội vụ").unit is None


def test_what_is_only_alike_is_suggested_the_likest_first_and_never_chosen() -> None:
    match = town().match("UBND phường Thác Mỡ", COMMITTEE)
    assert match.unit is not None  # "mỡ" folds to "mo": the name is the same without diacritics
    match = town().match("UBND phường Thác M", COMMITTEE)
    assert match.unit is None
    assert match.candidates[0].code == "H10.21.31"
    assert [each.score for each in match.candidates] == sorted((each.score for each in match.candidates), reverse=True)


def test_without_a_registry_a_unit_has_an_id_that_follows_from_its_name() -> None:
    match = unregistered("UBND Thị xã  Phước Long", None)
    assert match.unit == uuid5(NAMESPACE, "ubnd thi xa phuoc long")
    assert not match.is_registered


def test_parents_that_go_in_a_circle_are_walked_once() -> None:
    one, other = uuid5(SPACE, "one"), uuid5(SPACE, "other")
    registry = Registry([Entry(one, "UBND xã A", None, other), Entry(other, "UBND xã B", None, one)])
    assert registry.match("UBND xã A", other).unit == one


def test_canonical_names_leave_out_signs_and_abbreviations() -> None:
    assert canonical("P.Nội vụ và LĐTB&XH") == "phong noi vu lao dong thuong binh xa hoi"


def test_units_are_read_from_events_too() -> None:
    told = {"type": "vn.dondoc.unit-registered.v1", "subject": str(COMMITTEE), "data": {"code": "H10.21", "name": "UBND"}}
    event = json.dumps(told).encode()
    for content in (event, b"[" + event + b"]", event + b"\n" + event):
        assert {(each.unit, each.name, each.code) for each in entries_of(content)} == {(COMMITTEE, "UBND", "H10.21")}


@pytest.mark.parametrize("content", [b"{", b"name\nA", b'[{"type": "vn.dondoc.unit-registered.v1", "subject": "x", "data": {}}]'])
def test_a_file_that_is_none_of_units_is_named_as_such(content: bytes) -> None:
    with pytest.raises(ConfigurationError, match="the file of units"):
        entries_of(content)
