"""Stored files, for whoever sees something that names them, and for nobody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from msgspec.structs import replace

from services.directives.intake.drafting import Author, begin
from services.directives.intake.storage import StoredFile, lock, name_content, store
from services.directives.web import part
from services.setup_command import migrate_all
from shared.clock import step_clock
from shared.contracts.types import File
from shared.environment import Environment
from shared.identity.principals import PersonRole
from shared.postgres import Pool, connect, create_pool
from shared.web.app import build_web
from tests.support.april import (
    COMMITTEE,
    CONFERENCE,
    DIRECTIVE,
    HOME_AFFAIRS,
    ISSUED,
    OFFICE,
    PLAN,
    REPORT,
    TASKS,
    Journal,
    draft,
    hanoi,
    held,
    named,
    report,
    scheduled,
)
from tests.support.people import BEARER, add_person, door_of, sign_in
from tests.support.read_model import apply
from tests.support.serving import serving

STRANGER = named("stranger")
AT = datetime(2021, 4, 5, tzinfo=UTC)


def letter(content: bytes, name: str = "Công văn số 412.pdf", media_type: str = "application/pdf") -> StoredFile:
    return StoredFile(sha256=name_content(content), name=name, media_type=media_type, content=content)


def file_of(stored: StoredFile) -> File:
    return File(sha256=stored.sha256, name=stored.name, media_type=stored.media_type, size=len(stored.content))


DIRECTIVE_FILE, PLAN_FILE, REPORT_FILE, MINUTES, NOBODYS, DRAFTED = (letter(b"%%PDF-1.7 %d" % n) for n in range(6))
ALL = (DIRECTIVE_FILE, PLAN_FILE, REPORT_FILE, MINUTES, NOBODYS)
ABSENT = letter(b"named by the plan, but held elsewhere")


def played() -> Journal:
    """Return April's story, its papers with files."""
    journal = Journal()
    journal.open_office(hanoi(1))
    journal.register(DIRECTIVE, replace(ISSUED, file=file_of(DIRECTIVE_FILE)), hanoi(5))
    for task, data in TASKS.items():
        journal.register(task, data, hanoi(5))
    journal.register(PLAN, replace(draft(), file=file_of(PLAN_FILE)), hanoi(28))
    journal.register(CONFERENCE, scheduled(), hanoi(28))
    journal.register(REPORT, replace(report(), file=file_of(REPORT_FILE)), hanoi(28))
    journal.register(CONFERENCE, replace(held(), minutes=file_of(MINUTES)), hanoi(28))
    journal.register(named("later plan"), replace(draft(), file=file_of(ABSENT)), hanoi(28))
    return journal


@pytest.fixture
async def cabinet(database: str) -> AsyncIterator[Pool]:
    await migrate_all(database)
    connection = await connect(database, schema="public")
    await step_clock(connection, hanoi(29))
    await connection.close()
    read_model = await create_pool(database, schema="directives")
    await apply(read_model, played())
    await read_model.close()
    pool = await create_pool(database, schema="intake")
    for each in ALL:
        await store(pool, each, at=AT, by="account:lan")
    await begin(pool, DRAFTED, "text", Author("account:lan", AT, unit=COMMITTEE))
    yield pool
    await pool.close()


@pytest.fixture
async def address(cabinet: Pool, database: str) -> AsyncIterator[str]:  # noqa: ARG001  plays the story first
    environment = Environment("127.0.0.1:1", database, 4, "stepped", 0, "127.0.0.1", None)
    async with serving(build_web([part(environment)], door_of(database))) as address:
        yield address


async def opened(address: str, database: str, role: PersonRole, unit: UUID | None) -> list[StoredFile]:
    """Return the files that somebody opens, at the page and over the API alike."""
    await add_person(database, "somebody", role, unit)
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        await sign_in(client, "somebody")
        told = {each.sha256: await statuses(client, each) for each in (*ALL, DRAFTED)}
    assert all(told[each.sha256] in ((200, 200), (404, 404)) for each in (*ALL, DRAFTED))
    return [each for each in (*ALL, DRAFTED) if told[each.sha256] == (200, 200)]


async def statuses(client: httpx.AsyncClient, file: StoredFile) -> tuple[int, int]:
    page, api = [await client.get(f"{path}/files/{file.sha256}") for path in ("", "/api")]
    return page.status_code, api.status_code


@pytest.mark.parametrize(("role", "unit", "seen"), [
    ("unit", HOME_AFFAIRS, [DIRECTIVE_FILE, PLAN_FILE, REPORT_FILE, MINUTES]),
    ("unit", OFFICE, [DIRECTIVE_FILE, PLAN_FILE, MINUTES]),
    ("unit", STRANGER, []),
    ("issuer_office", COMMITTEE, [DIRECTIVE_FILE, PLAN_FILE, REPORT_FILE, MINUTES, DRAFTED]),
    ("issuer_office", STRANGER, []),
    ("auditor", None, [DIRECTIVE_FILE, PLAN_FILE, REPORT_FILE, MINUTES]),
    ("operator", None, [DIRECTIVE_FILE, PLAN_FILE, REPORT_FILE, MINUTES, DRAFTED]),
])  # fmt: skip
async def test_a_file_opens_for_whoever_sees_what_names_it(
    address: str, database: str, role: PersonRole, unit: UUID | None, seen: list[StoredFile]
) -> None:
    found = await opened(address, database, role, unit)
    assert [each.content for each in found] == [each.content for each in seen]


@pytest.mark.parametrize(("unit", "status"), [(HOME_AFFAIRS, 410), (STRANGER, 404)])
async def test_a_locked_file_opens_for_nobody_and_only_who_would_see_it_is_told_why(
    address: str, cabinet: Pool, database: str, unit: UUID, status: int
) -> None:
    assert await lock(cabinet, DIRECTIVE_FILE.sha256, at=AT, by="account:lan")
    await add_person(database, "somebody", "unit", unit)
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        await sign_in(client, "somebody")
        page, api = [await client.get(f"{path}/files/{DIRECTIVE_FILE.sha256}") for path in ("", "/api")]
    assert (page.status_code, api.status_code) == (status, status)
    assert DIRECTIVE_FILE.content not in (page.content, api.content)
    assert ("bị khóa" in page.text, "state-secret" in api.text) == (status == 410, status == 410)


async def test_a_file_is_handed_over_to_be_saved_and_never_shown_in_place(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, headers=BEARER, timeout=30) as client:
        answer = await client.get(f"/files/{DIRECTIVE_FILE.sha256}")
    assert answer.content == DIRECTIVE_FILE.content
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"C_ng v_n s_ 412.pdf\"; filename*=UTF-8''C%C3%B4ng%20v%C4%83n%20s%E1%BB%91%20412.pdf"
    )
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", [ABSENT.sha256, "0" * 64, "nothing", "A" * 64])
async def test_a_file_that_is_not_here_is_said_not_to_be(address: str, name: str) -> None:
    async with httpx.AsyncClient(base_url=address, headers=BEARER, timeout=30) as client:
        page, api = await client.get(f"/files/{name}"), await client.get(f"/api/files/{name}")
    assert (page.status_code, api.status_code) == (404, 404 if (len(name) == 64 and name.islower()) or name.isdigit() else 422)
    assert api.headers["content-type"] == "application/problem+json"
