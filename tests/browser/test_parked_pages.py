"""Operators before what did not go through: parked records of every service, refused facts with what they say, facts that wait."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import msgspec
import pytest
import pytest_asyncio
from fastapi import APIRouter
from playwright.async_api import Browser, expect

from deploy.local.infrastructure import Infrastructure
from services.deadlines.web import part as deadlines
from services.directives.api import Reader
from services.directives.parked_pages import Desk, build_parked_pages
from services.directives.parking import lots_of
from services.directives.receipts import Receipts
from services.directives.waiting import Limits
from services.notifications.web import part as notifications
from services.setup_command import migrate_all
from shared.broker import new_producer
from shared.clock import QUERIES as CLOCK
from shared.clock import clock_of
from shared.contracts.registry import UnitSucceeded
from shared.envelope import Event
from shared.environment import Environment
from shared.identity.audit import Question, read
from shared.identity.queries import SCHEMA as IDENTITY
from shared.postgres import LatePool, Pool, connect, create_pool
from shared.streaming.causes import cause_of
from shared.streaming.parked import list_parked
from shared.topics import Topic, create_topics
from shared.web.app import WebPart, build_web
from shared.web.parked_pages import bears_secret, build_parked
from tests.support import facts
from tests.support.april import ISSUED, Journal, hanoi
from tests.support.axe import check_page
from tests.support.browsing import LARGEST_PAGE, NARROW, Scheme, Visit, opened_browser, visiting
from tests.support.facts import COMMITTEE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, event
from tests.support.parking import park
from tests.support.people import add_person, door_of
from tests.support.read_model import apply
from tests.support.records import FakeRecord
from tests.support.registry import PARTITIONS, open_office
from tests.support.registry import Office as Registry
from tests.support.serving import serving
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

INBOX = "calendar.parked.inbox"
FACTS = "directives.events.v1"
KEY = str(COMMITTEE).encode()
UNITS = [
    event(facts.unit(code=code), id=f"unit {code}", subject=unit, key=unit)
    for unit, code in ((COMMITTEE, "H10"), (HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2"))
]
SECRET = msgspec.structs.replace(facts.directive(key="mat"), security="mat", subject="Phương án bảo vệ mục tiêu")


@asynccontextmanager
async def create_pool_of(dsn: str, schema: str) -> AsyncIterator[Pool]:
    """Keep a small pool on a schema open for the block."""
    pool = await create_pool(dsn, schema=schema, size=1)
    yield pool
    await pool.close()


@dataclass
class House:
    """The pages, the tables of all services, and an inbox in Kafka that the registrar has judged."""

    address: str
    dsn: str
    read_model: Pool
    receipts: dict[str, str]
    registry: Registry
    bootstrap: str

    async def park(self, schema: str, record: FakeRecord, reason: str, *, is_follower: bool = False) -> None:
        """Park a record as a worker does."""
        await park(self.dsn, schema, record, reason, is_follower=is_follower)

    async def judge(self, made: Event) -> str:
        """Let the registrar judge one more fact; return its receipt."""
        record = self.registry.place(made)
        await put(self.bootstrap, [record])
        await self.registry.judge(record)
        await self.registry.send()
        return f"{record.partition}-{record.offset}"

    async def audited(self, action: str) -> list[tuple[str, str, dict[str, str]]]:
        """Return (actor, object, detail) of an action's lines in the audit log."""
        async with create_pool_of(self.dsn, IDENTITY) as pool:
            entries, _ = await read(pool, Question(action=action))
        return [(entry.actor, entry.object, entry.detail) for entry in entries]


async def put(bootstrap: str, records: Sequence[FakeRecord]) -> None:
    """Put records into the inbox in Kafka."""
    producer = new_producer(bootstrap)
    await producer.start()
    for record in records:
        sent = await producer.send_and_wait(INBOX, record.value, key=record.key, partition=record.partition)
        assert sent.offset == record.offset
    await producer.stop()


async def judge(registry: Registry, bootstrap: str) -> dict[str, str]:
    """Put facts into the inbox in Kafka and let the registrar judge them; return their receipts by name."""
    placed = {
        **{each.id: registry.place(each) for each in UNITS},
        "issued": registry.place(event(facts.directive(), id="issued", subject=DIRECTIVE)),
        "nobody": registry.place(event(facts.task(lead=facts.named("nobody")), id="nobody", subject=facts.named("task of nobody"))),
        "secret": registry.place(event(SECRET, id="secret", subject=facts.directive_id("mat"), key=facts.directive_id("mat"))),
        "early": registry.place(event(facts.plan(of=facts.named("later")), id="early", subject=PLAN)),
        "garbage": registry.place_bytes(b"x", b'{"data": "\xc4\x90\xc6\xa1n th\xc6\xb0 <b>', 0),
    }
    await put(bootstrap, list(placed.values()))
    for record in placed.values():
        await registry.judge(record)
    await registry.send()
    return {name: f"{record.partition}-{record.offset}" for name, record in placed.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(infrastructure: Infrastructure) -> AsyncIterator[House]:
    infrastructure.postgres.create_database("parked_pages")
    dsn, bootstrap = infrastructure.postgres.dsn("parked_pages"), infrastructure.kafka.bootstrap
    await migrate_all(dsn)
    await add_person(dsn, "lan", "operator")
    await add_person(dsn, "thu", "auditor")
    create_topics(bootstrap, PARTITIONS, 1, [Topic(INBOX, owner="tests", key="", holds="", config={})])
    environment = Environment(bootstrap, dsn, PARTITIONS, "stepped", 0, "127.0.0.1", None)
    receipts, forwarder = Receipts(dsn, bootstrap, INBOX), LatePool(dsn, schema="forwarder")
    async with AsyncExitStack() as stack:
        connection = await connect(dsn, schema="public")
        await connection.execute(CLOCK["step_clock"], datetime(2021, 4, 10, 3, tzinfo=UTC))
        await connection.close()
        registry = await stack.enter_async_context(open_office(dsn))
        judged = await judge(registry, bootstrap)
        read_model = await create_pool(dsn, schema="directives")
        await apply(read_model, known_units())
        stack.push_async_callback(read_model.close)
        stack.push_async_callback(forwarder.aclose)
        router = APIRouter()
        reader = Reader(read_model, clock_of(environment, read_model))
        router.include_router(build_parked_pages(Desk(receipts, PARTITIONS, lambda: reader)))
        for lot in lots_of(environment, Limits(), lambda: receipts.pool, lambda: read_model, forwarder):
            router.include_router(build_parked(lot))
        own = WebPart("directives", router, receipts.opened, lambda: read_model)
        address = await stack.enter_async_context(
            serving(build_web([own, deadlines(environment), notifications(environment)], door_of(dsn)))
        )
        await eventually(lambda: is_open(receipts))
        house = House(address, dsn, read_model, judged, registry, bootstrap)
        await house.park("directives", bad(700), "InvalidMessageError: not a fact")
        await house.park("directives", bad(701), "waits behind an earlier parked record of its key", is_follower=True)
        await house.park("notifications", bad(9, "deadlines.events.v1"), "no deadline")
        yield house
    infrastructure.postgres.drop_database("parked_pages")


def known_units() -> Journal:
    """Return the units as the read model knows them."""
    journal = Journal()
    for unit, code, name in ((HOME_AFFAIRS, "H10.1", "Phòng Nội vụ"), (OFFICE, "H10.2", "Văn phòng")):
        journal.register(unit, facts.unit(code=code, name=name), hanoi(1), key=unit)
    return journal


async def is_open(receipts: Receipts) -> bool:
    """Tell whether the receipts' pool is there."""
    return receipts._pool is not None  # noqa: SLF001


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def visit(house: House, browser: Browser) -> AsyncIterator[Visit]:
    async with visiting(browser, house.address, "lan") as visit:
        yield visit


async def read_parked(house: House, schema: str) -> list[str]:
    """Return the places that are parked in a schema."""
    async with create_pool_of(house.dsn, schema) as pool:
        return [record.place for record in await list_parked(pool)]


def good(offset: int) -> FakeRecord:
    """Return the registration of a unit, as it lies in the topic of facts."""
    journal = Journal()
    journal.open_office(hanoi(1))
    return replace(journal.records[0], offset=offset)


def bad(offset: int, topic: str = FACTS, key: bytes = KEY) -> FakeRecord:
    """Return a record that nobody can apply."""
    return FakeRecord(topic, 0, offset, 0, key, b'{"subject": "<b>', (("cause", b"x/0/1"),))


async def follow(visit: Visit, schema: str, reason: str) -> None:
    """Go from the list to the page of a cause."""
    await visit.page.locator(f"#lot-{schema} tbody tr", has_text=reason).get_by_role("link").click()
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Sự kiện treo do một nguyên nhân")


async def see_record(visit: Visit, schema: str, reason: str, place: str) -> None:
    """Go from the list over the cause to a parked record."""
    await follow(visit, schema, reason)
    await visit.page.get_by_role("link", name=place, exact=True).click()
    await expect(visit.page.get_by_role("heading", level=1)).to_contain_text(place)


async def test_what_is_parked_is_listed_by_cause_and_opens_to_its_records(visit: Visit) -> None:
    await visit.open("/parked")
    row = visit.page.locator("#lot-directives tbody tr", has_text="not a fact")
    await expect(row).to_have_count(1)
    for text in ("1 mã, 2 sự kiện", FACTS, "invalid-message-"):
        await expect(row).to_contain_text(text)
    await expect(visit.page.locator("#lot-notifications")).to_contain_text("deadlines.events.v1")
    for schema in ("registrar", "forwarder"):
        await expect(visit.page.locator(f"#lot-{schema}")).to_contain_text("Không có sự kiện nào bị treo.")
    await visit.look("parked")
    await check_page(visit.page)
    await see_record(visit, "directives", "not a fact", f"{FACTS}/0/700")
    await expect(visit.page.locator(".raw")).to_have_text('{"subject": "<b>')
    await expect(visit.page.get_by_text("1 sự kiện của cùng mã")).to_be_visible()


async def test_a_record_shows_what_it_holds_back_by_its_own_service_and_the_others(house: House, visit: Visit) -> None:
    journal = Journal()
    journal.issue(hanoi(6))
    for number, record in enumerate(journal.records):
        await house.park("directives", replace(record, offset=800 + number), "boom of a letter", is_follower=number > 0)
    await visit.open(f"/parked/directives/record?place={FACTS}/0/800")
    own = visit.page.locator("dl.held").first
    for text in ("Văn bản", ISSUED.subject, "Nhiệm vụ", "Thời hạn", "màn hình còn hiện tình trạng cũ"):
        await expect(own).to_contain_text(text)
    await visit.page.get_by_text("Các dịch vụ khác biết gì về mã này").click()
    await expect(visit.page.locator(".elsewhere h3")).to_have_count(4)
    await expect(visit.page.locator(".elsewhere")).to_contain_text("Tính thời hạn")
    await visit.look("parked-held")
    await visit.look("parked-held-narrow", width=390)
    await check_page(visit.page)


async def test_what_still_fails_stays_parked_and_the_page_says_why(house: House, visit: Visit) -> None:
    await house.park("directives", bad(710, key=b"710"), "boom of 710")
    await visit.open(f"/parked/directives/record?place={FACTS}/0/710")
    await visit.page.get_by_role("button", name="Áp dụng lại").click()
    await expect(visit.page.get_by_role("alert")).to_contain_text("Vẫn chưa áp dụng được")
    await expect(visit.page.locator(".reason").last).to_contain_text("not an event of ours")
    assert f"{FACTS}/0/710" in await read_parked(house, "directives")
    visit.complaints.clear()  # the browser reports the 409 itself


async def test_a_retry_applies_the_record_and_is_in_the_audit_log(house: House, visit: Visit) -> None:
    record = good(720)
    await house.park("directives", record, "a fault of the version before")
    await visit.open("/parked")
    await see_record(visit, "directives", "a fault of the version before", f"{FACTS}/0/720")
    await visit.page.get_by_role("button", name="Áp dụng lại").click()
    await expect(visit.page.get_by_role("status")).to_have_text("Đã áp dụng lại 1 sự kiện.")
    assert f"{FACTS}/0/720" not in await read_parked(house, "directives")
    assert await house.read_model.fetchval("SELECT code FROM unit WHERE code = 'H10.21'") == "H10.21"
    assert await house.audited("parked-retried") == [("account:lan", f"parked:directives/{FACTS}/0/720", {})]


async def test_a_cause_is_tried_again_after_its_preview_and_what_fails_stays(house: House, visit: Visit) -> None:
    journal = Journal()
    journal.open_office(hanoi(1))
    unit = replace(journal.records[1], offset=730)
    await house.park("directives", unit, "ValueError: 'one' of two")
    await house.park("directives", bad(731, key=b"731"), "ValueError: 'two' of two")
    await visit.open("/parked")
    await follow(visit, "directives", "ValueError: … of two")
    await visit.page.get_by_role("button", name="Thử lại…").click()
    preview = visit.page.locator("#preview")
    await expect(preview.get_by_role("status")).to_contain_text("Sẽ áp dụng được 1 sự kiện; 1 mã hết treo, 1 mã vẫn lỗi. Chưa thay đổi gì.")
    await expect(preview).to_contain_text(f"{FACTS}/0/731: not an event of ours")
    await visit.look("parked-preview")
    await visit.look("parked-preview-narrow", width=390)
    await check_page(visit.page)
    assert {f"{FACTS}/0/730", f"{FACTS}/0/731"} <= set(await read_parked(house, "directives"))
    await preview.get_by_role("button", name="Thử lại 2 mã").click()
    await expect(visit.page.get_by_role("status")).to_contain_text("Đã áp dụng lại 1 sự kiện; 1 mã vẫn chưa áp dụng được")
    assert f"{FACTS}/0/730" not in await read_parked(house, "directives")
    assert f"{FACTS}/0/731" in await read_parked(house, "directives")


async def test_a_cause_is_discarded_with_a_reason_and_only_what_the_preview_named(house: House, visit: Visit) -> None:
    for offset in (50, 51):
        await house.park("notifications", bad(offset, key=b"50"), "OverflowError: whole", is_follower=offset > 50)
    await visit.open("/parked")
    await follow(visit, "notifications", "OverflowError")
    await visit.page.get_by_role("button", name="Bỏ qua…").click()
    await expect(visit.page.locator("#preview").get_by_role("status")).to_contain_text("Sẽ bỏ 1 sự kiện của 1 mã.")
    await visit.look("parked-discard")
    await visit.look("parked-discard-narrow", width=390)
    await check_page(visit.page)
    await house.park("notifications", bad(60, key=b"60"), "OverflowError: whole")
    await visit.page.get_by_label("Lý do", exact=True).fill("gửi nhầm hàng loạt")
    await visit.page.get_by_label("Bỏ cả các sự kiện chờ phía sau (1)").check()
    await visit.page.get_by_label("Tôi xác nhận").check()
    await visit.page.get_by_role("button", name="Bỏ qua 1 mã").click()
    await expect(visit.page.get_by_role("status")).to_have_text("Đã bỏ 2 sự kiện, lý do được ghi lại.")
    left = await read_parked(house, "notifications")
    assert f"{FACTS}/0/60" in left
    assert not {f"{FACTS}/0/50", f"{FACTS}/0/51"} & set(left)
    told = [("account:lan", f"parked:notifications/{FACTS}/0/{offset}", {"reason": "gửi nhầm hàng loạt"}) for offset in (51, 50)]
    assert sorted((await house.audited("parked-discarded"))[:2]) == sorted(told)


async def test_a_cause_is_discarded_without_scripts_and_not_without_a_confirmation(house: House, browser: Browser) -> None:
    await house.park("registrar", bad(70, INBOX, key=b"70"), "OverflowError: no scripts")
    async with visiting(browser, house.address, "lan", has_scripts=False) as visit:
        await visit.page.goto(f"{house.address}/parked")
        await visit.page.get_by_role("link", name="Sự kiện treo của dịch vụ registrar").click()
        await visit.page.locator("tbody tr", has_text="OverflowError").get_by_role("link").click()
        await visit.page.get_by_role("button", name="Bỏ qua…").click()
        await visit.page.locator("form[action$=discard]").evaluate("(form) => (form.noValidate = true)")
        await visit.page.get_by_label("Lý do", exact=True).fill("gửi nhầm")
        await visit.page.get_by_role("button", name="Bỏ qua 1 mã").click()
        await expect(visit.page.get_by_role("alert")).to_contain_text("Hãy đánh dấu xác nhận")
        await expect(visit.page.get_by_label("Lý do", exact=True)).to_have_value("gửi nhầm")
        assert f"{INBOX}/0/70" in await read_parked(house, "registrar")
        await visit.page.get_by_label("Tôi xác nhận").check()
        await visit.page.get_by_role("button", name="Bỏ qua 1 mã").click()
        await expect(visit.page.get_by_role("status")).to_have_text("Đã bỏ 1 sự kiện, lý do được ghi lại.")
        visit.complaints.clear()  # the browser reports the 409 itself
    assert f"{INBOX}/0/70" not in await read_parked(house, "registrar")


async def test_a_record_is_discarded_with_a_word_why_and_a_confirmation_without_scripts(house: House, browser: Browser) -> None:
    await house.park("notifications", bad(30, key=b"30"), "boom of 30")
    async with visiting(browser, house.address, "lan", has_scripts=False) as visit:
        await visit.page.goto(f"{house.address}/parked/notifications/record?place={FACTS}/0/30")
        await visit.page.locator("form[action$=discard]").evaluate("(form) => (form.noValidate = true)")
        await visit.page.get_by_label("Lý do", exact=True).fill("gửi nhầm")
        await visit.page.get_by_role("button", name="Bỏ sự kiện").click()
        await expect(visit.page.get_by_role("alert")).to_contain_text("Hãy đánh dấu xác nhận")
        assert f"{FACTS}/0/30" in await read_parked(house, "notifications")
        await expect(visit.page.get_by_label("Lý do", exact=True)).to_have_value("gửi nhầm")
        await visit.page.get_by_label("Tôi đã xem nội dung").check()
        await visit.page.get_by_role("button", name="Bỏ sự kiện").click()
        await expect(visit.page.get_by_role("status")).to_have_text("Đã bỏ 1 sự kiện, lý do được ghi lại.")
        visit.complaints.clear()  # the browser reports the 409 itself
    assert f"{FACTS}/0/30" not in await read_parked(house, "notifications")
    told = ("account:lan", f"parked:notifications/{FACTS}/0/30", {"reason": "gửi nhầm"})
    assert told in await house.audited("parked-discarded")


async def test_an_auditor_reads_and_decides_nothing(house: House, browser: Browser) -> None:
    await house.park("deadlines", bad(40, key=b"40"), "boom of 40")
    async with visiting(browser, house.address, "thu") as visit:
        await visit.open("/parked")
        await follow(visit, "deadlines", "boom of")
        await expect(visit.page.get_by_role("main").get_by_role("button")).to_have_count(0)
        await visit.page.get_by_role("link", name=f"{FACTS}/0/40", exact=True).click()
        await expect(visit.page.get_by_role("heading", level=1)).to_contain_text(f"{FACTS}/0/40")
        await expect(visit.page.get_by_role("main").get_by_role("button")).to_have_count(0)
        word = await visit.page.locator("meta[name=csrf-token]").get_attribute("content")
        for decision in ("discard", "retry", "preview"):
            answer = await visit.page.request.post(
                f"{house.address}/parked/deadlines/{decision}",
                form={"place": f"{FACTS}/0/40", "why": "x", "sure": "1", "csrf": word or ""},
            )
            assert answer.status == 403
    assert f"{FACTS}/0/40" in await read_parked(house, "deadlines")


async def test_a_cause_of_which_nothing_is_parked_any_more_is_not_there(visit: Visit) -> None:
    for code in ("", "x", "key-000000"):
        answer = await visit.page.request.get(f"{visit.address}/parked/directives/cause", params={"code": code})
        assert answer.status == 404


@pytest.mark.parametrize("place", ["", "x", f"{FACTS}/0/999999", f"{FACTS}/9999999999/1", f"{FACTS}/0/99999999999999999999"])
async def test_what_is_not_parked_is_not_there(visit: Visit, place: str) -> None:
    answer = await visit.page.request.get(f"{visit.address}/parked/directives/record", params={"place": place})
    assert answer.status == 404


async def test_refused_facts_are_listed_with_their_reason_and_found_without_accents(house: House, visit: Visit) -> None:
    await visit.open("/parked/refused")
    rows = visit.page.locator("tbody tr")
    await expect(rows).to_have_count(3)
    row = visit.page.locator(f"#refused-{house.receipts['nobody']}")
    await expect(row).to_contain_text("Giao nhiệm vụ")
    await expect(row).to_contain_text("Chưa có đơn vị nào được đăng ký")
    await visit.page.get_by_label("Tìm theo mã").fill("don vi nao duoc dang ky")
    await visit.page.get_by_role("button", name="Lọc").click()
    await visit.page.wait_for_url("**/parked/refused?q=don+vi+nao+duoc+dang+ky*")
    await expect(rows).to_have_count(1)
    await visit.open("/parked/refused?code=state-secret")
    await expect(rows).to_have_count(1)
    await visit.open("/parked/refused?from=11/4/2021")
    await expect(rows).to_have_count(0)
    await visit.open("/parked/refused?from=10/4/2021&to=10.4.2021&publisher=h10.21")
    await expect(visit.page.get_by_label("Từ ngày")).to_have_value("10/4/2021")
    await visit.open("/parked/refused?from=31/4/2021")
    await expect(visit.page.get_by_role("alert")).to_contain_text("chưa lọc theo: 31/4/2021")


async def test_a_refused_fact_can_be_read_as_it_was_received(house: House, visit: Visit) -> None:
    await visit.open(f"/parked/refused/{house.receipts['nobody']}")
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Giao nhiệm vụ: bị từ chối")
    await expect(visit.page.locator("dl.own").first).to_contain_text(str(facts.named("nobody")))
    await visit.page.get_by_text("Nguyên văn như đã nhận").click()
    await expect(visit.page.locator(".raw")).to_contain_text('"specversion": "1.0"')
    await visit.look("refused-fact")
    await check_page(visit.page)
    await visit.open(f"/parked/refused/{house.receipts['garbage']}")
    await expect(visit.page.locator(".raw")).to_have_text('{"data": "Đơn thư <b>')
    answer = await visit.page.request.get(f"{house.address}/parked/refused/{house.receipts['issued']}")
    assert answer.status == 404


async def test_what_a_state_secret_says_is_shown_to_nobody(house: House, visit: Visit) -> None:
    await visit.open(f"/parked/refused/{house.receipts['secret']}")
    await expect(visit.page.get_by_text("Nội dung mang dấu mật nhà nước")).to_be_visible()
    assert "Phương án bảo vệ" not in await visit.page.content()


@pytest.mark.parametrize(
    ("value", "is_secret"),
    [
        (b'{"data": {"security": "mat"}}', True),
        (b'{"data": {"security": "m\\u0061t"}}', True),
        (b'{"security": "t\xe1\xba\xadt"}', True),
        (b'{"data": {"security": "mat", }', True),
        (b'{"data": {"security": "none"}}', False),
        (b'{"data": {"subject": "mat"}}', False),
        (b"[]", False),
        (None, False),
    ],
)
async def test_a_mark_of_state_secrets_is_seen_whatever_else_is_wrong(value: bytes | None, *, is_secret: bool) -> None:
    assert bears_secret(value) == is_secret


async def test_facts_that_wait_say_for_what_and_until_when(visit: Visit) -> None:
    await visit.open("/parked/waiting")
    row = visit.page.locator("tbody tr")
    await expect(row).to_have_count(1)
    for text in ("Trình kế hoạch", "nhiệm vụ", str(facts.named("later")), "10:00 10/5/2021"):
        await expect(row).to_contain_text(text)
    await visit.page.get_by_label("Tìm theo mã").fill("khong co dau")
    await visit.page.get_by_role("button", name="Lọc").click()
    await expect(visit.page.locator("#live .empty")).to_have_text("Không có sự kiện nào đang chờ khớp với lựa chọn.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["parked", "refused", "waiting", "cause", "record", "fact"])
async def test_everybody_can_use_the_pages(house: House, visit: Visit, scheme: Scheme, name: str) -> None:
    paths = {
        "parked": "/parked",
        "refused": "/parked/refused",
        "waiting": "/parked/waiting",
        "cause": f"/parked/directives/cause?code={cause_of('InvalidMessageError: not a fact').code}",
        "record": f"/parked/directives/record?place={FACTS}/0/700",
        "fact": f"/parked/refused/{house.receipts['nobody']}",
    }
    await visit.open(paths[name])
    if name == "parked":
        await expect(visit.page.locator("#lot-forwarder h2")).to_be_visible()
    await visit.look(f"parked-{name}", scheme)
    await check_page(visit.page)
    await visit.look(f"parked-{name}", scheme, NARROW)
    assert await visit.page.evaluate("document.documentElement.scrollWidth") == NARROW
    await check_page(visit.page)


@pytest.mark.parametrize("path", ["/parked", "/parked/refused", "/parked/waiting"])
async def test_the_pages_weigh_little(visit: Visit, path: str) -> None:
    assert await visit.weigh(path) <= LARGEST_PAGE


async def test_units_that_a_refused_fact_names_are_called_by_their_names(house: House, visit: Visit) -> None:
    task = facts.task(lead=facts.named("nobody"), coordinating=(OFFICE,))
    receipt = await house.judge(event(task, id="names units", subject=facts.named("another task of nobody")))
    await visit.open(f"/parked/refused/{receipt}")
    own = visit.page.locator("dl.own").first
    await expect(own).to_contain_text(f"Văn phòng {OFFICE}")
    await expect(own).to_contain_text(str(facts.named("nobody")))
    succeeded = UnitSucceeded(successors=(OFFICE,), valid_from=date(2021, 4, 1))
    for number in range(2):
        receipt = await house.judge(event(succeeded, id=f"succeeded {number}", subject=HOME_AFFAIRS, key=HOME_AFFAIRS))
    await visit.open("/parked/refused")
    await expect(visit.page.locator(f"#refused-{receipt}")).to_contain_text("Đơn vị Văn phòng đã được đăng ký là đơn vị kế thừa")
    await visit.open(f"/parked/refused/{receipt}")
    await expect(visit.page.locator(".told")).to_have_text("Đơn vị Văn phòng đã được đăng ký là đơn vị kế thừa.")
    await expect(visit.page.locator("dl.facts")).to_contain_text("Phòng Nội vụ")


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("refused", event(facts.task(lead=facts.named("nobody")), id="live", subject=facts.named("live task of nobody"))),
        ("waiting", event(facts.plan(of=facts.named("later still")), id="live too", subject=facts.named("live plan"))),
    ],
)
async def test_what_is_refused_or_waits_appears_without_losing_what_is_typed(house: House, visit: Visit, path: str, made: Event) -> None:
    await visit.open(f"/parked/{path}")
    before = await visit.page.locator("tbody tr").count()
    await visit.page.get_by_label("Tìm theo mã").fill("liv")
    await visit.page.wait_for_url(f"**/parked/{path}?q=liv")
    receipt = await house.judge(made)
    row = visit.page.locator(f"#{path}-{receipt}")
    await expect(row).to_be_visible()
    await expect(visit.page.get_by_label("Tìm theo mã")).to_be_focused()
    await expect(visit.page.get_by_label("Tìm theo mã")).to_have_value("liv")
    await visit.open(f"/parked/{path}")
    await expect(visit.page.locator("tbody tr")).to_have_count(before + 1)
