"""The ingress, through the gateway's own process: single events over 64 connections."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import msgspec

from deploy.bench.load import KEYS, PATH, Report, Target, template
from deploy.bench.machine import WrongResultError, require_equal, until
from deploy.bench.registering import INBOX
from deploy.local.requirements import root
from deploy.local.stack import Stack
from services.publishers_command import TYPES
from services.publishing import Office, Wanted
from shared.environment import Environment
from shared.errors import UnavailableError
from shared.topics import end_offsets

CONNECTIONS = 64
SCRIPT = Path(__file__).with_name("post.lua")
GRACE_SECONDS = 30
PUBLISHER = "so-do-luong"
ROOM = {"DONDOC_EVENTS_PER_SECOND": "1000000", "DONDOC_EVENTS_BURST": "1000000", "DONDOC_EVENTS_PER_DAY": "1000000000"}
"""Settings under which the publisher's limits are counted and never reached."""


def generator() -> str:
    """Return the name of the load generator that this machine has."""
    return "wrk" if shutil.which("wrk") else "deploy.bench.load"


async def admit(stack: Stack) -> str:
    """Return the key of a publisher that may send everything; the registrar, which is needed for that alone, has stopped then."""
    environment = Environment.read(stack.processes["registrar"].launch.environment or {})
    async with Office.opened(environment, 1) as office:
        wanted = Wanted(PUBLISHER, "Sở Đo lường", (), all_units=True, types=tuple(TYPES), valid_from=None, valid_until=None)
        await office.authorise(wanted, over_kafka=False)
        key = await office.issue_key(PUBLISHER, "command:bench")

    async def is_known() -> bool:
        async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {key}"}) as client:
            return (await client.post(PATH, content=b"")).status_code == httpx.codes.UNSUPPORTED_MEDIA_TYPE

    await until(is_known, "the publisher's key at the gateway")
    stack.processes["registrar"].stop()
    return key


def run(stack: Stack, key: str, seconds: int, number: int) -> Report:
    """Return what a generator with that key saw; raises WrongResultError unless each answer was a 202 and each of these events is in Kafka.

    What was under way when the time was up may be there too.
    """
    target = Target("127.0.0.1", stack.processes["gateway"].port, key)
    before = _inbox(stack)
    report = _wrk(target, seconds, number) if shutil.which("wrk") else _own(target, seconds, number)
    added = _inbox(stack) - before
    require_equal("answers other than 202", report.errors, 0)
    if not report.requests <= added <= report.requests + CONNECTIONS:
        raise WrongResultError(f"the ingress answered {report.requests} events, and {added} are in Kafka")
    return report


def _inbox(stack: Stack) -> int:
    return sum(end_offsets(stack.bootstrap, [INBOX]).values())


def _wrk(target: Target, seconds: int, number: int) -> Report:
    environment = {
        **os.environ, "BENCH_BODY": template(), "BENCH_RUN": str(number), "BENCH_KEYS": str(KEYS), "BENCH_KEY": target.key,
    }  # fmt: skip
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), f"http://{target.host}:{target.port}{PATH}"]
    lines = _output(command, seconds, environment).splitlines()
    return msgspec.json.decode(next(line for line in lines if line.startswith("REPORT ")).removeprefix("REPORT "), type=Report)


def _own(target: Target, seconds: int, number: int) -> Report:
    told = [target.host, str(target.port), target.key, str(CONNECTIONS), str(seconds), str(number)]
    return msgspec.json.decode(_output([sys.executable, "-m", "deploy.bench.load", *told], seconds, dict(os.environ)), type=Report)


def _output(command: list[str], seconds: int, environment: dict[str, str]) -> str:
    answer = subprocess.run(
        command, env=environment, cwd=root(), capture_output=True, text=True, check=False, timeout=seconds + GRACE_SECONDS
    )
    if answer.returncode:
        raise UnavailableError(f"{command[0]} failed: {(answer.stderr or answer.stdout).strip()[-1000:]}")
    return answer.stdout
