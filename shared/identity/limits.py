"""How much each publisher may send: a bucket of tokens (events a second, with a burst) and a quota a day; all in memory, counted together.

What is turned away counts too, so junk is no cheaper than facts.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from shared.identity.audit import record
from shared.identity.keys import QUERIES
from shared.postgres import Connection

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """How much a publisher may send; of what is None the installation's default counts."""

    events_per_second: int | None = None
    burst: int | None = None
    events_per_day: int | None = None

    def over(self, default: "Limit") -> "Limit":
        """Return this limit with the default's numbers where it has none of its own."""
        own = {name: getattr(self, name) for name in self.__struct_fields__ if getattr(self, name) is not None}
        return msgspec.structs.replace(default, **own)


DEFAULT = Limit(events_per_second=1_000, burst=5_000, events_per_day=2_000_000)


async def set_limit(connection: Connection, publisher: str, limit: Limit, *, by: str, now: datetime) -> None:
    """Set how much a publisher may send; it counts within seconds, everywhere."""
    async with connection.transaction():
        numbers = (limit.events_per_second, limit.burst, limit.events_per_day)
        await connection.execute(QUERIES["set_limit"], publisher, *numbers, now, by)
        detail = msgspec.structs.asdict(limit)
        await record(connection, actor=by, action="limit-set", object=f"publisher:{publisher}", detail=detail)


async def read_limits(connection: Connection, publisher: str | None = None) -> dict[str, Limit]:
    """Return the limits that are set for a publisher, or for all, by slug."""
    rows = await connection.fetch(QUERIES["read_limits"], publisher)
    return {row["publisher"]: Limit(**{name: row[name] for name in Limit.__struct_fields__}) for row in rows}


@dataclass(frozen=True, slots=True)
class Excess:
    """Why something is too much: which limit, and in how many seconds it is worth another try."""

    code: str
    detail: str
    limit: int
    window: int
    seconds: int


class Bucket:
    """A bucket of tokens that fills by itself; what takes more than a burst waits for a full bucket and leaves a debt."""

    __slots__ = ("_at", "_tokens")

    def __init__(self, burst: float, now: float) -> None:
        self._tokens = burst
        self._at = now

    def take(self, count: int, rate: float, burst: float, now: float) -> float:
        """Take tokens and return 0, or take none and return in how many seconds there will be enough."""
        self._tokens = min(burst, self._tokens + max(0.0, now - self._at) * rate)
        self._at = now
        missing = min(count, burst) - self._tokens
        if missing > 0:
            return missing / rate
        self._tokens -= count
        return 0.0


class Meter:
    """Counts what each publisher sends against its limits."""

    def __init__(self, default: Limit = DEFAULT) -> None:
        self._default = DEFAULT if default is None else default.over(DEFAULT)
        self._limits: dict[str, Limit] = {}
        self._buckets: dict[str, Bucket] = {}
        self._told: dict[str, int] = {}
        self._today: dict[str, int] = {}
        self._day: date | None = None

    def set_limits(self, limits: Mapping[str, Limit]) -> None:
        """Take over the limits as they are set now."""
        self._limits = {publisher: limit.over(self._default) for publisher, limit in limits.items()}

    def limit_of(self, publisher: str) -> Limit:
        """Return the limit that counts for a publisher."""
        return self._limits.get(publisher, self._default)

    def count(self, publisher: str, events: int, *, moment: float, now: datetime) -> Excess | None:
        """Count events, or return why they are too many; `moment` is of a clock that never goes back, in seconds."""
        limit = self.limit_of(publisher)
        rate, burst, quota = limit.events_per_second or 1, limit.burst or 1, limit.events_per_day or 1
        self._turn_day(day_of(now))
        bucket = self._buckets.get(publisher)
        if bucket is None:
            bucket = self._buckets[publisher] = Bucket(burst, moment)
        if self._told.get(publisher, 0) + self._today.get(publisher, 0) + events > quota:
            seconds = _seconds_to_midnight(now)
            return Excess("quota-used-up", f"the {quota} events of today are used up", quota, 86_400, seconds)
        wait = bucket.take(events, rate, burst, moment)
        if wait:
            window = math.ceil(burst / rate)
            return Excess("too-many-events", f"at most {rate} events a second, {burst} at once", burst, window, math.ceil(wait))
        self._today[publisher] = self._today.get(publisher, 0) + events
        return None

    def drain(self) -> tuple[date | None, list[str], list[int]]:
        """Return what was counted since the last call: the day, publishers and numbers of events; what is kept elsewhere is added once."""
        counted = [(publisher, events) for publisher, events in self._today.items() if events]
        for publisher, events in counted:
            self._told[publisher] = self._told.get(publisher, 0) + events
        self._today.clear()
        return self._day, [publisher for publisher, _ in counted], [events for _, events in counted]

    def put_back(self, day: date | None, publishers: Iterable[str], events: Iterable[int]) -> None:
        """Take back what could not be kept elsewhere, to be told again."""
        for publisher, number in zip(publishers, events, strict=True):
            if day == self._day:
                self._today[publisher] = self._today.get(publisher, 0) + number
                self._told[publisher] = self._told.get(publisher, 0) - number

    def hear(self, day: date, counts: Mapping[str, int]) -> None:
        """Take over what all gateways together have counted on a day."""
        self._turn_day(day)
        self._told.update(counts)

    def _turn_day(self, day: date) -> None:
        if day != self._day:
            self._told.clear()
            self._today.clear()
            self._day = day


def day_of(now: datetime) -> date:
    """Return the day in Vietnam that an instant belongs to."""
    return now.astimezone(HANOI).date()


def _seconds_to_midnight(now: datetime) -> int:
    there = now.astimezone(HANOI)
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, math.ceil((midnight - there).total_seconds()))


class Addresses:
    """Counts failures by address; of the many addresses that an attacker may have, those seen longest ago are forgotten."""

    MOST = 10_000

    def __init__(self, rate: float = 1.0, burst: int = 20) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: dict[str, Bucket] = {}

    def fail(self, address: str, moment: float) -> int:
        """Count a failure; return 0, or in how many seconds another one is answered."""
        bucket = self._buckets.pop(address, None) or Bucket(self._burst, moment)
        self._buckets[address] = bucket
        if len(self._buckets) > self.MOST:
            del self._buckets[next(iter(self._buckets))]
        return math.ceil(bucket.take(1, self._rate, self._burst, moment))
