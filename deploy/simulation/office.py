"""The simulated office: door, log, services with two instances each, relays, courier, clocks; it does what steps say, and comes to rest."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from deploy.chaos.evidence import DEADLINES, EVENTS, FOLLOWS, INBOX, NOTICES, VERDICTS, Finding
from deploy.simulation import tables
from deploy.simulation.clock import Clocks
from deploy.simulation.courier import Courier
from deploy.simulation.database import Answer, CrashError, Database, finish
from deploy.simulation.facts import ISSUER, NAMESPACE, PARTITIONS, UNITS, Planned
from deploy.simulation.log import Log, Outgo
from deploy.simulation.relay import Relay, Trouble
from deploy.simulation.worker import Surroundings, Worker
from services.directives.repository import QUERIES as RECEIPTS
from services.notifications.domain.deliveries import Kind
from services.notifications.domain.escalation import Case
from shared.contracts.deadlines import DeadlineMet, DeadlineWithdrawn
from shared.envelope import decode, encode, header
from shared.errors import FatalError

if TYPE_CHECKING:
    from datetime import datetime

SCHEMAS = ("registrar", "deadlines", "notifications")
SENDS: Mapping[str, tuple[str, ...]] = {"registrar": (EVENTS, VERDICTS), "deadlines": (DEADLINES,), "notifications": (NOTICES,)}
"""What the relay of each schema sends."""
INSTANCES = 2
_case = msgspec.msgpack.Decoder(Case)
MAIL: tuple[Kind, ...] = ("mail",)
WHOLE = 1_000
ROUNDS = 40
"""An office that is not at rest after so many rounds never is."""


class Answered(NamedTuple):
    """A fact that was answered with 202: where it was said to be."""

    planned: Planned
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Parts:
    """What an office is built from; a planted bug is another part."""

    worker: type[Worker] = Worker
    relay: type[Relay] = Relay
    courier: type[Courier] = Courier
    door: type["Door"] = field(default_factory=lambda: Door)
    wrong: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)


class Door:
    """The ingress: stamps a fact, appends it, and answers once it is in the log."""

    def __init__(self, office: "Office") -> None:
        self.office = office

    def take(self, planned: Planned, *, is_lost: bool, is_answered: bool) -> None:
        """Take a fact; the broker may lose it before it acknowledges, the answer may be lost after that."""
        if not is_lost:
            offset = self.append(planned)
            if is_answered:
                self.answer(planned, offset)

    def append(self, planned: Planned) -> int:
        """Append a fact as received, and return its offset."""
        office = self.office
        event = replace(planned.event, receivedtime=office.clocks.office, publisher="api")
        key = event.partitionkey.encode()
        partition = planned.partition
        office.received.append((planned, office.clocks.office))
        return office.log.append(INBOX, partition, [Outgo(key, encode(event))])

    def verdict(self, partition: int, offset: int) -> list[str]:
        """Return what a record was told to have come to, if anything is told yet; of a repeat nothing is asked."""
        rows = finish(self.office.databases["registrar"].fetch(RECEIPTS["read_receipts"], [partition], [offset], EVENTS, VERDICTS))
        return [row["outcome"] for row in rows if not row["is_duplicate"]]

    def answer(self, planned: Planned, offset: int) -> None:
        """Answer 202."""
        self.office.answered.append(Answered(planned, planned.partition, offset))


class Office:
    """Everything of one history."""

    def __init__(self, parts: Parts, *, has_mail: bool) -> None:
        self.clocks = Clocks()
        self.log = Log(self.clocks)
        self.answered: list[Answered] = []
        self.received: list[tuple[Planned, datetime]] = []
        self.findings: list[Finding] = []
        self.stopped: dict[str, str] = {}
        self.databases = {schema: Database(schema, self.clocks, _wrong(parts, schema)) for schema in SCHEMAS}
        self.around = Surroundings(self.log, self.databases, MAIL if has_mail else ())
        self.door = parts.door(self)
        self.courier = parts.courier(self.databases["notifications"], self.log)
        self._parts = parts
        self._enter_units(has_mail=has_mail)
        self._workers: dict[tuple[str, int], Worker] = {}
        self._relays: dict[tuple[str, int], Relay] = {}

    def _enter_units(self, *, has_mail: bool) -> None:
        for unit in (ISSUER, *UNITS):
            self.databases["registrar"].put("unit", unit, "H1")
            if has_mail:
                self.databases["notifications"].put("contact", uuid5(NAMESPACE, f"contact/{unit}"), (unit, "mail", "a@example.org"))

    def arrived(self, partition: int) -> list[Planned]:
        """Return the facts that lie in a partition of the inbox, in their order."""
        return [planned for planned, _ in self.received if planned.partition == partition]

    def worker(self, schema: str, number: int = 0) -> Worker:
        """Return an instance of a service's worker; it is started when it is first asked for."""
        found = self._workers.get((schema, number))
        if found is None:
            found = self._workers[schema, number] = self._parts.worker(self.around, schema)
        return found

    def relay(self, schema: str, number: int = 0) -> Relay:
        """Return an instance of a service's relay."""
        found = self._relays.get((schema, number))
        if found is None:
            found = self._relays[schema, number] = self._parts.relay(self.databases[schema], self.log)
        return found

    def kill(self, schema: str, number: int) -> None:
        """End a process: what it remembers is lost."""
        self._workers.pop((schema, number), None)
        self._relays.pop((schema, number), None)

    def risk(self, schema: str, number: int, fuse: int | None, work: Callable[[], object]) -> None:
        """Let a process do something; where its fuse burns down, or the work says so, it dies on the way."""
        db = self.databases[schema]
        db.fuse = fuse
        try:
            if schema not in self.stopped:
                work()
        except CrashError:
            self.kill(schema, number)
        except FatalError as error:
            self.stopped[schema] = str(error)
        finally:
            db.fuse = None

    def send(self, schema: str, number: int, topic: str, partition: int, size: int, trouble: Trouble) -> None:
        """Let a relay send."""
        self.risk(schema, number, None, lambda: self.relay(schema, number).send(topic, partition, size, trouble))

    def fire(self, schema: str, number: int) -> int:
        """Let a worker see to its timers; what is escalated although the log says that it has ended is noted."""
        before = set(self._told()) if schema == "notifications" else set()
        fired = self.worker(schema, number).fire()
        if fired and schema == "notifications" and not self.databases[schema]["parked"]:  # what is parked is not known yet
            ended = set(self._ended())
            for deadline in {told[0] for told in set(self._told()) - before} & ended:
                self.findings.append(Finding("early", f"deadline {deadline} was escalated after it had ended"))
        return fired

    def _told(self) -> Iterator[tuple[UUID, UUID, int]]:
        for deadline, row in self.databases["notifications"]["escalation"].items():
            yield from ((deadline, *told) for told in _case.decode(row[2]).told)

    def _ended(self) -> Iterator[UUID]:
        """Yield the deadlines of which the log says last that they are met or count no more."""
        last: dict[UUID, type] = {}
        for partition in range(PARTITIONS):
            for record in self.log.records[DEADLINES, partition]:
                data = decode(record.value).data
                last[data.deadline] = type(data)
        return (deadline for deadline, kind in last.items() if kind in (DeadlineMet, DeadlineWithdrawn))

    def settle(self) -> None:
        """Start every process anew, and let all work until nothing is left to do at this instant of the office clock."""
        self._workers.clear()
        self._relays.clear()
        self.around.spoilt.clear()
        for schema in SCHEMAS:
            if self.databases[schema]["parked"]:
                self.risk(schema, 0, None, self.worker(schema).retry_parked)
        for _ in range(ROUNDS):
            if not self._do_round():
                return
        raise RuntimeError("the office does not come to rest")

    def _do_round(self) -> bool:
        """Let each service do what it has to do, and tell whether any had something."""
        busy = [schema for schema in SCHEMAS if self.flow(schema)]
        return bool(busy)

    def flow(self, schema: str, trouble: Trouble = "") -> bool:
        """Let a service do all that there is for it, and its relay send it; tell whether there was anything."""
        done: list[bool] = []
        self.risk(schema, 0, None, lambda: done.append(self._flow(self.worker(schema), self.relay(schema), trouble)))
        return any(done)

    def _flow(self, worker: Worker, relay: Relay, trouble: Trouble) -> bool:
        schema, is_busy = worker.schema, False
        for topic in FOLLOWS[schema]:
            for partition in range(PARTITIONS):
                while worker.fetch(topic, partition, WHOLE):
                    worker.apply()
                    is_busy = True
        is_busy |= self.fire(schema, 0) > 0
        for topic in SENDS[schema]:
            for partition in range(PARTITIONS):
                while relay.is_behind(topic, partition) and relay.send(topic, partition, WHOLE, trouble):
                    is_busy = True
        return is_busy

    def ask(self) -> None:
        """Ask for the verdicts on all facts that were answered, and note what is told before the log holds the event that says so."""
        for _, partition, offset in self.answered:
            for outcome in self.door.verdict(partition, offset):
                if not self._holds(outcome, f"{INBOX}/{partition}/{offset}".encode(), partition):
                    self.findings.append(Finding("early", f"{INBOX}/{partition}/{offset} was told to be {outcome} before the log said so"))

    def _holds(self, outcome: str, cause: bytes, partition: int) -> bool:
        topic = EVENTS if outcome == "registered" else VERDICTS
        return any(header(record.headers, "cause") == cause for record in self.log.records[topic, partition])

    def ends_of(self, topic: str) -> Mapping[int, int]:
        """Return the last position of each partition of a topic."""
        return {
            partition: Relay(self.databases["notifications"], self.log).last_position(topic, partition) for partition in range(PARTITIONS)
        }

    def deliver_all(self) -> None:
        """Let the courier work until nothing is pending, while the machine's time passes."""
        while (at := self.courier.next_at()) is not None:
            self.clocks.wait(at - self.clocks.machine)
            if not self.courier.deliver(self.courier.mailbox):
                break
        self.flow("notifications")


def _wrong(parts: Parts, schema: str) -> Mapping[str, Answer]:
    return parts.wrong.get(schema, {})


__all__ = ["Answered", "Door", "Office", "Parts", "tables"]
