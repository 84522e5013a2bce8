"""Drafts: what is read in a letter, and what people have answered; two who answer at once are told so, and nothing is overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.directives.intake.storage import QUERIES, StoredFile, store
from shared.errors import NotFoundError, RefusedError
from shared.identity.audit import record
from shared.postgres import Connection, Pool

Json = dict[str, Any]


class Sent(msgspec.Struct, frozen=True):
    """A fact as it is sent (the event's JSON), and its receipt once it is."""

    event: Json
    receipt: str | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it stands; `unit` is that of the issuer's office which took the letter in, None for those who see all.

    `is_locked` says that its letter turned out to be a state secret.
    """

    id: UUID
    sha256: str
    name: str
    media_type: str
    size: int
    text: str
    answers: Json
    version: int
    state: str
    round: int
    facts: list[Sent]
    unit: UUID | None
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str
    is_locked: bool = False


class DraftHead(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in a list."""

    id: UUID
    name: str
    media_type: str
    version: int
    state: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Author:
    """Who does something, as the audit log names it, when and from where; `unit` limits what they see."""

    actor: str
    at: datetime
    unit: UUID | None = None
    address: str | None = None


class ChangedMeanwhileError(RefusedError):
    """Somebody else changed the draft since it was shown."""

    def __init__(self) -> None:
        super().__init__(
            "changed-meanwhile", "somebody else changed this draft; look at it again",
            "Người khác vừa sửa bản này. Trang đã hiện bản mới nhất; hãy xem lại rồi gửi lần nữa.",
        )  # fmt: skip


async def begin(pool: Pool, file: StoredFile, text: str, by: Author) -> tuple[UUID, bool]:
    """Store a letter and begin its draft, or find the one that it has; return its id and whether it is new.

    Raises RefusedError where the letter's draft is another office's.
    """
    name = bytes.fromhex(file.sha256)
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        await store(connection, file, at=by.at, by=by.actor)
        made = await connection.fetchval(QUERIES["add_draft"], name, file.name, file.media_type, text, by.unit, by.at, by.actor)
        if made is not None:
            await _note(connection, "letter-taken-in", made, by, {"sha256": file.sha256, "name": file.name, "size": len(file.content)})
            return made, True
        found = await connection.fetchrow(QUERIES["find_draft_of_file"], name)
        if found is None or (by.unit is not None and found["unit"] != by.unit):
            raise RefusedError("taken-in-already", "this letter is being read already", "Văn bản này đã được tiếp nhận ở nơi khác.")
        return found["id"], False


async def read_draft(pool: Pool | Connection, draft: UUID, unit: UUID | None) -> Draft:
    """Return a draft, or raise NotFoundError where there is none in sight."""
    row = await pool.fetchrow(QUERIES["read_draft"], draft, unit)
    if row is None:
        raise NotFoundError("draft", str(draft))
    answers, facts = msgspec.json.decode(row["answers"]), msgspec.json.decode(row["facts"], type=list[Sent])
    return Draft(**{**row, "answers": answers, "facts": facts, "sha256": row["sha256"].hex()})


async def has_draft(pool: Pool, sha256: str, unit: UUID | None) -> bool:
    """Tell whether a file is of a draft in sight."""
    return bool(await pool.fetchval(QUERIES["has_draft"], bytes.fromhex(sha256), unit))


async def list_texts(pool: Pool, sha256: str) -> list[str]:
    """Return what was read out of a file that drafts were begun of."""
    return [row["text"] for row in await pool.fetch(QUERIES["list_texts"], bytes.fromhex(sha256))]


async def list_drafts(
    pool: Pool, unit: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[DraftHead], bool]:  # fmt: skip
    """Return drafts that were not discarded, those changed last first, and whether there are more."""
    at, last = after or (None, None)
    rows = await pool.fetch(QUERIES["list_drafts"], unit, at, last, limit + 1)
    return [DraftHead(**row) for row in rows[:limit]], len(rows) > limit


async def answer(pool: Pool, draft: Draft, answers: Mapping[str, Any], by: Author) -> None:
    """Replace a draft's answers; raises ChangedMeanwhileError."""
    await _change(pool, "answer_draft", draft, by, _text(answers))


async def freeze(pool: Pool, draft: Draft, facts: Sequence[Sent], by: Author) -> None:
    """Say what is published of a draft, before it is sent; raises ChangedMeanwhileError."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        await _change(connection, "publish_draft", draft, by, _text(facts))
        await _note(connection, "letter-published", draft.id, by, {"facts": [fact.event["id"] for fact in facts], "sha256": draft.sha256})


async def note_receipts(pool: Pool, draft: Draft, facts: Sequence[Sent], by: Author) -> None:
    """Keep the receipts of a published draft's facts, in the audit log too."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        await connection.execute(QUERIES["note_receipts"], draft.id, draft.round, _text(facts))
        await _note(connection, "letter-sent", draft.id, by, {"receipts": {fact.event["id"]: fact.receipt for fact in facts}})


async def reopen(pool: Pool, draft: Draft, by: Author) -> None:
    """Open a published draft again, so that what was refused can be put right; raises ChangedMeanwhileError."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        await _change(connection, "reopen_draft", draft, by)
        await _note(connection, "letter-reopened", draft.id, by, {"round": draft.round + 1})


async def discard(pool: Pool, draft: Draft, by: Author) -> None:
    """Discard an open draft; raises ChangedMeanwhileError."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        await _change(connection, "discard_draft", draft, by)
        await _note(connection, "letter-discarded", draft.id, by, {"sha256": draft.sha256})


async def _change(connection: Pool | Connection, query: str, draft: Draft, by: Author, *given: str) -> None:
    if await connection.fetchval(QUERIES[query], draft.id, draft.version, *given, by.at, by.actor) is None:
        raise ChangedMeanwhileError


async def _note(connection: Connection, action: str, draft: UUID, by: Author, detail: Mapping[str, Any]) -> None:
    await record(connection, actor=by.actor, action=action, object=f"intake:{draft}", detail=detail, address=by.address)


def as_bytes(value: object) -> bytes:
    """Return something as JSON."""
    return msgspec.json.encode(value)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
