"""Passwords: what is accepted, and how they are kept (Argon2id, with the parameters that OWASP's password storage page gives)."""

import asyncio
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from shared.errors import RefusedError

MIN_LENGTH = 12
MAX_LENGTH = 200
LOOKED_AT = 72
"""How many characters the check of common passwords looks at; longer ones cost it too much."""
MIN_GUESSES = 10**8
"""Fewer guesses than these find a password that is a common one, a name, a date or a row of keys with little added."""
LOCAL_WORDS = ("matkhau", "mậtkhẩu", "dondoc", "đônđốc", "vietnam", "việtnam", "hanoi", "uybannhandan", "ubnd", "quantri", "administrator")

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_at_work = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
"""19 MiB each: many sign-ins at once must not take the machine's memory or all of its cores."""


def normal(password: str) -> str:
    """Return a password as it is hashed: NFC, since keyboards compose Vietnamese letters in two ways."""
    return unicodedata.normalize("NFC", password)


def require_good(password: str, words: Sequence[str] = ()) -> None:
    """Raise RefusedError where a password is too short, too long or easily guessed; `words` are the person's own names."""
    text = normal(password)
    if len(text) < MIN_LENGTH:
        raise RefusedError(
            "password-too-short", f"a password has at least {MIN_LENGTH} characters", f"Mật khẩu phải có ít nhất {MIN_LENGTH} ký tự."
        )
    if len(text) > MAX_LENGTH:
        raise RefusedError(
            "password-too-long", f"a password has at most {MAX_LENGTH} characters", f"Mật khẩu có nhiều nhất {MAX_LENGTH} ký tự."
        )
    if zxcvbn(text[:LOOKED_AT], user_inputs=[*LOCAL_WORDS, *words])["guesses"] < MIN_GUESSES:
        raise RefusedError(
            "password-common",
            "this password is a common one or easily guessed; several words that don't belong together make a better one",
            "Mật khẩu này quá phổ biến hoặc dễ đoán; hãy dùng nhiều từ không liên quan đến nhau.",
        )


async def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_at_work, _hasher.hash, normal(password))


async def is_right(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that was kept; takes as long where there is none, so that nobody learns which names exist."""
    return await asyncio.get_running_loop().run_in_executor(_at_work, _verify, kept, normal(password)[: MAX_LENGTH + 1])


def is_outdated(kept: str) -> bool:
    """Tell whether a password should be hashed anew, since the parameters have changed."""
    return _hasher.check_needs_rehash(kept)


def _verify(kept: str | None, password: str) -> bool:
    try:
        return _hasher.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("a password that nobody has")
