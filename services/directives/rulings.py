"""What the registrar can say of a fact."""

from datetime import datetime
from typing import TypeAlias

import msgspec

from services.directives.domain import Claim, FactRefusedError
from shared.envelope import Event


class Registered(msgspec.Struct, frozen=True):
    """The fact became a version of its key."""

    event: Event
    value: bytes
    previous_hash: bytes
    hash: bytes


class Refused(msgspec.Struct, frozen=True):
    """The fact was refused; `digest` (of what it said) is there where its source and id are used up by it."""

    error: FactRefusedError
    digest: bytes | None = None


class Waits(msgspec.Struct, frozen=True):
    """The fact waits for another one of its key, at most until an instant."""

    need: Claim
    expires_at: datetime


class Expired(msgspec.Struct, frozen=True):
    """What a waiting fact needed did not come in time; it is refused."""

    error: FactRefusedError


class Duplicate(msgspec.Struct, frozen=True):
    """The same fact was judged before, at this place of the inbox."""

    partition: int
    offset: int


Verdict: TypeAlias = Registered | Refused | Waits | Expired | Duplicate
