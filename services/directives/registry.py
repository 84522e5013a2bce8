"""The registry of units, as the office keeps it: facts of its own, put into the inbox like any other, and their verdicts waited for."""

import asyncio
import secrets
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.directives.admission import Admitted
from services.directives.api import Reader
from services.directives.delivery import InboxSender
from services.directives.domain.status import OFFICE_ZONE
from services.directives.domain.succession_files import plan_successions, read_successions
from services.directives.domain.unit_files import Fault, Known, Step, Work, codes_in, plan, read_file
from services.directives.queries import QUERIES
from services.directives.receipts import Receipt, Receipts
from shared.contracts import Contract
from shared.contracts.codes import canonical_code
from shared.contracts.registry import UnitRegistered, UnitRenamed, UnitSucceeded, unit_key
from shared.envelope import encode, event_of
from shared.errors import NotFoundError, RefusedError, UnavailableError
from shared.identity.audit import record
from shared.topics import partition_of

PUBLISHER = "office"
SOURCE = "/dondoc/office"
VERDICT_SECONDS = 30.0
SHOWN_SECONDS = 5.0
"""How long a change waits until the read model shows it; it is registered anyway."""
TOGETHER = 500
"""How many facts of a file are under way at once."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A line whose fact the registrar refused."""

    line: int
    code: str
    reason: str
    reason_vi: str


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What a file came to; with faults nothing of it was registered."""

    registered: int = 0
    renamed: int = 0
    succeeded: int = 0
    passed_over: int = 0
    is_dry_run: bool = False
    differences: Sequence[Mapping[str, str | int | None]] = ()
    faults: Sequence[Mapping[str, str | int]] = ()
    refused: Sequence[Refusal] = ()


@dataclass(frozen=True)
class Registry:
    """What the registry is kept with."""

    reader: Reader
    sender: InboxSender
    receipts: Receipts
    partitions: int

    async def register(self, data: UnitRegistered, *, by: str) -> Receipt:
        """Register a unit; raises RefusedError or UnavailableError."""
        given = replace(data, code=canonical_code(data.code))
        return await self._say_one(unit_key(given.code), given, by)

    async def rename(self, code: str, data: UnitRenamed, *, by: str) -> Receipt:
        """Give a unit another name from a day on; raises NotFoundError, RefusedError or UnavailableError."""
        return await self._say_one((await self.find(code)).id, data, by)

    async def succeed(self, code: str, data: UnitSucceeded, *, by: str) -> Receipt:
        """Say which units take a unit's place; raises NotFoundError, RefusedError or UnavailableError."""
        return await self._say_one((await self.find(code)).id, data, by)

    async def find(self, code: str) -> Known:
        """Return the unit that bears a code of either scheme, or raise NotFoundError."""
        known = await self.find_all([code])
        if canonical_code(code) not in known:
            raise NotFoundError("unit", code)
        return known[canonical_code(code)]

    async def find_all(self, codes: Iterable[str]) -> dict[str, Known]:
        """Return the registered units among some codes, with their newest names."""
        rows = await self.reader.pool.fetch(QUERIES["find_units"], [canonical_code(code) for code in codes])
        return {row["code"]: Known(row["id"], row["name"], row["short_name"], row["parent"]) for row in rows}

    async def import_file(self, content: bytes, *, by: str, rename: bool = False, is_dry_run: bool = False) -> Imported:
        """Register the units of a file that are not registered yet; those that are stay unless another name may be given to them.

        The same file may be sent again, also after a part of it was registered. Raises UnavailableError.
        """
        lines, faults = read_file(content)
        if faults:
            return Imported(faults=_told(faults), is_dry_run=is_dry_run)
        work = plan(lines, await self.find_all(codes_in(lines)), today=await self.today(), rename=rename)
        return await self._do(work, "units-imported", by, is_dry_run=is_dry_run)

    async def import_successions(self, content: bytes, *, by: str, is_dry_run: bool = False) -> Imported:
        """Register the successions of a file that do not stand yet. Raises UnavailableError."""
        lines, faults = read_successions(content)
        if faults:
            return Imported(faults=_told(faults), is_dry_run=is_dry_run)
        known = await self.find_all({code for line in lines for code in (line.code, line.successor)})
        rows = await self.reader.pool.fetch(QUERIES["find_successions"], [unit.id for unit in known.values()])
        standing = {(row["unit"], row["successor"], row["valid_from"]) for row in rows}
        return await self._do(plan_successions(lines, known, standing), "successions-imported", by, is_dry_run=is_dry_run)

    async def _do(self, work: Work, action: str, by: str, *, is_dry_run: bool) -> Imported:
        if is_dry_run or work.faults:
            return _imported(work, (), is_dry_run=is_dry_run)
        refused: list[Refusal] = []
        for wave in work.waves:
            refused += await self._register_wave(wave)
        done = _imported(work, refused, is_dry_run=False)
        counts = {"registered": done.registered, "renamed": done.renamed, "succeeded": done.succeeded, "refused": len(refused)}
        await self._note(by, action, "units", counts)
        return done

    async def today(self) -> date:
        """Return the office's day."""
        return (await self.reader.clock()).astimezone(OFFICE_ZONE).date()

    async def _register_wave(self, wave: Sequence[Step]) -> list[Refusal]:
        refused = []
        for begin in range(0, len(wave), TOGETHER):
            part = wave[begin : begin + TOGETHER]
            receipts = await self._say([(step.key, step.data) for step in part])
            for step, receipt in zip(part, receipts, strict=True):
                if receipt.refusal is not None:
                    told = receipt.refusal
                    refused.append(Refusal(line=step.line, code=step.code, reason=told.reason, reason_vi=told.reason_vi))
        return refused

    async def _say_one(self, key: UUID, data: Contract, by: str) -> Receipt:
        (receipt,) = await self._say([(key, data)])
        if receipt.refusal is not None:
            raise RefusedError(receipt.refusal.code, receipt.refusal.reason, receipt.refusal.reason_vi)
        await self._note(by, data.NAME, f"unit:{key}", {"receipt": receipt.receipt, "version": receipt.version})
        return receipt

    async def _say(self, facts: Sequence[tuple[UUID, Contract]]) -> list[Receipt]:
        """Put facts into the inbox and return their receipts, once the read model shows them; raises UnavailableError."""
        now = await self.reader.clock()
        places = await self.sender.send_all([self._admitted(key, data, now) for key, data in facts])
        receipts = await self.receipts.wait(places, VERDICT_SECONDS)
        if any(receipt.status == "received" for receipt in receipts):
            raise UnavailableError(f"the registrar has not judged everything within {VERDICT_SECONDS:.0f} s: see whether it runs")
        told = [(key, receipt.version) for (key, _), receipt in zip(facts, receipts, strict=True) if receipt.version is not None]
        await self._wait_until_shown(told)
        return receipts

    def _admitted(self, key: UUID, data: Contract, now: datetime) -> Admitted:
        name = f"{data.NAME}/{secrets.token_hex(16)}"
        event = event_of(data, id=name, source=SOURCE, subject=str(key), key=str(key), time=now)
        value = encode(replace(event, receivedtime=now, publisher=PUBLISHER))
        return Admitted(partition_of(str(key), self.partitions), str(key).encode(), value, event.type)

    async def _wait_until_shown(self, told: Collection[tuple[UUID, int]]) -> None:
        keys, versions = [key for key, _ in told], [version for _, version in told]
        end = time.monotonic() + SHOWN_SECONDS
        while await self._count_shown(keys, versions) < len(told) and time.monotonic() < end:  # noqa: ASYNC110  another process writes
            await asyncio.sleep(0.05)

    async def _count_shown(self, keys: Sequence[UUID], versions: Sequence[int]) -> int:
        return int(await self.reader.pool.fetchval(QUERIES["count_shown"], keys, versions))

    async def _note(self, by: str, action: str, about: str, detail: Mapping[str, object]) -> None:
        await record(self.reader.pool, actor=by, action=action, object=about, detail=detail)


def _told(faults: Iterable[Fault]) -> list[Mapping[str, str | int]]:
    return [fault._asdict() for fault in faults]


def _imported(work: Work, refused: Sequence[Refusal], *, is_dry_run: bool) -> Imported:
    lost = {each.code for each in refused}
    done = [step for wave in work.waves for step in wave if step.code not in lost]
    return Imported(
        registered=sum(isinstance(step.data, UnitRegistered) for step in done),
        renamed=sum(isinstance(step.data, UnitRenamed) for step in done),
        succeeded=sum(len(step.data.successors) for step in done if isinstance(step.data, UnitSucceeded)),
        passed_over=work.passed_over,
        is_dry_run=is_dry_run,
        differences=[each._asdict() for each in work.differences],
        faults=_told(work.faults),
        refused=refused,
    )
