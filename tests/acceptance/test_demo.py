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
from deploy.local.requirements import root
from shared.sql import Queries
from tests.support.command import running

QUERIES = Queries("tests.support", "spoil.sql")
HOME_AFFAIRS, OFFICE = "Phòng Nội vụ - LĐTB&XH", "Văn phòng Cấp uỷ - HĐ…"
LETTERS = root() / "tests" / "letters" / "dev"
SECRET = LETTERS / "08-mat-bao-ve-muc-tieu.txt"

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
    assert rows["1.a"] == [HOME_AFFAIRS, "23/4/2021", "hoàn thành, đúng hạn", "10/10"]
    assert rows["1.b.1"] == [HOME_AFFAIRS, "15/4/2021", "hoàn thành, đúng hạn", "5/5"]
    assert rows["1.b.2"] == [HOME_AFFAIRS, "30/4/2021", "hoàn thành, đúng hạn", "8/8"]
    assert rows["2"] == [OFFICE, "29/4/2021", "hoàn thành, đúng hạn", "3/3"]
    assert rows["3"] == [HOME_AFFAIRS, "5/5/2021", "hoàn thành, quá hạn", "10/10"]
    assert rows["Tất cả thông báo"][-1] == "54/40"
    said = " ".join(text.split())
    for part in STORY:
        assert part in said, part
    assert re.search(r"SIGKILL tiến trình deadlines \(\d+\) ngay lúc sự kiện vừa đến, rồi chạy lại \(\d+\)", said)
    assert max(map(len, text.splitlines()[6:80])) <= 100
    assert "ok      32 facts answered 202 = 30 registered + 1 refused + 1 sent again" in text
    assert "ok      9 stages of deadlines fired, each once and not before its instant" in text
    assert "ok      30 letters and 10 webhooks caught, one for each notice and address, each told as delivered" in text
    assert "12 invariants checked, 0 broken." in text


STORY = (
    "Hệ thống đọc cong-van-612.txt",
    "1.b.1 kế hoạch Phòng Nội vụ - LĐTB&XH “trước ngày 16/4/2021”",
    "? Văn bản chưa có số → 612",
    "? Nhiệm vụ 1.a không ghi thời hạn → “sẽ xác định sau”",
    "7/4/2021 09:00 Công văn không ghi thời hạn cho việc 1.a: UBND thị xã làm rõ",
    "làm rõ thời hạn nhiệm vụ 1.a: “chậm nhất ngày 23/4/2021” → ngày cuối 23/4/2021",
    "12/4/2021 00:00 · nhắc việc: nhiệm vụ 1.b.1 còn 3 ngày làm việc (ngày cuối 15/4/2021)",
    "CÒN THIẾU - Hiện đại hóa hành chính / Dịch vụ công trực tuyến / Hồ sơ nộp trực tuyến mức độ 3, 4: thiếu nguyên nhân",
    "CẢNH BÁO nhiệm vụ 1.b.2: hội nghị đặt vào 5/5/2021 14:00, ngoài thời gian văn bản cho phép (ngày cuối 30/4/2021)",
    "hết cảnh báo: nhiệm vụ 1.b.2 lại kịp thời hạn (ngày cuối 30/4/2021)",
    "thời hạn nhiệm vụ 1.a mở lại (ngày cuối 23/4/2021)",
    "kế hoạch đủ nội dung (4 dòng",
    "TỪ CHỐI: hội nghị không thể diễn ra sau thời điểm tiếp nhận thông tin",
    "6/5/2021 00:00 · QUÁ HẠN: nhiệm vụ 3 (ngày cuối 5/5/2021)",
    "7/5/2021 00:00 · BÁO LÊN MỨC 1 (người đứng đầu đơn vị): nhiệm vụ 3 trễ 1 ngày",
    "9/5/2021 00:00 · BÁO LÊN MỨC 2 (văn phòng cơ quan ban hành): nhiệm vụ 3 trễ 3 ngày; báo UBND thị xã [webhook]",
    "đã tiếp nhận kết quả nhiệm vụ 3: quá hạn (ngày cuối 5/5/2021)",
    "máy chủ SMTP trên máy này đã nhận 30 thư gửi tới 2 hộp thư",
    "Subject: Thay đổi lịch hội nghị: Hội nghị công bố Chỉ số cải cách hành chính năm 2020",
    "│ DTSTART:20210428T070000Z",
    "Webhook: nhận 10 tin, chữ ký (Standard Webhooks, HMAC-SHA256) đúng 10/10",
)
"""What a reader has to find in the output, wherever its lines are folded."""


def test_another_letter_is_read_answered_by_rules_and_played_to_its_last_deadline(directory: Path) -> None:
    with running(directory, "demo", "--letter", str(LETTERS / "03-gop-y-du-thao.txt"), ONCE="1", PORT=str(free_port())) as command:
        assert command.finish() == 0, command.text
        command.require_nothing_left()
    said = " ".join(command.text.split())
    assert "4 đơn vị nêu trong văn bản được ghi vào sổ với mã tạm H99" in said
    assert "→ Giám đốc các bệnh viện, trung tâm y tế (đơn vị được nêu đầu tiên)" in said
    assert "12/8/2022 16:30 · QUÁ HẠN: nhiệm vụ 1 (ngày cuối 12/8/2022)" in said
    rows = rows_of(command.text)
    assert rows["1"][1:3] == ["12/8/2022", "chưa thực hiện, quá hạn"]
    assert rows["2"][1:3] == ["30/8/2022", "chưa thực hiện, quá hạn"]
    assert "12 invariants checked, 0 broken." in said


@pytest.mark.parametrize(
    ("letter", "code", "line"),
    [
        (Path("gone.txt"), 2, "dondoc: gone.txt cannot be opened (No such file or directory): name a letter that is there, or none\n"),
        (SECRET, 1, f"dondoc: state-secret: {SECRET} bears a mark of state secrets, which never enter this system\n"),
    ],
    ids=["gone", "secret"],
)
def test_a_letter_that_cannot_be_played_is_one_line_before_anything_starts(letter: Path, code: int, line: str, directory: Path) -> None:
    with running(directory, "demo", LETTER=str(letter)) as command:
        assert command.finish() == code
        assert command.lines == [line]
        command.require_nothing_left()


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
        assert "12 invariants checked, 1 broken." in command.text
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=30) as client:
            client.headers["Authorization"] = f"Bearer {key[1]}"
            page = (await client.get("/tasks")).text
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
    [
        ({"PORT": "eighty"}, "PORT should be a number, not 'eighty'"),
        ({"PORT": "70000"}, "port 70000 for the console is not between 1 and 65535"),
    ],
)
def test_a_setting_that_cannot_be_followed_is_one_line(environment: dict[str, str], said: str, directory: Path) -> None:
    with running(directory, "demo", **environment) as command:
        assert command.finish() == 2
        (line,) = command.lines
        assert said in line
