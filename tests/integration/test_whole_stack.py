"""The real services of the Compose file, all together, started by the stack."""

import itertools
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.memory import LIMIT_MIB, measure
from deploy.local.polling import wait_until
from deploy.local.requirements import root
from deploy.local.stack import Stack
from services.directives.binding import STRUCTURED
from services.schemas import OWN
from shared.contracts.registry import unit_key
from shared.topics import load_topics, topic_ids

DONDOC = Path(sys.executable).with_name("dondoc")
UP = [sys.executable, "-m", "deploy.local", "up", "--port", "0"]
CPU_SECONDS = 22.0
"""What a start may cost: two cores then have the stack up within 15 s, and a loaded machine does not fail the test."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        running.wait_ready(120)
        yield running


def test_every_process_says_that_it_is_ready(stack: Stack) -> None:
    assert set(stack.processes) == {"gateway", "courier", *OWN}
    assert httpx.get(f"{stack.url}/readyz").json() == {"status": "ready"}


def test_its_start_costs_little_enough_to_be_quick(stack: Stack) -> None:
    running = [stack.infrastructure.kafka.process, stack.infrastructure.postgres.process, *stack.processes.values()]
    times = [psutil.Process(process.pid).cpu_times() for process in running]
    assert sum(each.user + each.system for each in times) <= CPU_SECONDS


def test_its_topics_are_those_of_the_list(stack: Stack) -> None:
    listed = {topic.name for topic in load_topics() if not topic.is_template}
    assert {name for name in topic_ids(stack.bootstrap) if not name.startswith("__")} == listed


def test_it_idles_within_its_memory(stack: Stack) -> None:
    sizes = measure({process.pid: process.name for process in stack.processes.values()})
    assert set(OWN) <= sizes.keys()
    del sizes["this program"]  # here it is the test run, which has grown with the tests before
    assert sum(sizes.values()) <= LIMIT_MIB


def test_every_worker_comes_back_after_sigkill(stack: Stack) -> None:
    for name in OWN:
        stack.processes[name].kill()
    for name in OWN:
        stack.processes[name].start()
    stack.wait_ready(120)


def test_the_read_model_is_made_anew_while_it_serves(stack: Stack) -> None:
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    environment = {**os.environ, **(stack.processes["directives"].launch.environment or {})}
    with httpx.Client(base_url=stack.url, headers=headers, timeout=30) as client:
        register(client, "H99.1")
        done = subprocess.run([DONDOC, "rebuild", "directives"], env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert re.search(r"^unit +1 rows .* equal$", done.stdout, re.MULTILINE), done.stdout
        assert done.stdout.endswith("the rebuilt tables are in place\n")
        register(client, "H99.2")  # by the worker that ran all the time


def register(client: httpx.Client, code: str) -> None:
    """Register a unit, and wait until its page knows it."""
    unit = str(unit_key(code))
    event = {
        "specversion": "1.0", "id": f"register-{code}", "source": "/tests", "type": "vn.dondoc.unit-registered.v1", "subject": unit,
        "partitionkey": unit, "data": {"code": code, "name": f"Đơn vị {code}"},
    }  # fmt: skip
    answer = client.post("/api/events", json=event, headers={"Content-Type": STRUCTURED, "Prefer": "wait=20"})
    assert answer.json()["status"] == "registered"
    wait_until(lambda: client.get(f"/api/units/{code}").status_code == httpx.codes.OK, 30, f"unit {code}")


def test_up_prints_where_things_are_and_ends_in_order_at_ctrl_c() -> None:
    program = subprocess.Popen(UP, cwd=root(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert program.stdout is not None
    with program.stdout:
        printed = "".join(itertools.takewhile(lambda line: line != "Ctrl-C stops it.\n", program.stdout))
        said = dict(re.findall(r"^  (\S.*?) {2,}(\S+)$", printed, re.MULTILINE))
        assert httpx.get(f"{said['console and API']}readyz").status_code == 200
        program.send_signal(signal.SIGINT)
        assert program.stdout.read() == "\nStopped; nothing is left behind.\n"
    assert program.wait() == 0
    assert not Path(said["logs"]).parent.exists()
