"""API keys on a real database: issued, rotated, expired, revoked, and known in memory."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from services.schemas import sources_of
from shared.errors import DondocError, UnavailableError
from shared.identity.keyring import KeyRing
from shared.identity.keys import hash_of, id_of, issue_key, list_keys, make_key, revoke_keys, rotate_key
from shared.identity.limits import Limit, Meter, read_limits, set_limit
from shared.identity.principals import Principal, ThrottledError, UnauthenticatedError
from shared.migrations import migrate
from shared.postgres import connect
from tests.support.waiting import eventually

if TYPE_CHECKING:
    import asyncpg

PUBLISHER = "so-noi-vu"
HERE = "192.0.2.7"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def connection(database: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """Return a connection that sees another schema, as the callers' do."""
    opened = await connect(database, schema="public")
    await migrate(opened, "identity", sources_of("identity"))
    await opened.execute("SET search_path TO public")
    yield opened
    await opened.close()


@pytest.fixture
async def ring(database: str, connection: "asyncpg.Connection[Any]") -> KeyRing:
    ring = KeyRing(database)
    await ring.refresh(connection)
    return ring


def code_of(ring: KeyRing, key: str) -> str:
    """Return why a key is not accepted."""
    with pytest.raises(UnauthenticatedError) as caught:
        ring.know(key, HERE)
    return caught.value.code


async def test_a_key_belongs_to_its_publisher_once_the_ring_was_read(ring: KeyRing, connection: "asyncpg.Connection[Any]") -> None:
    key = await issue_key(connection, PUBLISHER, by="account:admin")
    assert code_of(ring, key) == "key-unknown"
    await ring.refresh(connection)
    assert ring.know(key, HERE) == Principal("key", PUBLISHER, "publisher")


async def test_only_a_hash_of_the_key_is_kept(connection: "asyncpg.Connection[Any]") -> None:
    key = await issue_key(connection, PUBLISHER, by="account:admin")
    (row,) = await connection.fetch("SELECT k::text AS said, hash FROM identity.api_key k")
    audit = await connection.fetch("SELECT detail::text AS said FROM identity.audit")
    assert row["hash"] == hash_of(key)
    assert key[12:] not in "".join(each["said"] for each in (row, *audit))


@pytest.mark.parametrize("text", ["", "the installation's own key", "DD_", "ủ"])
async def test_what_does_not_begin_as_a_key_may_be_somebody_elses(ring: KeyRing, text: str) -> None:
    assert ring.know(text, HERE) is None


@pytest.mark.parametrize(
    ("key", "code"),
    [("dd_", "key-malformed"), ("dd_ủ", "key-malformed"), (make_key(), "key-unknown")],
    ids=["short", "not-ascii", "unknown"],
)
async def test_each_way_to_be_wrong_has_its_code(ring: KeyRing, key: str, code: str) -> None:
    assert code_of(ring, key) == code


async def test_too_many_wrong_keys_of_an_address_are_not_looked_at_but_a_good_one_is(
    ring: KeyRing, connection: "asyncpg.Connection[Any]"
) -> None:
    key = await issue_key(connection, PUBLISHER, by="account:admin")
    await ring.refresh(connection)
    codes = [code_of(ring, text) for text in ["dd_wrong", make_key()] * 15]
    assert codes[:2] == ["key-malformed", "key-unknown"]
    assert codes[-5:] == ["too-many-failures"] * 5
    with pytest.raises(ThrottledError):
        ring.know("somebody else's", HERE)
    assert ring.know(key, HERE) == Principal("key", PUBLISHER, "publisher")
    with pytest.raises(UnauthenticatedError, match="nobody"):
        ring.know(make_key(), "192.0.2.8")


async def test_while_no_key_was_read_yet_nothing_is_said_of_keys(database: str) -> None:
    with pytest.raises(UnavailableError):
        KeyRing(database).know(make_key(), HERE)


async def test_a_mistyped_key_is_told_from_an_unknown_one(ring: KeyRing) -> None:
    key = make_key()
    assert code_of(ring, f"{key[:-1]}{'0' if key[-1] != '0' else '1'}") == "key-malformed"


async def test_a_key_that_has_ended_says_so(ring: KeyRing, connection: "asyncpg.Connection[Any]") -> None:
    key = await issue_key(connection, PUBLISHER, by="account:admin", expires_at=datetime.now(UTC) - timedelta(seconds=1))  # noqa: TID251  keys live by the machine's clock
    await ring.refresh(connection)
    assert code_of(ring, key) == "key-expired"


async def test_a_key_that_ended_long_ago_is_unknown(ring: KeyRing, connection: "asyncpg.Connection[Any]") -> None:
    key = await issue_key(connection, PUBLISHER, by="account:admin", expires_at=LONG_AGO)
    await ring.refresh(connection)
    assert code_of(ring, key) == "key-unknown"


async def test_the_old_key_lives_on_for_the_overlap(ring: KeyRing, connection: "asyncpg.Connection[Any]") -> None:
    old = await issue_key(connection, PUBLISHER, by="account:admin")
    new = await rotate_key(connection, PUBLISHER, by="account:admin", overlap=timedelta(days=7))
    await ring.refresh(connection)
    assert ring.know(old, HERE) == ring.know(new, HERE)
    by_id = {key.id: key for key in await list_keys(connection, PUBLISHER)}
    ends = by_id[id_of(old)].expires_at
    assert ends is not None
    assert ends - by_id[id_of(new)].made_at == pytest.approx(timedelta(days=7), abs=timedelta(seconds=5))
    assert by_id[id_of(new)].expires_at is None


async def test_a_rotation_lengthens_no_key(connection: "asyncpg.Connection[Any]") -> None:
    await issue_key(connection, PUBLISHER, by="account:admin", expires_at=LONG_AGO)
    await rotate_key(connection, PUBLISHER, by="account:admin", overlap=timedelta(days=7))
    assert (await list_keys(connection, PUBLISHER))[0].expires_at == LONG_AGO


async def test_without_an_overlap_the_old_key_ends_at_once(ring: KeyRing, connection: "asyncpg.Connection[Any]") -> None:
    old = await issue_key(connection, PUBLISHER, by="account:admin")
    await rotate_key(connection, PUBLISHER, by="account:admin", overlap=timedelta(0))
    await ring.refresh(connection)
    assert code_of(ring, old) == "key-expired"


async def test_revoked_keys_open_nothing_and_other_publishers_keep_theirs(ring: KeyRing, connection: "asyncpg.Connection[Any]") -> None:
    keys = [await issue_key(connection, PUBLISHER, by="account:admin") for _ in range(2)]
    other = await issue_key(connection, "so-y-te", by="account:admin")
    assert sorted(await revoke_keys(connection, PUBLISHER, by="account:admin")) == sorted(map(id_of, keys))
    assert await revoke_keys(connection, PUBLISHER, by="account:admin") == []
    await ring.refresh(connection)
    assert [code_of(ring, key) for key in keys] == ["key-revoked"] * 2
    assert ring.know(other, HERE) == Principal("key", "so-y-te", "publisher")


async def test_last_use_is_written_at_most_once_a_minute(ring: KeyRing, connection: "asyncpg.Connection[Any]") -> None:
    key = await issue_key(connection, PUBLISHER, by="account:admin")
    used = []
    for _ in range(3):
        await ring.refresh(connection)
        ring.know(key, HERE)
        used.append((await list_keys(connection, PUBLISHER))[0].used_at)
    assert used[0] is None
    assert used[1] is None or used[1] == used[2]
    assert used[2] is not None


async def test_every_change_is_in_the_audit_log(connection: "asyncpg.Connection[Any]") -> None:
    await issue_key(connection, PUBLISHER, by="account:admin")
    await rotate_key(connection, PUBLISHER, by="account:admin", overlap=timedelta(days=1))
    await revoke_keys(connection, PUBLISHER, by="account:admin")
    await set_limit(connection, PUBLISHER, Limit(burst=7), by="account:admin", now=LONG_AGO)
    rows = await connection.fetch("SELECT actor, action, object FROM identity.audit ORDER BY id")
    assert {(row["actor"], row["object"]) for row in rows} == {("account:admin", f"publisher:{PUBLISHER}")}
    assert [row["action"] for row in rows] == ["key-issued", "key-issued", "key-rotated", "keys-revoked", "limit-set"]


async def test_a_limit_counts_after_the_next_refresh(ring: KeyRing, connection: "asyncpg.Connection[Any]") -> None:
    await set_limit(connection, PUBLISHER, Limit(burst=7), by="account:admin", now=LONG_AGO)
    await set_limit(connection, PUBLISHER, Limit(burst=8, events_per_day=9), by="account:admin", now=LONG_AGO)
    assert await read_limits(connection, PUBLISHER) == {PUBLISHER: Limit(burst=8, events_per_day=9)}
    await ring.refresh(connection)
    assert (ring.meter.limit_of(PUBLISHER).burst, ring.meter.limit_of(PUBLISHER).events_per_day) == (8, 9)
    assert ring.meter.limit_of("so-y-te") == Meter().limit_of("so-y-te")


async def test_two_gateways_count_one_quota(database: str, connection: "asyncpg.Connection[Any]") -> None:
    first, second = (KeyRing(database, meter=Meter(Limit(events_per_day=10))) for _ in range(2))
    for ring in (first, second):
        await ring.refresh(connection)
        assert ring.meter.count(PUBLISHER, 5, moment=0.0, now=ring.now()) is None
    for ring in (first, second, first):
        await ring.refresh(connection)
    for ring in (first, second):
        excess = ring.meter.count(PUBLISHER, 1, moment=0.0, now=ring.now())
        assert excess is not None
        assert excess.code == "quota-used-up"


async def test_a_ring_that_runs_learns_of_a_key_by_itself(database: str, connection: "asyncpg.Connection[Any]") -> None:
    async with KeyRing(database).opened() as ring:
        key = await issue_key(connection, PUBLISHER, by="account:admin")

        async def is_known() -> bool:
            try:
                return ring.know(key, HERE) is not None
            except DondocError:  # not read yet, or not yet with the key
                return False

        await eventually(is_known, limit=10)
