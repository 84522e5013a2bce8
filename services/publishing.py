"""What the office does about publishers: rights as a registered fact, API keys, access to Kafka, limits."""

import asyncio
import getpass
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.directives.domain.authority import RESERVED_PUBLISHERS
from services.directives.receipts import SCHEMA, Receipt
from services.office import say
from shared import kafka_access
from shared.clock import clock_of
from shared.contracts.registry import PublisherAuthorised, publisher_key
from shared.environment import Environment
from shared.errors import ConfigurationError, NotFoundError, RefusedError
from shared.identity.audit import record
from shared.identity.keys import issue_key, list_keys, revoke_keys, rotate_key
from shared.identity.limits import Limit, read_limits, set_limit
from shared.identity.queries import SCHEMA as IDENTITY
from shared.postgres import Pool, create_pool
from shared.sql import Queries

QUERIES = Queries("services.directives", "sql/registrar/publishers.sql")
SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")

_decode = msgspec.json.Decoder(PublisherAuthorised).decode


@dataclass(frozen=True)
class Wanted:
    """The rights that a publisher is to have; without a first instant they begin at once, without a last one they have no end."""

    slug: str
    name: str
    units: tuple[str, ...]
    all_units: bool
    types: tuple[str, ...]
    valid_from: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True)
class Office:
    """What the commands about publishers work with."""

    environment: Environment
    registrar: Pool
    identity: Pool
    replication: int

    @classmethod
    @asynccontextmanager
    async def opened(cls, environment: Environment, replication: int) -> AsyncIterator["Office"]:
        """Hold the database's connections open for the block."""
        async with (
            await create_pool(environment.dsn, schema=SCHEMA, size=2) as registrar,
            await create_pool(environment.dsn, schema=IDENTITY, size=2) as identity,
        ):
            yield cls(environment, registrar, identity, replication)

    async def authorise(self, wanted: Wanted, *, over_kafka: bool) -> Receipt:
        """Register the rights in place of all that the publisher had; raises ConfigurationError, NotFoundError, RefusedError.

        Where no first day is named, rights that hold go on from when they began: facts that were received under them are judged later.
        """
        require_free_name(wanted.slug)
        units = await self._find_units(wanted.units)
        before = await self.read_rights(wanted.slug)
        now = await clock_of(self.environment, self.registrar)()
        rights = PublisherAuthorised(
            publisher=wanted.slug, name=wanted.name, units=units, all_units=wanted.all_units, types=wanted.types,
            valid_from=wanted.valid_from or _begun(before, now), valid_until=wanted.valid_until,
            has_topic=over_kafka or any(each.has_topic for each in before),
        )  # fmt: skip
        return await self._register(rights)

    async def _register(self, rights: PublisherAuthorised) -> Receipt:
        receipt = await say(self.environment, self.registrar, rights, publisher_key(rights.publisher))
        if receipt.refusal is not None:
            raise RefusedError(receipt.refusal.code, receipt.refusal.reason, receipt.refusal.reason_vi)
        told = {"receipt": receipt.receipt, "version": receipt.version, "valid_until": rights.valid_until}
        actor, about = f"command:{getpass.getuser()}", f"publisher:{rights.publisher}"
        await record(self.identity, actor=actor, action=rights.NAME, object=about, detail=told)
        return receipt

    async def _find_units(self, codes: Sequence[str]) -> tuple[UUID, ...]:
        rows = await self.registrar.fetch(QUERIES["find_units"], list(codes))
        known = {row["code"]: row["id"] for row in rows}
        for code in codes:
            if code not in known:
                raise NotFoundError("unit", code)
        return tuple(known[code] for code in dict.fromkeys(codes))

    async def read_rights(self, slug: str | None = None) -> list[PublisherAuthorised]:
        """Return the registered rights of one publisher, or of all, by name."""
        return [_decode(row["rights"]) for row in await self.registrar.fetch(QUERIES["read_publishers"], slug)]

    async def read_one(self, slug: str) -> PublisherAuthorised:
        """Return a publisher's registered rights, or raise NotFoundError."""
        for rights in await self.read_rights(slug):
            return rights
        raise NotFoundError("publisher", slug)

    async def revoke(self, slug: str, by: str) -> Receipt:
        """End a publisher's keys and its access to Kafka, then its rights; what it sent before stays as it was judged."""
        rights = await self.read_one(slug)
        await self._revoke_keys(slug, by)
        if rights.has_topic:
            await asyncio.to_thread(kafka_access.deny, self.environment.bootstrap, slug)
        now = await clock_of(self.environment, self.registrar)()
        # Rights end after they have begun, those too that were to begin later.
        begun = min(rights.valid_from, now - timedelta(microseconds=1))
        ended = msgspec.structs.replace(rights, valid_from=begun, valid_until=now)
        return await self._register(ended)

    async def _revoke_keys(self, slug: str, by: str) -> None:
        async with self.identity.acquire() as connection:
            await revoke_keys(connection, slug, by=by)

    async def issue_key(self, slug: str, by: str) -> str:
        """Return one more API key for a publisher."""
        async with self.identity.acquire() as connection:
            return await issue_key(connection, slug, by=by)

    async def rotate_key(self, slug: str, by: str, overlap: timedelta) -> str:
        """Return another API key; those before it end after the overlap."""
        async with self.identity.acquire() as connection:
            return await rotate_key(connection, slug, by=by, overlap=overlap)

    async def limit_http(self, slug: str, limit: Limit, by: str) -> None:
        """Change the named numbers of what a publisher may send over HTTP."""
        async with self.identity.acquire() as connection:
            before = (await read_limits(connection, slug)).get(slug, Limit())
            now = await clock_of(self.environment, self.registrar)()
            await set_limit(connection, slug, limit.over(before), by=by, now=now)

    async def make_topics(self, slug: str) -> None:
        """Create the publisher's topics where they are missing."""
        require_free_name(slug)
        environment = self.environment
        await asyncio.to_thread(kafka_access.make_topics, environment.bootstrap, slug, environment.partitions, self.replication)

    async def grant(self, slug: str) -> str:
        """Let the publisher into Kafka and return its password."""
        return await asyncio.to_thread(kafka_access.grant, self.environment.bootstrap, slug)

    async def renew_password(self, slug: str) -> str:
        """Return another password for Kafka; raises NotFoundError when the publisher has no access."""
        if not (await self._access(slug)).has_user:
            raise NotFoundError("Kafka user", slug)
        return await asyncio.to_thread(kafka_access.renew_password, self.environment.bootstrap, slug)

    async def limit_kafka(self, slug: str, write_rate: int) -> None:
        """Set how many bytes a second a publisher may write; raises NotFoundError when it has no access to Kafka."""
        if not (await self._access(slug)).has_user:
            raise NotFoundError("Kafka user", slug)
        await asyncio.to_thread(kafka_access.limit, self.environment.bootstrap, slug, write_rate)

    async def _access(self, slug: str) -> kafka_access.KafkaAccess:
        return await asyncio.to_thread(kafka_access.read_access, self.environment.bootstrap, slug)

    async def describe(self, slug: str) -> list[str]:
        """Return lines that tell all of a publisher but its secrets; raises NotFoundError."""
        rights = await self.read_one(slug)
        codes = [row["code"] for row in await self.registrar.fetch(QUERIES["name_units"], list(rights.units))]
        access = await self._access(slug)
        async with self.identity.acquire() as connection:
            keys = await list_keys(connection, slug)
            limit = (await read_limits(connection, slug)).get(slug, Limit())
        return [
            f"{slug}: {rights.name}",
            f"units: {'all' if rights.all_units else ', '.join(codes)}",
            f"types: {', '.join(rights.types)}",
            f"valid: from {rights.valid_from.isoformat()} until {rights.valid_until.isoformat() if rights.valid_until else 'no end'}",
            f"Kafka: {_told(access) if rights.has_topic else 'no topic'}",
            f"limits over HTTP: {_told_limit(limit)}",
            *(
                f"API key {key.id}…: made {key.made_at:%Y-%m-%d} by {key.made_by}, {_told_end(key.revoked_at, key.expires_at)}"
                for key in keys
            ),
        ]


def require_free_name(slug: str) -> None:
    """Raise ConfigurationError unless a publisher may have the name."""
    if not SLUG.fullmatch(slug):
        raise ConfigurationError(f"{slug!r} should be 2 to 40 small letters, digits and hyphens, and begin with a letter")
    if slug in RESERVED_PUBLISHERS:
        raise ConfigurationError(f"{slug} is a name of the installation's own: choose another one")


def _told(access: kafka_access.KafkaAccess) -> str:
    if not access.has_user:
        return "no access"
    return f"user {access.publisher}, {access.rules} rules, {access.write_rate or 'any number of'} bytes a second"


def _told_limit(limit: Limit) -> str:
    numbers = {name.replace("_", " "): value for name, value in msgspec.structs.asdict(limit).items() if value is not None}
    return ", ".join(f"{value} {name}" for name, value in numbers.items()) or "those of the installation"


def _told_end(revoked_at: datetime | None, expires_at: datetime | None) -> str:
    if revoked_at is not None:
        return f"revoked {revoked_at:%Y-%m-%d}"
    return f"ends {expires_at.isoformat(timespec='minutes')}" if expires_at else "no end"


def _begun(before: Sequence[PublisherAuthorised], now: datetime) -> datetime:
    """Return since when one of the rights holds at an instant, the instant itself where none does."""
    holding = (each.valid_from for each in before if each.valid_from <= now and (each.valid_until is None or now < each.valid_until))
    return next(holding, now)
