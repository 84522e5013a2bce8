"""The story of the demonstration, played by the command itself on a system of its own."""

import re
import socket
from contextlib import closing
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.local.infrastructure import temporary_directory
from deploy.local.ports import free_port, is_free
from shared.sql import Queries
from tests.support.command import running

QUERIES = Queries("tests.support", "spoil.sql")
HOME_AFFAIRS, OFFICE = "Phòng Nội vụ - LĐTB&XH", "Văn phòng Cấp uỷ - HĐND và UBND"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def directory() -> Path:
    """Return a directory for temporary files that PostgreSQL's own user may enter."""
    return temporary_directory()


def rows_of(text: str) -> dict[str, list[str]]:
    """Return the rows of the table by the number of their task."""
    rows = [[cell.strip() for cell in line.split("│")] for line in text.splitlines() if line.count("│") == 4]
    return {row[0].split("  ")[0]: row[1:] for row in rows}


def test_the_story_ends_with_the_days_of_the_letter_and_no_broken_invariant(directory: Path) -> None:
    port = free_port()
    with running(directory, "demo", ONCE="1", PORT=str(port)) as command:
        code = command.finish()
        text = command.text
        assert code == 0, text
        command.require_nothing_left()
    assert is_free(port)
    rows = rows_of(text)
    assert rows["1.a"] == [HOME_AFFAIRS, "không ghi", "đang thực hiện, không hạn", "1/1"]
    assert rows["1.b.1"] == [HOME_AFFAIRS, "15/4/2021", "hoàn thành, đúng hạn", "5/5"]
    assert rows["1.b.2"] == [HOME_AFFAIRS, "30/4/2021", "hoàn thành, quá hạn", "7/6"]
    assert rows["2"] == [OFFICE, "29/4/2021", "hoàn thành, đúng hạn", "4/3"]
    assert rows["3"] == [HOME_AFFAIRS, "chưa xác định", "hoàn thành, thời hạn chưa xác định", "3/2"]
    assert rows["Tất cả thông báo"][-1] == "29/22"
    assert re.search(r"SIGKILL tiến trình deadlines \(\d+\) giữa lúc đang gửi, rồi chạy lại \(\d+\)", text)
    assert "12/4/2021 00:00   nhắc việc: nhiệm vụ 1.b.1 còn 3 ngày làm việc (ngày cuối 15/4/2021)" in text
    assert "1/5/2021 00:00    QUÁ HẠN: nhiệm vụ 1.b.2 (ngày cuối 30/4/2021)" in text
    assert "ok      24 facts answered 202 = 22 registered + 1 refused + 1 sent again" in text
    assert "ok      6 stages of deadlines fired, each once and not before its instant" in text
    assert "11 invariants checked, 0 broken." in text


async def test_a_broken_invariant_is_told_while_the_console_serves_and_is_the_exit_code(directory: Path) -> None:
    port = free_port()
    with running(directory, "demo", PORT=str(port)) as command:
        dsn = command.read_until("PostgreSQL, for a look inside:").rpartition(" ")[2]
        command.read_until("15/4/2021 21:40")
        connection = await asyncpg.connect(dsn)
        await connection.execute(QUERIES["lose_an_event"])
        await connection.close()
        key = re.search(r"API key: ([^)]+)\)", command.read_until("Console and API:"))
        assert key is not None
        assert re.search(r"BROKEN  \d+ events of the journals", command.text)
        assert "11 invariants checked, 1 broken." in command.text
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=30) as client:
            client.headers["Authorization"] = f"Bearer {key[1]}"
            page = (await client.get("/")).text
        assert all(day in page for day in ("15/4/2021", "29/4/2021", "30/4/2021"))
        assert command.interrupt() == 1
        assert command.lines[-1] == "Stopped; nothing is left behind.\n"
        command.require_nothing_left()
    assert is_free(port)


def test_an_interrupt_while_it_starts_leaves_nothing_behind(directory: Path) -> None:
    with running(directory, "demo", PORT=str(free_port())) as command:
        command.read_until("starting the services")
        assert command.interrupt() == 130
        command.require_nothing_left()


def test_a_port_in_use_is_one_line_with_the_remedy(directory: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with running(directory, "demo", ONCE="1", PORT=str(port)) as command:
            assert command.finish() == 2
            (line,) = command.lines
            assert line.startswith(f"dondoc: port {port} for the console is in use")
            assert line.endswith("end that program, or set another port (PORT=8081)\n")
            command.require_nothing_left()


@pytest.mark.parametrize(
    ("environment", "said"),
    [({"PORT": "eighty"}, "PORT should be a number, not 'eighty'"), ({"LETTER": "a.txt"}, "letters cannot be read yet")],
)
def test_a_setting_that_cannot_be_followed_is_one_line(environment: dict[str, str], said: str, directory: Path) -> None:
    with running(directory, "demo", **environment) as command:
        assert command.finish() == 2
        (line,) = command.lines
        assert said in line
