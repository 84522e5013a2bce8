"""Letters over HTTP on a real database, Kafka away: the API keeps nothing; drafts are kept, for whoever may see them."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from deploy.local.infrastructure import Infrastructure
from deploy.local.requirements import root
from services.directives.intake import drafting, storage
from services.directives.intake.drafting import Author, Sent
from services.directives.intake.storage import StoredFile, name_content
from services.directives.web import part
from shared.environment import Environment
from shared.identity.principals import PersonRole
from shared.postgres import connect, create_pool
from shared.sql import Queries
from shared.web.app import build_web
from tests.support.april import COMMITTEE, HOME_AFFAIRS, hanoi
from tests.support.people import BEARER, add_person, csrf_of, door_of, sign_in
from tests.support.serving import serving
from tests.support.two_letters import PROVINCE, told

SAMPLE = (root() / "samples" / "phuoc-long-2021" / "cong-van-612.txt").read_text(encoding="utf-8")
LETTER = SAMPLE.replace("HĐND và UBND thị xã", "HĐND và UBND")
"""The sample letter, its units named as they are registered here."""
SECRET = LETTER.replace("Số:        /UBND-NC", "TỐI MẬT\nSố: 9/UBND-NC")
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
QUERIES = Queries("tests.support", "intake.sql")


NUMBERS = count(1)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def dsn(infrastructure: Infrastructure) -> str:
    infrastructure.postgres.create_database("intake_api")
    return infrastructure.postgres.dsn("intake_api")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(dsn: str) -> AsyncIterator[str]:
    environment = Environment("127.0.0.1:1", dsn, 4, "stepped", 0, "127.0.0.1", None)
    async with told(dsn), serving(build_web([part(environment)], door_of(dsn))) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def api(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, headers={**BEARER, **TEXT}, timeout=60) as client:
        yield client


@asynccontextmanager
async def person(address: str, dsn: str, role: PersonRole, unit: UUID | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Sign somebody in for the block, whose pages send the session's word."""
    name = f"{role}-{next(NUMBERS)}"
    await add_person(dsn, name, role, unit)
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        await sign_in(client, name)
        client.headers["X-CSRF-Token"] = await csrf_of(client)
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def operator(address: str, dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    async with person(address, dsn, "operator") as client:
        yield client


def letter() -> str:
    """Return the sample letter as one of its own."""
    return f"{LETTER}\nBản thứ {next(NUMBERS)}.\n"


async def rows(dsn: str) -> list[int]:
    """Return how many files and drafts there are."""
    connection = await connect(dsn, schema="intake")
    try:
        return [row["n"] for row in await connection.fetch(QUERIES["count_rows"])]
    finally:
        await connection.close()


async def taken_in(client: httpx.AsyncClient, text: str | None = None) -> str:
    """Paste a letter and return the address of its draft."""
    answer = await client.post("/intake", data={"text": text or letter()})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def version_of(client: httpx.AsyncClient, draft: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', (await client.get(draft)).text)
    assert found
    return found[1]


async def answer(client: httpx.AsyncClient, draft: str, about: str, **given: str) -> httpx.Response:
    return await client.post(f"{draft}/answers", data={"version": await version_of(client, draft), "about": f"/document/{about}", **given})


async def test_a_letter_comes_back_as_facts_with_the_units_of_the_registry_and_nothing_is_kept(api: httpx.AsyncClient, dsn: str) -> None:
    before = await rows(dsn)
    answer = await api.post("/api/intake", params={"name": "cong-van-612.txt"}, content=LETTER.encode())
    told = answer.json()
    assert (answer.status_code, set(told)) == (200, {"document", "events", "questions"})
    assert told["events"][0]["data"]["issuer"] == str(COMMITTEE)
    assert {event["data"].get("lead") for event in told["events"][1:4]} == {str(HOME_AFFAIRS)}
    assert told["document"]["name"] == "cong-van-612.txt"
    assert [question["code"] for question in told["questions"][:2]] == ["number-blank", "date-blank"]
    assert await rows(dsn) == before


@pytest.mark.parametrize(("content", "kind", "status", "code"), [
    (b"", "text/plain", 422, "no-file"),
    (b"x", "text/html", 415, "unsupported-media-type"),
    (b"MZ\x00\x01", "application/octet-stream", 422, "file-type-unknown"),
    (b"%PDF-1.7", "application/pdf", 422, "document-damaged"),
    ("Kính gửi".encode("cp1258", "replace"), "text/plain", 422, "text-encoding"),
    (SECRET.encode(), "text/plain", 422, "state-secret"),
])  # fmt: skip
async def test_what_is_no_letter_is_a_problem(api: httpx.AsyncClient, content: bytes, kind: str, status: int, code: str) -> None:
    answer = await api.post("/api/intake", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, code)


async def test_a_charset_that_is_named_is_gone_by(api: httpx.AsyncClient) -> None:
    content = "ỦY BAN NHÂN DÂN".encode("cp1258", "ignore")
    answer = await api.post("/api/intake", content=content, headers={"Content-Type": "text/plain; charset=windows-1258"})
    assert answer.status_code == 200


async def test_a_state_secret_leaves_one_line_that_says_nothing_of_it(operator: httpx.AsyncClient, dsn: str) -> None:
    before = await rows(dsn)
    answer = await operator.post("/intake", data={"text": SECRET})
    assert (answer.status_code, "đã bị xóa ngay" in answer.text, "TỐI MẬT" in answer.text) == (422, True, False)
    assert await rows(dsn) == before
    connection = await connect(dsn, schema="identity")
    lines = await connection.fetch(QUERIES["read_audit"])
    await connection.close()
    (line,) = [line for line in lines if line["action"] == "state-secret-deleted"]
    assert (line["object"], line["detail"], line["address"]) == ("intake", f'{{"size": {len(SECRET.encode())}}}', "127.0.0.1")


async def test_an_office_sees_its_own_drafts_and_publishes_what_it_issues_only(address: str, dsn: str, operator: httpx.AsyncClient) -> None:
    text = letter()
    async with person(address, dsn, "issuer_office", PROVINCE) as province:
        draft = await taken_in(province, text)
        refused = await province.post(f"{draft}/publication", data={"version": await version_of(province, draft)})
        assert (refused.status_code, "do đơn vị mình ban hành" in refused.text) == (409, True)
    async with person(address, dsn, "issuer_office", COMMITTEE) as town:
        assert (await town.get(draft)).status_code == 404
        assert draft not in (await town.get("/intake")).text
        again = await town.post("/intake", data={"text": text})
        assert (again.status_code, "đã được tiếp nhận ở nơi khác" in again.text) == (422, True)
    assert draft in (await operator.get("/intake")).text


async def test_while_kafka_is_away_what_is_published_waits_and_says_so(operator: httpx.AsyncClient) -> None:
    draft = await taken_in(operator)
    assert (await answer(operator, draft, "fields/number", value="612")).status_code == 303
    away = await operator.post(f"{draft}/publication", data={"version": await version_of(operator, draft)})
    assert (away.status_code, "Chưa gửi" in away.text, "Gửi tiếp phần chưa gửi" in away.text) == (503, True, True)
    late = await answer(operator, draft, "fields/number", value="613")
    assert late.status_code == 409


@pytest.mark.parametrize(("about", "given"), [
    ("fields/number", {"value": "không"}), ("fields/issued_on", {"value": "31/4/2021"}), ("fields/number", {}),
    ("fields/security", {"value": "x"}), ("fields/security", {}),
    ("fields/issuer", {"value": "H10"}), ("tasks/0/lead/0", {"value": "x"}), ("tasks/0/deliverable", {"value": "nothing"}),
    ("tasks/0/content", {"value": "x" * 20_001}),
])  # fmt: skip
async def test_an_answer_that_cannot_be_meant_changes_nothing(operator: httpx.AsyncClient, about: str, given: dict[str, str]) -> None:
    draft = await taken_in(operator)
    refused = await answer(operator, draft, about, **given)
    assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)
    assert await version_of(operator, draft) == "1"


async def test_an_answer_is_taken_back_and_the_question_comes_again(operator: httpx.AsyncClient) -> None:
    draft = await taken_in(operator)
    asked = (await operator.get(draft)).text.count('class="ask"')
    await answer(operator, draft, "fields/number", none="1")
    assert (await operator.get(draft)).text.count('class="ask"') == asked - 1
    await answer(operator, draft, "fields/number", reset="1")
    assert (await operator.get(draft)).text.count('class="ask"') == asked


async def test_a_mark_that_was_answered_is_taken_back(operator: httpx.AsyncClient) -> None:
    draft = await taken_in(operator)
    plain = (await operator.get(draft)).text.count("đã trả lời")
    for given, answered in (({"value": "none"}, plain + 1), ({"reset": "1"}, plain)):
        assert (await answer(operator, draft, "fields/security", **given)).status_code == 303
        assert (await operator.get(draft)).text.count("đã trả lời") == answered


async def test_a_draft_that_somebody_else_changed_is_not_overwritten(address: str, dsn: str, operator: httpx.AsyncClient) -> None:
    async with person(address, dsn, "operator") as other:
        draft = await taken_in(operator)
        seen = await version_of(other, draft)
        await answer(operator, draft, "fields/number", value="612")
        late = await other.post(f"{draft}/answers", data={"version": seen, "about": "/document/fields/number", "value": "613"})
        assert (late.status_code, "Người khác vừa sửa bản này" in late.text, "612" in late.text) == (409, True, True)


async def test_a_form_without_the_sessions_word_does_nothing(operator: httpx.AsyncClient, dsn: str) -> None:
    before = await rows(dsn)
    del operator.headers["X-CSRF-Token"]
    assert (await operator.post("/intake", data={"text": letter()})).status_code == 403
    assert await rows(dsn) == before


async def test_a_draft_outlives_the_process_that_keeps_it(dsn: str, operator: httpx.AsyncClient) -> None:
    draft = await taken_in(operator)
    await answer(operator, draft, "fields/number", value="4711")
    environment = Environment("127.0.0.1:1", dsn, 4, "stepped", 0, "127.0.0.1", None)
    async with serving(build_web([part(environment)], door_of(dsn))) as later, person(later, dsn, "operator") as other:
        page = (await other.get(draft)).text
    assert ("4711" in page, "đã trả lời" in page) == (True, True)


async def kept(dsn: str, text: str, *, facts: Sequence[Sent] = (), is_reopened: bool = False) -> str:
    """Keep a letter as rules that have changed since had it, published where it has facts; return the address of its draft."""
    content, by = text.encode(), Author("account:lan", hanoi(20))
    file = StoredFile(sha256=name_content(content), name="van-ban.txt", media_type="text/plain", content=content)
    async with await create_pool(dsn, schema="intake") as pool:
        draft, _ = await drafting.begin(pool, file, text, by)
        if facts:
            await drafting.freeze(pool, await drafting.read_draft(pool, draft, None), facts, by)
        if is_reopened:
            await drafting.reopen(pool, await drafting.read_draft(pool, draft, None), by)
    return f"/intake/{draft}"


FACTS: Sequence[Sent] = [Sent({"id": "intake/1/directive", "type": "vn.dondoc.directive-issued.v1", "subject": "1"}, None)]


async def test_looking_at_what_turns_out_to_be_secret_shows_nothing_deletes_nothing_and_offers_to_delete(
    operator: httpx.AsyncClient, dsn: str
) -> None:
    none = await rows(dsn)
    draft = await kept(dsn, f"{SECRET}\nBản thứ {next(NUMBERS)}.\n")
    before = await rows(dsn)
    seen = await operator.get(draft)
    assert (seen.status_code, "hãy xóa ngay" in seen.text, "Chỉ số" in seen.text) == (409, True, False)
    assert await rows(dsn) == before
    assert f'action="{draft}/discarding"' in seen.text
    deleted = await operator.post(f"{draft}/discarding", data={"version": "1"})
    assert (deleted.status_code, await rows(dsn)) == (303, none)


async def test_whatever_is_done_to_what_turns_out_to_be_secret_deletes_it(operator: httpx.AsyncClient, dsn: str) -> None:
    none = await rows(dsn)
    draft = await kept(dsn, f"{SECRET}\nBản thứ {next(NUMBERS)}.\n")
    done = await operator.post(f"{draft}/answers", data={"version": "1", "about": "/document/fields/number", "value": "9"})
    assert (done.status_code, "đã bị xóa ngay" in done.text) == (409, True)
    assert await rows(dsn) == none


async def test_an_open_draft_is_deleted_once_somebody_sets_a_mark(operator: httpx.AsyncClient, dsn: str) -> None:
    none = await rows(dsn)
    draft = await taken_in(operator)
    set_so = await answer(operator, draft, "fields/security", value="mat")
    assert (set_so.status_code, await rows(dsn)) == (409, none)


@pytest.mark.parametrize("is_reopened", [False, True])
async def test_a_mark_on_what_was_published_is_refused_before_anything_is_deleted(
    operator: httpx.AsyncClient, dsn: str, *, is_reopened: bool
) -> None:
    draft = await kept(dsn, letter(), facts=FACTS, is_reopened=is_reopened)
    before = await rows(dsn)
    version = str(3 if is_reopened else 2)
    refused = await operator.post(f"{draft}/answers", data={"version": version, "about": "/document/fields/security", "value": "mat"})
    assert (refused.status_code, "chưa có gì bị xóa" in refused.text) == (409, True)
    assert await rows(dsn) == before
    seen = await operator.get(draft)
    assert (seen.status_code, "chưa có gì bị xóa" in seen.text, "Chỉ số" in seen.text) == (409, True, False)


async def opened(client: httpx.AsyncClient, text: str) -> tuple[int, int]:
    """Return what the page and the API answer to who opens a letter's file."""
    name = name_content(text.encode())
    page, api = await client.get(f"/files/{name}"), await client.get(f"/api/files/{name}")
    for answer in (page, api):
        assert "Chỉ số" not in answer.text or answer.status_code == 200
        assert answer.status_code != 410 or "bí mật nhà nước" in answer.text.lower() or "state secrets" in answer.text
    return page.status_code, api.status_code


async def test_a_mark_on_what_was_published_locks_its_file_at_once(operator: httpx.AsyncClient, dsn: str) -> None:
    text = letter()
    draft = await kept(dsn, text, facts=FACTS)
    assert await opened(operator, text) == (200, 200)
    await operator.post(f"{draft}/answers", data={"version": "2", "about": "/document/fields/security", "value": "mat"})
    assert await opened(operator, text) == (410, 410)
    await operator.post(f"{draft}/answers", data={"version": "2", "about": "/document/fields/security", "value": "mat"})
    connection = await connect(dsn, schema="identity")
    lines = [line for line in await connection.fetch(QUERIES["read_audit"]) if line["action"] == "state-secret-locked"]
    await connection.close()
    assert [line["detail"] for line in lines].count(f'{{"sha256": "{name_content(text.encode())}"}}') == 1


async def test_a_file_that_was_locked_and_deleted_by_hand_is_not_taken_in_again(operator: httpx.AsyncClient, dsn: str) -> None:
    text = letter()
    draft = await kept(dsn, text, facts=FACTS)
    await operator.post(f"{draft}/answers", data={"version": "2", "about": "/document/fields/security", "value": "mat"})
    async with await create_pool(dsn, schema="intake") as pool, pool.acquire() as connection:
        await storage.forget(connection, name_content(text.encode()))
    before = await rows(dsn)
    again = await operator.post("/intake", data={"text": text})
    assert (again.status_code, "Bí mật nhà nước không được đưa vào hệ thống này" in again.text) == (422, True)
    assert await rows(dsn) == before


@pytest.mark.parametrize("facts", [(), FACTS])
async def test_a_file_that_turns_out_to_be_secret_when_it_is_asked_for_is_not_handed_over(
    operator: httpx.AsyncClient, dsn: str, facts: Sequence[Sent]
) -> None:
    text = f"{SECRET}\nBản thứ {next(NUMBERS)}.\n"
    await kept(dsn, text, facts=facts)
    assert await opened(operator, text) == (410, 410)


@pytest.mark.parametrize("facts", [(), FACTS])
async def test_what_turns_out_to_be_secret_when_somebody_looks_is_locked_by_looking(
    operator: httpx.AsyncClient, dsn: str, facts: Sequence[Sent]
) -> None:
    text = f"{SECRET}\nBản thứ {next(NUMBERS)}.\n"
    draft = await kept(dsn, text, facts=facts)
    assert (await operator.get(draft)).status_code == 409
    assert await opened(operator, text) == (410, 410)
    await operator.post(f"{draft}/discarding", data={"version": "1"})
    assert await opened(operator, text) == ((410, 410) if facts else (404, 404))


async def test_what_was_published_and_turns_out_to_be_secret_is_not_shown_and_not_deleted(operator: httpx.AsyncClient, dsn: str) -> None:
    text = f"{SECRET}\nBản thứ {next(NUMBERS)}.\n"
    draft = await kept(dsn, text, facts=FACTS)
    before = await rows(dsn)
    answers = [
        await operator.get(draft), await operator.post(f"{draft}/reopening", data={"version": "2"}),
        await operator.post(f"{draft}/discarding", data={"version": "2"}), await operator.post("/intake", data={"text": text}),
    ]  # fmt: skip
    assert [each.status_code for each in answers] == [409, 409, 409, 422]
    assert all("chưa có gì bị xóa" in each.text and "Chỉ số" not in each.text for each in answers)
    assert await rows(dsn) == before
