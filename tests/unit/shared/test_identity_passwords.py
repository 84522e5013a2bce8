"""Which passwords are accepted, how they are kept, and how names and tokens are compared."""

import unicodedata
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from shared.errors import RefusedError
from shared.identity import sessions
from shared.identity.accounts import fold, make_password
from shared.identity.passwords import hash_password, is_outdated, is_right, require_good

GOOD = "bảy con trâu gặm cỏ ven đê"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn quá 11", "password-too-short"),
        ("x" * 201, "password-too-long"),
        ("password1234", "password-common"),
        ("123456789012", "password-common"),
        ("qwertyuiop[]", "password-common"),
        ("matkhau123456", "password-common"),
        ("aaaaaaaaaaaaaaaa", "password-common"),
        ("nguyenthilan2021", "password-common"),
    ],
)
def test_what_is_short_long_or_easily_guessed_is_refused_with_its_reason(password: str, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        require_good(password, ["nguyenthilan", "Nguyễn", "Thị", "Lan"])
    assert refused.value.code == code
    assert refused.value.reason_vi


@pytest.mark.parametrize("password", [GOOD, "Tr0ng-đầm gì đẹp", make_password()], ids=["words", "vietnamese", "made"])
def test_words_that_do_not_belong_together_are_accepted(password: str) -> None:
    require_good(password, ["lan"])


async def test_a_password_is_kept_as_argon2id_and_is_the_same_however_a_keyboard_composes_its_letters() -> None:
    kept = await hash_password(unicodedata.normalize("NFD", GOOD))
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert GOOD not in kept
    assert await is_right(kept, unicodedata.normalize("NFC", GOOD))
    assert not await is_right(kept, GOOD + " ")


async def test_nobodys_password_is_never_right_not_even_the_one_that_it_is_compared_with() -> None:
    assert not await is_right(None, "a password that nobody has")
    assert not await is_right("not a hash", GOOD)


async def test_a_password_kept_under_other_parameters_is_to_be_hashed_anew() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(GOOD))
    assert not is_outdated(await hash_password(GOOD))


def test_names_are_compared_without_case_and_in_one_composition() -> None:
    assert fold("Nguyễn.An") == fold(unicodedata.normalize("NFD", " NGUYỄN.an "))
    assert fold("ỗng") != fold("ong")


def test_the_word_of_a_session_is_its_own_and_tells_nothing_of_the_token() -> None:
    assert sessions.csrf_of("a") != sessions.csrf_of("b")
    assert sessions.csrf_of("a") != sessions.hash_of("a").hex()
    assert len(sessions.hash_of("a")) == 32


def test_sessions_last_as_long_as_is_told() -> None:
    assert (timedelta(minutes=30), timedelta(hours=12)) == (sessions.IDLE, sessions.ABSOLUTE)
    assert sessions.TOKEN_BYTES * 8 >= 256
