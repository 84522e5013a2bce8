"""What a file gives: its text, or the code of why there is none."""

from typing import Final

import msgspec

MAX_TEXT: Final = 2 * 1_048_576
"""How many bytes of UTF-8 the text of a letter has at most."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The text, or the code of why there is none."""

    text: str = ""
    code: str | None = None


class NoTextError(Exception):
    """A file that gives no text; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
