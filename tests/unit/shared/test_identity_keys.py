"""API keys and limits without a database: the form of a key, the buckets and the quota."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.keys import ALPHABET, CHECK_LENGTH, PATTERN, SECRET_LENGTH, check_of, hash_of, id_of, is_well_formed, make_key
from shared.identity.limits import Addresses, Bucket, Limit, Meter

NOON = datetime(2021, 4, 12, 5, 0, tzinfo=UTC)
"""12:00 of 12/4/2021 in Vietnam."""


def test_a_key_has_the_form_that_scanners_look_for_and_at_least_128_bits_of_secret() -> None:
    key = make_key()
    assert PATTERN.fullmatch(key)
    assert len(ALPHABET) ** SECRET_LENGTH >= 2**128
    assert key[3:11] == id_of(key)


def test_no_two_keys_are_the_same() -> None:
    assert len({make_key() for _ in range(1_000)}) == 1_000


def test_the_check_is_the_same_for_ever() -> None:
    assert check_of("dd_00000000_000000000000000000000000") == "3yQfMK"


@given(st.integers(0, 40), st.sampled_from(ALPHABET))
def test_a_mistyped_letter_is_told_by_the_check(place: int, letter: str) -> None:
    key = "dd_0Aa1Bb2C_" + "x" * SECRET_LENGTH
    key += check_of(key)
    mistyped = key[:place] + letter + key[place + 1 :]
    assert is_well_formed(mistyped) == (mistyped == key)


@given(st.integers(0, 40))
def test_two_swapped_letters_are_told_by_the_check(place: int) -> None:
    key = "dd_0Aa1Bb2C_0123456789ABCDEFGHIJKLMN"
    key += check_of(key)
    swapped = key[:place] + key[place + 1 : place + 2] + key[place : place + 1] + key[place + 2 :]
    assert is_well_formed(swapped) == (swapped == key)


@pytest.mark.parametrize(
    "text",
    ["", "dd_", "dd_" + "0" * 39, make_key() + "0", make_key()[:-1], " " + make_key(), make_key() + "\n", "ủ"],
    ids=["nothing", "short", "zeros", "longer", "shorter", "space-before", "line-after", "not-ascii"],
)
def test_what_is_no_key_is_told(text: str) -> None:
    assert not is_well_formed(text)


def test_the_hash_says_nothing_of_the_key() -> None:
    key = make_key()
    assert len(hash_of(key)) == 32
    assert key[-CHECK_LENGTH:].encode() not in hash_of(key)


def test_a_bucket_gives_a_burst_and_then_its_rate() -> None:
    bucket = Bucket(10, 0.0)
    assert [bucket.take(5, 2, 10, 0.0) for _ in range(3)] == [0.0, 0.0, 2.5]
    assert bucket.take(5, 2, 10, 2.5) == 0.0


def test_more_than_a_burst_waits_for_a_full_bucket_and_leaves_a_debt() -> None:
    bucket = Bucket(10, 0.0)
    assert bucket.take(30, 10, 10, 0.0) == 0.0
    assert bucket.take(1, 10, 10, 1.0) == pytest.approx(1.1)
    assert bucket.take(30, 10, 10, 3.0) == 0.0


def test_a_publisher_is_held_to_its_own_limit_and_the_others_to_the_default() -> None:
    meter = Meter(Limit(events_per_second=1, burst=2))
    meter.set_limits({"so-noi-vu": Limit(burst=3)})
    answers = {name: [meter.count(name, 1, moment=0.0, now=NOON) for _ in range(4)] for name in ("so-noi-vu", "so-y-te")}
    assert {name: [each is None for each in told] for name, told in answers.items()} == {
        "so-noi-vu": [True, True, True, False],
        "so-y-te": [True, True, False, False],
    }


def test_a_quota_ends_at_midnight_in_vietnam() -> None:
    meter = Meter(Limit(events_per_day=10))
    assert meter.count("so-y-te", 10, moment=0.0, now=NOON) is None
    excess = meter.count("so-y-te", 1, moment=0.0, now=NOON)
    assert excess is not None
    assert (excess.code, excess.seconds) == ("quota-used-up", 12 * 3600)
    assert meter.count("so-y-te", 10, moment=0.0, now=datetime(2021, 4, 12, 17, 0, tzinfo=UTC)) is None


def test_a_quota_counts_what_all_gateways_have_taken() -> None:
    meter = Meter(Limit(events_per_day=10))
    assert meter.count("so-y-te", 4, moment=0.0, now=NOON) is None
    assert meter.drain() == (datetime(2021, 4, 12, tzinfo=UTC).date(), ["so-y-te"], [4])
    meter.hear(NOON.date(), {"so-y-te": 9})
    assert meter.count("so-y-te", 2, moment=0.0, now=NOON) is not None
    assert meter.count("so-y-te", 1, moment=0.0, now=NOON) is None


def test_usage_that_could_not_be_told_is_told_again() -> None:
    meter = Meter()
    meter.count("so-y-te", 4, moment=0.0, now=NOON)
    meter.put_back(*meter.drain())
    assert meter.drain()[1:] == (["so-y-te"], [4])


def test_failures_are_counted_by_address_and_forgiven_with_time() -> None:
    addresses = Addresses(rate=1.0, burst=3)
    assert [addresses.fail("10.0.0.1", 0.0) for _ in range(4)] == [0, 0, 0, 1]
    assert addresses.fail("10.0.0.2", 0.0) == 0
    assert addresses.fail("10.0.0.1", 1.0) == 0


def test_of_too_many_addresses_the_oldest_is_forgotten() -> None:
    addresses = Addresses(rate=1.0, burst=1)
    addresses.fail("first", 0.0)
    for number in range(Addresses.MOST):
        addresses.fail(str(number), 0.0)
    assert addresses.fail("first", 0.0) == 0
    assert addresses.fail(str(Addresses.MOST - 1), 0.0) == 1
