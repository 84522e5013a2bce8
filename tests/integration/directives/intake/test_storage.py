"""Files and drafts on a real PostgreSQL: named by what they hold, never overwritten; two who answer at once are told so."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.directives.intake import drafting, storage
from services.directives.intake.drafting import Author, ChangedMeanwhileError, Draft, Sent, begin, read_draft
from services.directives.intake.storage import StoredFile, name_content
from shared.errors import FatalError, NotFoundError, RefusedError
from shared.postgres import Pool
from shared.sql import Queries

AT = datetime(2021, 4, 5, 2, tzinfo=UTC)
LAN = Author("account:lan", AT, address="10.0.0.7")
MINH = Author("account:minh", datetime(2021, 4, 5, 3, tzinfo=UTC))
UNIT, OTHER = UUID(int=21), UUID(int=22)
LETTER = "Phước Long, ngày 05 tháng 4 năm 2021".encode()
QUERIES = Queries("tests.support", "intake.sql")


def letter(content: bytes = LETTER, name: str = "cong-van.txt") -> StoredFile:
    return StoredFile(sha256=name_content(content), name=name, media_type="text/plain", content=content)


async def begun(pool: Pool, by: Author = LAN, file: StoredFile | None = None) -> Draft:
    draft, _ = await begin(pool, file or letter(), LETTER.decode(), by)
    return await read_draft(pool, draft, None)


async def actions(pool: Pool) -> list[str]:
    return [row["action"] for row in await pool.fetch(QUERIES["read_audit"])]


async def test_a_file_is_read_as_it_was_stored_and_a_second_name_changes_nothing(cabinet_pool: Pool) -> None:
    await storage.store(cabinet_pool, letter(), at=AT, by="account:lan")
    await storage.store(cabinet_pool, letter(name="khac.txt"), at=AT, by="account:minh")
    assert await storage.read(cabinet_pool, letter().sha256) == letter()
    with pytest.raises(NotFoundError):
        await storage.read(cabinet_pool, "0" * 64)


async def test_the_database_holds_a_file_to_its_name_and_lets_nobody_change_it(cabinet_pool: Pool) -> None:
    await storage.store(cabinet_pool, letter(), at=AT, by="account:lan")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await cabinet_pool.execute(QUERIES["spoil_file"])
    wrong = StoredFile(sha256="0" * 64, name="x", media_type="text/plain", content=LETTER)
    with pytest.raises(asyncpg.CheckViolationError):
        await storage.store(cabinet_pool, wrong, at=AT, by="account:lan")


async def test_a_file_that_holds_something_else_than_its_name_says_is_never_handed_over(cabinet_pool: Pool) -> None:
    await storage.store(cabinet_pool, letter(), at=AT, by="account:lan")
    await cabinet_pool.execute(QUERIES["take_guards_off"])
    await cabinet_pool.execute(QUERIES["spoil_file"])
    with pytest.raises(FatalError):
        await storage.read(cabinet_pool, letter().sha256)


async def test_a_letter_that_comes_twice_has_one_draft_whoever_brings_it(cabinet_pool: Pool) -> None:
    both = await asyncio.gather(*(begin(cabinet_pool, letter(), "text", by) for by in (LAN, MINH)))
    assert {draft for draft, _ in both} == {both[0][0]}
    assert sorted(is_new for _, is_new in both) == [False, True]
    assert await actions(cabinet_pool) == ["letter-taken-in"]


async def test_a_draft_of_another_office_is_neither_given_nor_shown(cabinet_pool: Pool) -> None:
    draft = await begun(cabinet_pool, replace(LAN, unit=UNIT))
    with pytest.raises(RefusedError, match="taken-in-already"):
        await begin(cabinet_pool, letter(), "text", replace(MINH, unit=OTHER))
    with pytest.raises(NotFoundError):
        await read_draft(cabinet_pool, draft.id, OTHER)
    assert (await read_draft(cabinet_pool, draft.id, UNIT)).unit == UNIT
    assert [len((await drafting.list_drafts(cabinet_pool, unit, None, 10))[0]) for unit in (None, UNIT, OTHER)] == [1, 1, 0]
    assert [await drafting.has_draft(cabinet_pool, letter().sha256, unit) for unit in (None, UNIT, OTHER)] == [True, True, False]


async def test_of_two_answers_to_one_version_the_second_is_told_so_and_loses_nothing(cabinet_pool: Pool) -> None:
    draft = await begun(cabinet_pool)
    await drafting.answer(cabinet_pool, draft, {"/number": 612}, LAN)
    with pytest.raises(ChangedMeanwhileError):
        await drafting.answer(cabinet_pool, draft, {"/number": 613}, MINH)
    now = await read_draft(cabinet_pool, draft.id, None)
    assert (now.answers, now.version, now.changed_by) == ({"/number": 612}, 2, "account:lan")


async def test_a_draft_is_published_once_and_opened_again_for_another_round(cabinet_pool: Pool) -> None:
    draft = await begun(cabinet_pool)
    await drafting.freeze(cabinet_pool, draft, [Sent({"id": "intake/1/directive"})], LAN)
    with pytest.raises(ChangedMeanwhileError):
        await drafting.freeze(cabinet_pool, draft, [], MINH)
    with pytest.raises(ChangedMeanwhileError):
        await drafting.answer(cabinet_pool, await read_draft(cabinet_pool, draft.id, None), {}, MINH)
    published = await read_draft(cabinet_pool, draft.id, None)
    await drafting.note_receipts(cabinet_pool, published, [Sent({"id": "intake/1/directive"}, "0-3")], LAN)
    published = await read_draft(cabinet_pool, draft.id, None)
    assert (published.state, published.facts) == ("published", [Sent({"id": "intake/1/directive"}, "0-3")])
    await drafting.reopen(cabinet_pool, published, MINH)
    again = await read_draft(cabinet_pool, draft.id, None)
    assert (again.state, again.round, again.facts) == ("open", 2, published.facts)
    assert await actions(cabinet_pool) == ["letter-taken-in", "letter-published", "letter-sent", "letter-reopened"]


async def test_a_discarded_draft_makes_room_for_another_one_of_the_same_letter(cabinet_pool: Pool) -> None:
    draft = await begun(cabinet_pool)
    await drafting.discard(cabinet_pool, draft, LAN)
    again, is_new = await begin(cabinet_pool, letter(), "text", LAN)
    assert (is_new, again != draft.id) == (True, True)
    heads, more = await drafting.list_drafts(cabinet_pool, None, None, 10)
    assert ([head.id for head in heads], more) == ([again], False)


async def test_drafts_are_listed_page_by_page_those_changed_last_first(cabinet_pool: Pool) -> None:
    made = [await begun(cabinet_pool, replace(LAN, at=AT.replace(minute=n)), letter(b"letter %d" % n)) for n in range(3)]
    first, more = await drafting.list_drafts(cabinet_pool, None, None, 2)
    assert ([head.id for head in first], more) == ([made[2].id, made[1].id], True)
    rest, more = await drafting.list_drafts(cabinet_pool, None, (first[-1].changed_at, first[-1].id), 2)
    assert ([head.id for head in rest], more) == ([made[0].id], False)


async def test_what_is_forgotten_leaves_neither_file_nor_text_nor_answers(cabinet_pool: Pool) -> None:
    draft = await begun(cabinet_pool)
    await drafting.answer(cabinet_pool, draft, {"/subject": "x"}, LAN)
    async with cabinet_pool.acquire() as connection, connection.transaction():
        await storage.forget(connection, draft.sha256)
    assert [row["n"] for row in await cabinet_pool.fetch(QUERIES["count_rows"])] == [0, 0]


async def test_while_it_is_looked_at_whether_a_file_was_published_nobody_publishes_it(cabinet_pool: Pool) -> None:
    draft = await begun(cabinet_pool)
    async with cabinet_pool.acquire() as connection, connection.transaction():
        assert not await storage.is_published(connection, draft.sha256)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await cabinet_pool.fetch(QUERIES["take_drafts"])
    await drafting.freeze(cabinet_pool, draft, [Sent({"id": "intake/1/directive"})], LAN)
    async with cabinet_pool.acquire() as connection, connection.transaction():
        assert await storage.is_published(connection, draft.sha256)
        assert not await storage.is_published(connection, "0" * 64)


async def test_the_audit_log_names_who_from_where_and_which_letter(cabinet_pool: Pool) -> None:
    draft = await begun(cabinet_pool)
    (line,) = await cabinet_pool.fetch(QUERIES["read_audit"])
    assert (line["actor"], line["object"], line["address"]) == ("account:lan", f"intake:{draft.id}", "10.0.0.7")
    assert json.loads(line["detail"]) == {"sha256": letter().sha256, "name": "cong-van.txt", "size": len(LETTER)}
