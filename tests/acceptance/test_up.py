"""`dondoc up`: the empty system on the real clock, whose data outlives it."""

import re
import subprocess
from pathlib import Path

import httpx
import pytest

from deploy.demo.run import SAMPLES
from deploy.demo.story import load_facts
from deploy.local.infrastructure import temporary_directory
from deploy.local.ports import free_port, is_free
from tests.support.command import Command, running

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def directory() -> Path:
    """Return a directory that PostgreSQL's own user may enter."""
    return temporary_directory()


def key_of(command: Command) -> str:
    """Return the key that the system shows when it is up."""
    line = command.read_until("API key")
    command.read_until("Ctrl-C stops it.")
    return line.split()[-1]


def test_the_empty_system_keeps_what_it_was_told_over_a_restart(directory: Path) -> None:
    port, data = free_port(), directory / "kept"
    (fact,) = load_facts(SAMPLES / "01-uy-ban-tinh.json")
    with (
        running(directory, "up", PORT=str(port), DONDOC_DATA=str(data)) as command,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        first = key_of(command)
        assert len(re.findall(re.escape(first), command.text)) == 1
        assert not re.search(r"sasl://|postgresql://", command.text), "passwords of Kafka and PostgreSQL are in the file alone"
        settings = data / "settings.sh"
        assert settings.stat().st_mode & 0o777 == 0o600
        told = re.search(r"sign in as +admin, password (\w+)$", command.text, re.MULTILINE)
        assert told, command.text
        entered = client.post("/sign-in", data={"name": "admin", "password": told[1]})
        assert (entered.status_code, client.get("/accounts").headers["location"]) == (303, "/account")  # to change the password first
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {first}"
        assert client.get("/api/tasks").json()["items"] == []
        headers = {"Content-Type": "application/cloudevents+json", "Prefer": "wait=30"}
        assert client.post("/api/events", json=fact, headers=headers).json()["status"] == "registered"
        assert f"  for a shell      . {settings}\n" in command.text
        known = subprocess.run(["sh", "-c", f". {settings}; dondoc publishers list"], capture_output=True, text=True, check=False)
        assert (known.returncode, known.stderr) == (0, "")
        with running(directory, "up", PORT=str(free_port()), DONDOC_DATA=str(data)) as another:
            assert another.finish() == 2
            assert another.text == f"dondoc: another system runs on the data in {data}: stop it, or set DONDOC_DATA\n"
        assert command.interrupt() == 0
        assert command.lines[-1] == f"Stopped; its data is kept in {data}.\n"
        command.require_nothing_left()
    assert is_free(port)
    with running(directory, "up", PORT=str(port), DONDOC_DATA=str(data)) as command:
        second = key_of(command)
        assert re.search(r"sign in as +made before$", command.text, re.MULTILINE)
        assert second != first
        asked = {"Authorization": f"Bearer {second}"}
        assert httpx.get(f"http://127.0.0.1:{port}/api/units/H10", headers=asked).json()["name"] == fact["data"]["name"]
        assert command.interrupt() == 0
        command.require_nothing_left()
