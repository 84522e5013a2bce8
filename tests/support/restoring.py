"""A whole system whose stores are backed up, lost and brought back by the commands of docs/operations.md."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.bench.facts import facts, units
from deploy.chaos.reading import Reader
from deploy.local.infrastructure import Infrastructure
from deploy.local.polling import wait_until
from deploy.local.stack import Stack
from services.rebuild_command import PLANS
from shared.clock import system_clock
from shared.envelope import Event, encode
from shared.environment import Environment
from shared.postgres import connect
from shared.rebuild.certificate import Sum, digest
from shared.rebuild.plan import RebuildPlan

DONDOC = Path(sys.executable).with_name("dondoc")
BATCH = "application/cloudevents-batch+json"
PARTITIONS = 4
Digests = dict[str, dict[tuple[str, int], Sum]]


@dataclass
class System:
    """The services on stores of their own; the stores outlive them."""

    infrastructure: Infrastructure
    directives: int = 0
    stack: Stack = field(init=False)

    def __post_init__(self) -> None:
        self.stack = Stack(self.infrastructure)

    def start(self) -> None:
        """Start the services, and wait until all are ready."""
        self.stack = Stack(self.infrastructure)
        self.stack.start()
        self.stack.wait_ready(120)

    def publish(self, directives: int) -> None:
        """Publish some directives with all that follows from them, and wait until every service has seen to it."""
        fresh = list(facts(self.directives, directives))
        self._post(fresh if self.directives else [*units(), *fresh])
        self.directives += directives
        self.settle()

    def _post(self, events: Sequence[Event]) -> None:
        headers = {"Authorization": f"Bearer {self.stack.api_key}", "Content-Type": BATCH}
        for begin in range(0, len(events), 200):
            content = b"[" + b",".join(encode(each) for each in events[begin : begin + 200]) + b"]"
            answer = httpx.post(f"{self.stack.url}/api/events", content=content, headers=headers, timeout=30)
            assert answer.status_code == httpx.codes.ACCEPTED, answer.text

    def settle(self) -> None:
        """Wait until nothing is on its way."""
        assert asyncio.run(self._drain()) == ""

    async def _drain(self) -> str:
        reader = Reader(self.stack.bootstrap, self.stack.dsn)
        try:
            return await reader.drain(await system_clock())
        finally:
            await reader.close()

    def digests(self) -> Digests:
        """Return rows and digests of everything that topics feed."""
        return asyncio.run(self._digests())

    async def _digests(self) -> Digests:
        return {schema: await self._digest(make(self._environment)) for schema, make in PLANS.items()}

    async def _digest(self, plan: RebuildPlan) -> dict[tuple[str, int], Sum]:
        connection = await connect(self.stack.dsn, schema=plan.schema)
        try:
            return await digest(connection, plan.tables, PARTITIONS)
        finally:
            await connection.close()

    @property
    def _environment(self) -> Environment:
        return Environment(self.infrastructure.kafka.bootstrap, self.stack.dsn, PARTITIONS, "system", 0, "127.0.0.1", None)

    def dondoc(self, *words: str) -> str:
        """Give a command, and return what it says; it must succeed."""
        given = {
            "DONDOC_KAFKA_BOOTSTRAP": self.infrastructure.kafka.bootstrap, "DONDOC_POSTGRES_DSN": self.infrastructure.postgres.dsn(),
            "DONDOC_PARTITIONS": str(PARTITIONS),
        }  # fmt: skip
        done = subprocess.run([str(DONDOC), *words], env={**os.environ, **given}, capture_output=True, text=True, check=False, timeout=120)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout

    def rebuild_all(self, *words: str) -> str:
        """Make the tables of every service anew."""
        return "".join(self.dondoc("rebuild", schema, *words) for schema in PLANS)

    def base_backup(self, to: Path) -> None:
        """Copy the running database cluster."""
        postgres = self.infrastructure.postgres
        words = ["--dbname", postgres.dsn("postgres"), "--pgdata", str(to), "--checkpoint=fast", "--no-sync"]
        command = [str(postgres.program("pg_basebackup")), *words]
        subprocess.run(command, check=True, capture_output=True)

    def restore_database(self, backup: Path) -> None:
        """Put a copy of the database cluster in the place of the present one."""
        postgres = self.infrastructure.postgres
        postgres.stop()
        _replace(postgres.data, backup)
        postgres.start()

    def refused(self, name: str) -> str:
        """Start the services, and return the line with which a worker stops."""
        self.stack = Stack(self.infrastructure)
        self.stack.start()
        process = self.stack.processes[name]
        wait_until(lambda: not process.alive, 60, f"the end of {name}")
        line = next(line for line in reversed(process.log.read_text(encoding="utf-8").splitlines()) if line.startswith("dondoc: "))
        self.stack.stop()
        return line


def _replace(data: Path, backup: Path) -> None:
    owner = data.stat()
    shutil.rmtree(data)
    shutil.copytree(backup, data, symlinks=True)
    for path in (data, *data.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
    data.chmod(0o700)


def copy_log(infrastructure: Infrastructure, to: Path) -> None:
    """Copy the data of a broker that is stopped."""
    shutil.copytree(infrastructure.kafka.directory / "data", to)


def restore_log(infrastructure: Infrastructure, backup: Path) -> None:
    """Put a copy of the broker's data in the place of the present one."""
    shutil.rmtree(infrastructure.kafka.directory / "data")
    shutil.copytree(backup, infrastructure.kafka.directory / "data")
