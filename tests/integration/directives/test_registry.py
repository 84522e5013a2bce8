"""The registry of units through the real system: registered, renamed, succeeded and imported over HTTP, told by the API."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.contracts.registry import unit_key
from shared.identity.audit import Question, read
from shared.identity.queries import SCHEMA
from shared.postgres import create_pool

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASIC = """\
code,name,short_name,parent_code,valid_from
H10.21.3,Phòng Nội vụ,,H10.21,
H10.21,Ủy ban nhân dân thị xã Phước Long,UBND thị xã,H10,11/8/2009
H10,Ủy ban nhân dân tỉnh Bình Phước,,,1997-01-01
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["gateway", "registrar", "directives"]) as running:
        running.wait_ready()
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=60) as client:
        answer = await load(client, BASIC.encode())
        assert (answer["registered"], answer["passed_over"]) == (3, 0)
        yield client


async def load(client: httpx.AsyncClient, content: bytes, status: int = 200, **params: str) -> Any:
    """Import a file and return the answer."""
    answer = await client.post("/api/units/import", content=content, params=params, headers={"Content-Type": "text/csv"})
    assert answer.status_code == status, answer.text
    return answer.json()


async def unit(client: httpx.AsyncClient, code: str) -> Any:
    """Return a unit."""
    answer = await client.get(f"/api/units/{code}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_file_is_registered_parents_first_whatever_the_order_of_its_lines(api: httpx.AsyncClient) -> None:
    found = await unit(api, "H10.21.3")
    assert found["parent"]["code"] == "H10.21"
    above = await unit(api, "H10.21")
    assert (above["name"], above["short_name"], above["valid_from"]) == ("Ủy ban nhân dân thị xã Phước Long", "UBND thị xã", "2009-08-11")
    assert [each["code"] for each in above["subordinates"]] == ["H10.21.3"]


async def test_the_same_file_again_changes_nothing(api: httpx.AsyncClient) -> None:
    answer = await load(api, ("\ufeff" + BASIC.replace(",", ";")).encode())
    assert (answer["registered"], answer["renamed"], answer["passed_over"]) == (0, 0, 3)


async def test_both_schemes_of_codes_name_one_unit(api: httpx.AsyncClient) -> None:
    assert (await unit(api, "000.03.21.H10"))["id"] == (await unit(api, "H10.21.3"))["id"]
    assert (await unit(api, "021.H10"))["code"] == "H10.21"


async def test_units_are_found_by_words_without_diacritics_and_listed_page_by_page(api: httpx.AsyncClient) -> None:
    page = (await api.get("/api/units", params={"q": "thi xa phuoc lo"})).json()
    assert [each["code"] for each in page["items"]] == ["H10.21"]
    found, cursor = [], None
    while True:
        page = (await api.get("/api/units", params={"limit": 1, **({"cursor": cursor} if cursor else {})})).json()
        found += [each["code"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == sorted(found)
    assert {"H10", "H10.21", "H10.21.3"} <= set(found)
    below = (await api.get("/api/units", params={"parent": "021.H10"})).json()
    assert [each["code"] for each in below["items"]] == ["H10.21.3"]


async def test_a_unit_is_registered_renamed_and_succeeded_and_both_sides_say_so(api: httpx.AsyncClient) -> None:
    for code, name in (("H10.30", "UBND thị xã Đông"), ("H10.31", "UBND phường Một"), ("H10.32", "UBND phường Hai")):
        answer = await api.post("/api/units", json={"code": code, "name": name, "parent_code": "H10", "valid_from": "2010-01-01"})
        assert (answer.status_code, answer.json()["version"]) == (201, 1), answer.text
    renamed = await api.post("/api/units/H10.30/names", json={"name": "UBND thị xã Đông Xoài", "valid_from": "2018-10-16"})
    assert renamed.status_code == 201, renamed.text
    future = await api.post("/api/units/H10.30/names", json={"name": "UBND thành phố", "valid_from": "2190-01-01", "document": "NQ 1"})
    assert future.status_code == 201, future.text
    body = {"successors": ["H10.31", "032.H10"], "valid_from": "2025-07-01", "document": "NQ 1662"}
    assert (await api.post("/api/units/H10.30/successors", json=body)).status_code == 201
    found = await unit(api, "H10.30")
    assert found["name"] == "UBND thị xã Đông Xoài"
    assert [each["name"] for each in found["names"]] == ["UBND thành phố", "UBND thị xã Đông Xoài", "UBND thị xã Đông"]
    assert [(each["unit"]["code"], each["valid_from"]) for each in found["successors"]] == [
        ("H10.31", "2025-07-01"),
        ("H10.32", "2025-07-01"),
    ]
    assert [each["unit"]["code"] for each in (await unit(api, "H10.32"))["predecessors"]] == ["H10.30"]
    old = (await api.get("/api/units", params={"q": "thi xa dong"})).json()
    assert [each["code"] for each in old["items"]] == ["H10.30"]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/units", {"code": "h10.21 ", "name": "Trùng mã"}, 409, "unit-already-registered"),
        ("/api/units", {"code": "H10..1", "name": "Sai mã"}, 422, "invalid-request"),
        ("/api/units", {"code": "H10.99", "name": ""}, 422, "invalid-request"),
        ("/api/units", {"code": "H10.99", "name": "Lạc", "parent_code": "H99"}, 404, "not-found"),
        ("/api/units/H99/names", {"name": "Không có", "valid_from": "2025-07-01"}, 404, "not-found"),
        ("/api/units/H10.21/successors", {"successors": [], "valid_from": "2025-07-01"}, 422, "invalid-request"),
    ],
)
async def test_what_cannot_be_registered_is_said(api: httpx.AsyncClient, path: str, body: dict[str, Any], status: int, code: str) -> None:
    answer = await api.post(path, json=body)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, code), answer.text


async def test_other_names_in_a_file_are_told_and_taken_only_where_asked_for(api: httpx.AsyncClient) -> None:
    await load(api, b"code,name\nH10.40,Phong Tu phap\n")
    changed = "code,name,valid_from\nH10.40,Phòng Tư pháp,2020-01-01\n".encode()
    told = await load(api, changed)
    assert told["differences"] == [
        {"line": 2, "code": "H10.40", "column": "name", "registered": "Phong Tu phap", "in_file": "Phòng Tư pháp"}
    ]
    dry = await load(api, changed, rename="true", dry_run="true")
    assert (dry["renamed"], dry["is_dry_run"], (await unit(api, "H10.40"))["name"]) == (1, True, "Phong Tu phap")
    assert (await load(api, changed, rename="true"))["renamed"] == 1
    assert (await unit(api, "H10.40"))["name"] == "Phòng Tư pháp"
    assert (await load(api, changed))["passed_over"] == 1


async def test_a_file_with_faults_registers_nothing_and_tells_each_by_line_and_column(api: httpx.AsyncClient) -> None:
    content = "code,name,parent_code,valid_from\nH10.50,Đúng,,\nH10..2,Sai mã,,\nH10.51,Sai ngày,,31/2/2025\nH10.52,Mồ côi,H99,\n".encode()
    told = await load(api, content, 422)
    assert [(each["line"], each["column"]) for each in told["faults"]] == [("3", "code"), ("4", "valid_from")]
    assert (await api.get("/api/units/H10.50")).status_code == 404
    orphan = await load(api, "code,name,parent_code\nH10.52,Mồ côi,H99\n".encode(), 422)
    assert [(each["line"], each["column"]) for each in orphan["faults"]] == [("2", "parent_code")]


async def test_who_changed_the_registry_stands_in_the_audit_log(stack: Stack, api: httpx.AsyncClient) -> None:
    await api.post("/api/units", json={"code": "H10.60", "name": "Đơn vị để ghi nhật ký"})
    pool = await create_pool(stack.dsn, schema=SCHEMA, size=1)
    try:
        entries, _ = await read(pool, Question(object=f"unit:{unit_key('H10.60')}"))
        imports, _ = await read(pool, Question(action="units-imported"))
    finally:
        await pool.close()
    assert [(each.action, each.actor) for each in entries] == [("unit-registered", "key:api")]
    assert imports[-1].detail == {"registered": 3, "renamed": 0, "succeeded": 0, "refused": 0}


def dondoc(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command at the running system."""
    command = [str(Path(sys.executable).with_name("dondoc")), "units", *words]
    environment = stack.processes["registrar"].launch.environment
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=90)


async def test_the_list_of_communes_is_imported_with_its_successions(stack: Stack, api: httpx.AsyncClient, tmp_path: Path) -> None:
    listed, provinces = tmp_path / "communes.csv", tmp_path / "codes.csv"
    listed.write_text(
        'Tỉnh,"Phường, xã mới","Phường, xã trước sáp nhập"\nĐồng Nai,Phước Long,"Phường Long Thủy, Xã Phước Tín (một phần)"\n'
        "Đồng Nai,Phước Bình,Xã Phước Tín (phần còn lại)\n",
        encoding="utf-8",
    )
    provinces.write_text("code,name\nH19,Đồng Nai\n", encoding="utf-8")
    made = dondoc(stack, "communes", str(listed), "--provinces", str(provinces), "--into", str(tmp_path))
    assert made.stdout == "4 units, 3 successions, 0 names not read\n", made.stderr
    for name, told in (("provinces.csv", "1 registered, 0 renamed"), ("units.csv", "4 registered, 0 renamed")):
        done = dondoc(stack, "import", str(tmp_path / name))
        assert (done.returncode, done.stdout.startswith(told)) == (0, True), done.stdout + done.stderr
    for told in ("0 registered, 0 renamed, 3 successions, 0 passed over\n", "0 registered, 0 renamed, 0 successions, 3 passed over\n"):
        assert dondoc(stack, "succeed", str(tmp_path / "successors.csv")).stdout == told
    split = await unit(api, "H19.C0002")
    assert [each["unit"]["name"] for each in split["successors"]] == ["Phước Long, Đồng Nai", "Phước Bình, Đồng Nai"]
    assert [each["unit"]["code"] for each in (await unit(api, "H19.M001"))["predecessors"]] == ["H19.C0001", "H19.C0002"]


async def test_the_command_tells_faults_and_ends_with_1(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "faults.csv"
    file.write_text("code,name\nH19.X,\n", encoding="utf-8")
    done = dondoc(stack, "import", str(file))
    assert (done.returncode, done.stderr) == (1, "line 2, name: it is empty\n1 faults: nothing was registered\n")
