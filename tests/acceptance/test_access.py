"""Every endpoint for every role and unit, by the one table of rules, on real data: who gets what, and for whom it is not there."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from deploy.local.infrastructure import Infrastructure
from services.deadlines.web import part as deadlines
from services.directives.web import part as directives
from services.notifications.web import part as notifications
from shared.environment import Environment
from shared.identity.accounts import lock
from shared.identity.principals import PERSON_ROLES, WITH_UNIT, PersonRole, Principal
from shared.postgres import connect
from shared.web.app import build_web
from shared.web.routes import routes_of
from shared.web.rules import RULES
from tests.support.april import (
    CALENDAR_TASK,
    COMMITTEE,
    CONFERENCE,
    CONFERENCE_TASK,
    DIRECTIVE,
    HOME_AFFAIRS,
    OFFICE,
    PLAN,
    PLAN_TASK,
    REPORT_TASK,
)
from tests.support.people import BEARER, NOWHERE, add_person, csrf_of, door_of, sign_in
from tests.support.serving import serving
from tests.support.two_letters import (
    CODES,
    FINANCE,
    OTHER_DIRECTIVE,
    OTHER_PLAN,
    OTHER_TASK,
    PROVINCE,
    told,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

Asker = tuple[PersonRole, UUID | None]
ASKERS: tuple[Asker, ...] = (
    ("operator", None), ("auditor", None), ("administrator", None),
    ("unit", HOME_AFFAIRS), ("unit", OFFICE), ("unit", FINANCE), ("unit", COMMITTEE),
    ("issuer_office", COMMITTEE), ("issuer_office", PROVINCE), ("issuer_office", OFFICE),
)  # fmt: skip
NOBODY: frozenset[UUID] = frozenset()
FIRST_TASKS = frozenset({PLAN_TASK, CONFERENCE_TASK, CALENDAR_TASK, REPORT_TASK})
ALL_TASKS = FIRST_TASKS | {OTHER_TASK}

# Written out by hand from the letters: what concerns whom.
TASKS: Mapping[Asker, frozenset[UUID]] = {
    ("unit", HOME_AFFAIRS): frozenset({PLAN_TASK, CONFERENCE_TASK, REPORT_TASK}),
    ("unit", OFFICE): frozenset({PLAN_TASK, CALENDAR_TASK}),
    ("issuer_office", OFFICE): frozenset({PLAN_TASK, CALENDAR_TASK}),
    ("unit", FINANCE): frozenset({OTHER_TASK}),
    ("unit", COMMITTEE): NOBODY,
    ("issuer_office", COMMITTEE): FIRST_TASKS,
    ("issuer_office", PROVINCE): frozenset({OTHER_TASK}),
}
DIRECTIVES: Mapping[Asker, frozenset[UUID]] = {
    **dict.fromkeys((("unit", HOME_AFFAIRS), ("unit", OFFICE), ("issuer_office", OFFICE)), frozenset({DIRECTIVE})),
    ("unit", FINANCE): frozenset({OTHER_DIRECTIVE}),
    ("unit", COMMITTEE): NOBODY,
    ("issuer_office", COMMITTEE): frozenset({DIRECTIVE}),
    ("issuer_office", PROVINCE): frozenset({OTHER_DIRECTIVE}),
}
PLANS: Mapping[Asker, frozenset[UUID]] = {
    **dict.fromkeys((("unit", HOME_AFFAIRS), ("unit", OFFICE), ("issuer_office", OFFICE), ("issuer_office", COMMITTEE)), frozenset({PLAN})),
    **dict.fromkeys((("unit", FINANCE), ("issuer_office", PROVINCE)), frozenset({OTHER_PLAN})),
    ("unit", COMMITTEE): NOBODY,
}
CONFERENCES: Mapping[Asker, frozenset[UUID]] = {
    **{asker: frozenset({CONFERENCE}) for asker, plans in PLANS.items() if PLAN in plans},
    **dict.fromkeys((("unit", FINANCE), ("issuer_office", PROVINCE), ("unit", COMMITTEE)), NOBODY),
}
THINGS: Mapping[str, tuple[frozenset[UUID], Mapping[Asker, frozenset[UUID]]]] = {
    "directive": (frozenset({DIRECTIVE, OTHER_DIRECTIVE}), DIRECTIVES),
    "task": (ALL_TASKS, TASKS),
    "plan": (frozenset({PLAN, OTHER_PLAN}), PLANS),
    "conference": (frozenset({CONFERENCE}), CONFERENCES),
}
LISTS: Mapping[str, tuple[frozenset[UUID], Mapping[Asker, frozenset[UUID]]]] = {
    "/api/tasks": (ALL_TASKS, TASKS),
    "/api/tasks?as_of=2021-04-21T09:00:00Z": (ALL_TASKS, TASKS),
    "/api/directives": (frozenset({DIRECTIVE, OTHER_DIRECTIVE}), DIRECTIVES),
    "/api/conferences": (frozenset({CONFERENCE}), CONFERENCES),
}
TASK_PAGES = ("/tasks", "/tasks/table")
CALENDAR_PAGES = ("/conferences", "/conferences/content")
UNIT_PAGES = ("/units", "/units/{code}", "/units/{code}/content")
OVERVIEWS = ("/", "/overview/content")
DIRECTIVE_PAGES = ("/directives", "/directives/table")
SAMPLES = {"receipt": "0-0", "year": "2021", "name": "nobody", "index": str(DIRECTIVE), "code": "H10.21.3", "notice": str(DIRECTIVE)}
"""What stands in a path for a parameter whose value does not matter: only whether the door opens is looked at."""


@dataclass
class Visitor:
    """Somebody at the door."""

    client: httpx.AsyncClient
    role: str
    csrf: str = ""

    async def ask(self, method: str, path: str) -> int:
        """Return the status of the answer, of a stream as soon as it begins."""
        headers = {"X-CSRF-Token": self.csrf, "Sec-Fetch-Mode": "cors"}
        async with self.client.stream(method, path, headers=headers) as answer:
            return answer.status_code


@dataclass
class House:
    """The whole web of the installation, with two letters inside."""

    address: str
    dsn: str
    people: dict[Asker, Visitor]
    service: Visitor
    publisher: Visitor
    stranger: Visitor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(infrastructure: Infrastructure) -> AsyncIterator[House]:
    infrastructure.postgres.create_database("access")
    dsn = infrastructure.postgres.dsn("access")
    async with told(dsn), serving(build(dsn, infrastructure.kafka.bootstrap)) as address:
        people = {asker: await _person(address, dsn, asker) for asker in ASKERS}
        service, publisher, stranger = (
            Visitor(httpx.AsyncClient(base_url=address, timeout=60, headers=headers), role)
            for role, headers in (("service", BEARER), ("publisher", {"Authorization": "Bearer agency"}), ("", {}))
        )
        yield House(address, dsn, people, service, publisher, stranger)
        for visitor in (*people.values(), service, publisher, stranger):
            await visitor.client.aclose()
    infrastructure.postgres.drop_database("access")


async def _person(address: str, dsn: str, asker: Asker) -> Visitor:
    role, unit = asker
    name = f"{role}-{unit or 'all'}"
    await add_person(dsn, name, role, unit)
    client = httpx.AsyncClient(base_url=address, timeout=60)
    assert (await sign_in(client, name)).status_code == 303
    return Visitor(client, role, await csrf_of(client))


def path_of(rule: str) -> tuple[str, str]:
    """Return the method and a path that a rule is about."""
    method, _, path = rule.partition(" ")
    things = {"directive": DIRECTIVE, "task": PLAN_TASK, "plan": PLAN, "deadline": PLAN_TASK, "conference": CONFERENCE}
    return method, re.sub(r"{(\w+)}", lambda match: str({**SAMPLES, **things}.get(match[1], UUID(int=1))), path)


def build(dsn: str, bootstrap: str = "127.0.0.1:1") -> FastAPI:
    """Return the whole web, as the gateway serves it, with a publisher's key."""
    environment = Environment(bootstrap, dsn, 4, "stepped", 0, "127.0.0.1", None)
    door = door_of(dsn, watch_seconds=0.2)
    door.key_owners.append(lambda key, _address: Principal("key", "an-agency", "publisher") if key == "agency" else None)
    return build_web([directives(environment), deadlines(environment), notifications(environment)], door)


SERVED = {f"{method} {line.path}" for line in routes_of(build(NOWHERE)).lines for method in line.methods - {"HEAD"}}
GUARDED = [name for name, rule in RULES.items() if not rule.is_open and name in SERVED - {"POST /sign-out"}]


async def test_every_line_of_the_table_is_a_route_and_every_route_has_a_line() -> None:
    assert RULES.keys() == SERVED


@pytest.mark.parametrize("rule", GUARDED)
async def test_an_endpoint_is_open_to_the_roles_that_the_table_names_and_to_no_other(house: House, rule: str) -> None:
    method, path = path_of(rule)
    for visitor in (*house.people.values(), house.service, house.publisher):
        status = await visitor.ask(method, path)
        is_let_in = status not in (401, 403)
        assert is_let_in == (visitor.role in RULES[rule].grants), (visitor.role, rule, status)
    assert await house.stranger.ask(method, path) == 401


async def test_every_grant_of_one_units_own_is_walked_with_data_below() -> None:
    own = {name for name, rule in RULES.items() if WITH_UNIT & {role for role, grant in rule.grants.items() if grant == "own"}}
    by_thing = {
        name for name in own if re.search(r"{(directive|task|plan|conference|deadline|notice|sha256)}|/inbox|/contacts|/webhooks", name)
    }
    lists = (
        {f"GET {path.partition('?')[0]}" for path in LISTS}
        | {"GET /api/deadlines", "GET /api/units/{code}"}
        | {"GET /api/units/{code}/scorecard"}
        | {"GET /api/deliveries"}  # with data in tests/integration/notifications/test_deliveries_log.py
    )
    pages = {f"GET {path}" for path in (*TASK_PAGES, *OVERVIEWS, *DIRECTIVE_PAGES, *CALENDAR_PAGES, *UNIT_PAGES)}
    drafts = {name for name in own if "/intake" in name}  # with data in tests/integration/directives/intake/test_intake_api.py
    assert own - by_thing - lists - pages - drafts == {"GET /tasks/stream"}


@pytest.mark.parametrize("rule", [name for name in GUARDED if re.search(r"{(directive|task|plan|conference)}", name)])
async def test_a_thing_that_concerns_others_is_answered_as_not_there(house: House, rule: str) -> None:
    method, path = rule.split(" ")
    kind = re.findall(r"{(\w+)}", path)[0]
    things, concerned = THINGS[kind]
    for asker, visitor in house.people.items():
        for thing in things:
            is_seen = thing in concerned.get(asker, things)
            assert await visitor.ask(method, path.replace(f"{{{kind}}}", str(thing))) == (200 if is_seen else 404), (asker, rule, thing)


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_holds_what_concerns_the_asker_and_nothing_else(house: House, path: str) -> None:
    things, concerned = LISTS[path]
    for asker, visitor in house.people.items():
        answer = await visitor.client.get(path)
        assert {UUID(item["id"]) for item in answer.json()["items"]} == concerned.get(asker, things), asker
    assert len((await house.service.client.get(path)).json()["items"]) == len(things)


async def test_deadlines_are_those_of_the_tasks_that_concern_the_asker(house: House) -> None:
    everything = (await house.service.client.get("/api/deadlines")).json()["items"]
    assert {UUID(item["task"]) for item in everything} == ALL_TASKS
    for asker, visitor in house.people.items():
        tasks = TASKS.get(asker, ALL_TASKS)
        listed = (await visitor.client.get("/api/deadlines")).json()["items"]
        assert {UUID(item["task"]) for item in listed} == tasks, asker
        for item in everything:
            status = 200 if UUID(item["task"]) in tasks else 404
            assert await visitor.ask("GET", f"/api/deadlines/{item.get('deadline') or item['id']}") == status, asker


async def test_the_page_of_tasks_shows_and_counts_what_concerns_the_asker(house: House) -> None:
    for path in TASK_PAGES:
        for asker, visitor in house.people.items():
            page = (await visitor.client.get(path)).text
            shown = {task for task in ALL_TASKS if f"task-{task}" in page}
            assert shown == TASKS.get(asker, ALL_TASKS), asker
    page = (await house.people["unit", FINANCE].client.get("/tasks")).text
    assert "Phòng Nội vụ" not in page


async def test_the_pages_of_directives_show_those_that_concern_the_asker(house: House) -> None:
    things = frozenset({DIRECTIVE, OTHER_DIRECTIVE})
    for path in DIRECTIVE_PAGES:
        for asker, visitor in house.people.items():
            page = (await visitor.client.get(path)).text
            assert {each for each in things if f"directive-{each}" in page} == DIRECTIVES.get(asker, things), (asker, path)


async def test_the_first_page_tells_of_what_concerns_the_asker_only(house: House) -> None:
    things = frozenset({DIRECTIVE, OTHER_DIRECTIVE})
    for path in OVERVIEWS:
        for asker, visitor in house.people.items():
            page = (await visitor.client.get(path)).text
            assert {each for each in things if str(each) in page} == DIRECTIVES.get(asker, things), (asker, path)
            counted = sum(int(number) for number in re.findall(r'<a href="/tasks\?status=(?:done|open)_(?!due)[a-z_]+">(\d+)</a>', page))
            assert counted == len(TASKS.get(asker, ALL_TASKS)), (asker, path)
    page = (await house.people["unit", FINANCE].client.get("/")).text
    assert "Phòng Nội vụ" not in page


async def test_a_unit_does_not_read_of_others_tasks_in_what_was_registered_last(house: House) -> None:
    page = (await house.people["unit", HOME_AFFAIRS].client.get("/")).text
    assert "Lập kế hoạch nâng cao" in page
    assert "Bố trí lịch" not in page


async def test_a_units_counts_are_of_the_tasks_that_the_asker_sees(house: House) -> None:
    led_by_home_affairs: dict[Asker, int] = {("unit", HOME_AFFAIRS): 3, ("unit", OFFICE): 1, ("unit", FINANCE): 0, ("operator", None): 3}
    for asker, led in led_by_home_affairs.items():
        counts = (await house.people[asker].client.get("/api/units/H10.21.3")).json()["tasks"]
        total = sum(
            counts[name]
            for name in ("done_on_time", "done_late", "done_without_deadline", "open_in_time", "open_overdue", "open_without_deadline")
        )
        assert total == led, asker


async def test_the_calendar_shows_the_conferences_and_tasks_that_concern_the_asker(house: House) -> None:
    for path in CALENDAR_PAGES:
        for asker, visitor in house.people.items():
            page = (await visitor.client.get(f"{path}?month=2021-04")).text
            shown = {conference for conference in (CONFERENCE,) if f"conference-{conference}" in page}
            assert shown == CONFERENCES.get(asker, {CONFERENCE}), (path, asker)
            served = {task for task in ALL_TASKS if f"/tasks/{task}" in page}
            assert served == (TASKS.get(asker, ALL_TASKS) & {CONFERENCE_TASK, CALENDAR_TASK} if shown else NOBODY), (path, asker)


async def test_pages_of_units_count_and_list_the_tasks_that_concern_the_asker(house: House) -> None:
    led = {HOME_AFFAIRS: {PLAN_TASK, CONFERENCE_TASK, REPORT_TASK}, OFFICE: {CALENDAR_TASK}, FINANCE: {OTHER_TASK}}
    coordinated = {OFFICE: {PLAN_TASK}}
    for asker, visitor in house.people.items():
        seen = TASKS.get(asker, ALL_TASKS)
        for unit, code in CODES.items():
            card = (await visitor.client.get(f"/api/units/{code}/scorecard")).json()["tasks"]
            counted = sum(number for name, number in card.items() if name not in ("open_due_soon", "cancelled"))
            assert counted == len(led[unit] & seen), (asker, code)
            for path in ("", "/content"):
                page = (await visitor.client.get(f"/units/{code}{path}")).text
                listed = {task for task in ALL_TASKS if f'id="task-{task}"' in page}
                done = {CALENDAR_TASK}
                assert listed == ((led[unit] | coordinated.get(unit, set())) & seen) - done, (asker, code)
        assert (await visitor.client.get("/units")).text.count('role="row"') == 1 + 5


async def test_a_timeline_tells_a_unit_of_the_directive_and_of_its_own_tasks(house: House) -> None:
    facts = {asker: set[str]() for asker in house.people}
    for asker, visitor in house.people.items():
        answer = await visitor.client.get(f"/api/directives/{DIRECTIVE}/timeline?limit=200")
        facts[asker] = (
            {item["subject"] for item in answer.json()["items"] if item["kind"] == "fact"} if answer.status_code == 200 else set()
        )
    whole = {str(each) for each in (DIRECTIVE, *FIRST_TASKS, PLAN, CONFERENCE)}
    assert facts["operator", None] == whole
    assert facts["issuer_office", COMMITTEE] == whole
    assert facts["unit", HOME_AFFAIRS] == whole - {str(CALENDAR_TASK)}
    assert facts["unit", OFFICE] == {str(each) for each in (DIRECTIVE, PLAN_TASK, CALENDAR_TASK, PLAN, CONFERENCE)}
    assert facts["unit", FINANCE] == set()


@pytest.mark.parametrize("rule", [name for name in RULES if re.match(r"GET .*{code}/(inbox|contacts)", name)])
async def test_an_inbox_and_contacts_are_their_units_own(house: House, rule: str) -> None:
    _, path = rule.split(" ")
    for (role, own), visitor in house.people.items():
        for unit, code in CODES.items():
            for name in (code, str(unit)):
                is_seen = own == unit if RULES[rule].grants.get(role) == "own" else role in RULES[rule].grants
                assert await visitor.ask("GET", path.replace("{code}", name)) == (200 if is_seen else 404), (role, own, code)


async def test_a_notice_is_acknowledged_by_its_unit_under_the_persons_name(house: House) -> None:
    notices = {}
    for code in CODES.values():
        inbox = await house.service.client.get(f"/api/units/{code}/inbox")
        notices[code] = inbox.json()["items"][0]["notice"]
    for (role, own), visitor in house.people.items():
        for unit, code in CODES.items():
            if role in WITH_UNIT and own != unit:
                for kind in ("/api", ""):
                    status = await visitor.ask("POST", f"{kind}/units/{code}/inbox/{notices[code]}/acknowledgement")
                    assert status == 404, (kind, role, own, code)
    reader = house.people["unit", HOME_AFFAIRS]
    path = f"/api/units/H10.21.3/inbox/{notices['H10.21.3']}/acknowledgement"
    answer = await reader.client.post(path, headers={"X-CSRF-Token": reader.csrf}, json={"acknowledged_by": "somebody else"})
    assert answer.json()["acknowledged_by"] == f"unit-{HOME_AFFAIRS}"


async def test_a_stream_ends_soon_after_its_person_is_locked_out(house: House) -> None:
    await add_person(house.dsn, "leaver", "unit", HOME_AFFAIRS)
    async with httpx.AsyncClient(base_url=house.address, timeout=30) as client:
        assert (await sign_in(client, "leaver")).status_code == 303
        async with client.stream("GET", "/api/units/H10.21.3/inbox/stream") as answer:
            chunks = answer.aiter_bytes()
            assert await anext(chunks)
            connection = await connect(house.dsn, schema="identity")
            await lock(connection, "leaver", by="tests")
            await connection.close()
            assert [chunk async for chunk in chunks if b"event" not in chunk and b"heartbeat" not in chunk] == []
        assert (await client.get("/account")).status_code == 303


async def test_readings_of_other_units_data_are_in_the_audit_log_and_a_units_own_are_not(house: House) -> None:
    await house.people["operator", None].client.get(f"/api/tasks/{OTHER_TASK}")
    await house.people["unit", FINANCE].client.get(f"/api/tasks/{OTHER_TASK}")
    asked = {"action": "read", "object": f"task:{OTHER_TASK}", "limit": "500"}
    lines = (await house.people["auditor", None].client.get("/api/audit", params=asked)).json()["items"]
    actors = [line["actor"] for line in lines]
    assert "account:operator-all" in actors
    assert not any(actor.startswith("account:unit-") for actor in actors)
    hidden = (await house.people["auditor", None].client.get("/api/audit", params={"object": f"task:{named_nowhere()}"})).json()["items"]
    assert hidden == []
    connection = await connect(house.dsn, schema="identity")
    assert await connection.fetchval("SELECT count(*) FROM audit WHERE action = 'read' AND actor = 'key:api'") == 0
    await connection.close()


async def test_a_reading_that_cannot_be_written_down_is_not_answered(house: House) -> None:
    await add_person(house.dsn, "late", "auditor")
    connection = await connect(house.dsn, schema="identity")
    async with httpx.AsyncClient(base_url=house.address, timeout=30) as client:
        assert (await sign_in(client, "late")).status_code == 303
        await connection.execute("ALTER TABLE audit RENAME TO gone")
        try:
            answer = await client.get(f"/api/plans/{OTHER_PLAN}")
        finally:
            await connection.execute("ALTER TABLE gone RENAME TO audit")
            await connection.close()
        assert (answer.status_code, answer.json()["type"]) == (503, "https://dondoc.vn/problems/unavailable")
        assert (await client.get(f"/api/plans/{OTHER_PLAN}")).status_code == 200


def named_nowhere() -> UUID:
    """Return the id of a task that nobody opened."""
    return UUID(int=1)


async def test_every_role_of_people_is_walked() -> None:
    assert {role for role, _ in ASKERS} == set(PERSON_ROLES)
