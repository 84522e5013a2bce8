"""What the deliveries of a notice come to together."""

import itertools
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.deliveries import Ending, Kind, Standing, State, delivery_id, ending_of, lane_of

NOTICE = UUID("a9e14d97-5297-5684-a738-1406556f5cdf")
CONTACT = UUID("c4b7a1d2-2f3e-5a6b-8c9d-0e1f2a3b4c5d")
STANDINGS = st.lists(st.builds(Standing, st.sampled_from(get_args(State)), st.integers(0, 10), st.text(max_size=5)), max_size=5)


def standing(state: State, attempts: int = 1, detail: str = "") -> Standing:
    return Standing(state, attempts, detail)


def test_one_contact_that_took_it_is_enough() -> None:
    deliveries = [standing("pending"), standing("failed"), standing("delivered", 3, "250 OK")]
    assert ending_of(deliveries) == Ending("delivered", 3, "250 OK")


def test_nothing_is_settled_while_one_is_pending_and_none_delivered() -> None:
    assert ending_of([standing("failed"), standing("unknown"), standing("pending")]) is None


def test_one_that_may_have_arrived_is_named_so() -> None:
    assert ending_of([standing("failed", 1), standing("unknown", 10, "cut")]) == Ending("unknown", 10, "cut")


def test_where_all_contacts_are_gone_the_notice_failed() -> None:
    assert ending_of([standing("withdrawn", 2, "the contact was removed")]) == Ending("failed", 2, "the contact was removed")


def test_a_notice_without_deliveries_comes_to_nothing() -> None:
    assert ending_of([]) is None


@given(STANDINGS)
def test_the_order_of_deliveries_does_not_decide(deliveries: list[Standing]) -> None:
    outcomes = {ending.outcome if (ending := ending_of(each)) else None for each in itertools.permutations(deliveries)}
    assert len(outcomes) == 1


@given(STANDINGS, st.integers(0, 4))
def test_what_is_settled_stays_so_whatever_becomes_of_the_pending_ones(deliveries: list[Standing], seed: int) -> None:
    before = ending_of(deliveries)
    later = [Standing(get_args(State)[seed], 9, "") if each.state == "pending" else each for each in deliveries]
    after = ending_of(later)
    assert before is None or (after is not None and after.outcome == before.outcome)


@pytest.mark.parametrize(
    ("kind", "address", "lane"),
    [
        ("mail", "vanthu@phuoclong.example.gov.vn", "mail"),
        ("webhook", "https://Hooks.example.gov.vn/dondoc?x=1", "webhook hooks.example.gov.vn:443"),
        ("webhook", "https://hooks.example.gov.vn:8443/", "webhook hooks.example.gov.vn:8443"),
        ("webhook", "http://127.0.0.1/", "webhook 127.0.0.1:80"),
    ],
)
def test_a_lane_is_a_server(kind: Kind, address: str, lane: str) -> None:
    assert lane_of(kind, address) == lane


def test_a_delivery_has_one_id_for_ever() -> None:
    assert delivery_id(NOTICE, CONTACT) == UUID("045611ea-f041-5cbe-8af4-6ff4e5e11a9d")
