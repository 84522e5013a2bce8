"""Files by their SHA-256: stored once, never overwritten, verified whenever they are read; data of this installation, outside the log."""

import hashlib
import re
from datetime import datetime

import msgspec

from shared.errors import FatalError, NotFoundError
from shared.postgres import Connection, Pool
from shared.sql import Queries

SCHEMA = "intake"
QUERIES = Queries("services.directives.intake")


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its content; `sha256` is in hexadecimal."""

    sha256: str
    name: str
    media_type: str
    content: bytes


_NAME = re.compile(r"[0-9a-f]{64}")


def is_name(sha256: str) -> bool:
    """Tell whether a text can be a file's name."""
    return _NAME.fullmatch(sha256) is not None


def name_content(content: bytes) -> str:
    """Return what a content is named by."""
    return hashlib.sha256(content).hexdigest()


async def store(connection: Connection | Pool, file: StoredFile, *, at: datetime, by: str) -> None:
    """Store a file; one that is stored already stays as it is, the name that it came with first included."""
    await connection.execute(QUERIES["store_file"], bytes.fromhex(file.sha256), file.name, file.media_type, file.content, at, by)


async def read(pool: Pool, sha256: str) -> StoredFile:
    """Return a file; raises NotFoundError where there is none, FatalError where the content is not what its name says."""
    row = await pool.fetchrow(QUERIES["read_file"], bytes.fromhex(sha256))
    if row is None:
        raise NotFoundError("file", sha256)
    if name_content(row["content"]) != sha256:
        raise FatalError(f"file {sha256} holds something else: restore the table intake.file from a backup")
    return StoredFile(sha256=sha256, name=row["name"], media_type=row["media_type"], content=row["content"])


async def lock(connection: Connection | Pool, sha256: str, *, at: datetime, by: str) -> bool:
    """Let nobody open a file nor bring it again; return whether that is new."""
    return await connection.fetchval(QUERIES["lock_file"], bytes.fromhex(sha256), at, by) is not None


async def unlock(connection: Connection, sha256: str) -> None:
    """Forget that a file was locked."""
    await connection.execute(QUERIES["unlock_file"], bytes.fromhex(sha256))


async def is_locked(pool: Pool, sha256: str) -> bool:
    """Tell whether nobody may open a file."""
    return bool(await pool.fetchval(QUERIES["is_locked"], bytes.fromhex(sha256)))


async def is_published(connection: Connection, sha256: str) -> bool:
    """Tell whether facts were put together of a file, and keep its drafts as they are until the transaction ends."""
    return any(row["is_published"] for row in await connection.fetch(QUERIES["hold_drafts_of_file"], bytes.fromhex(sha256)))


async def forget(connection: Connection, sha256: str) -> None:
    """Delete a file with every draft of it: a state secret never stays in this system."""
    await connection.execute(QUERIES["delete_drafts_of_file"], bytes.fromhex(sha256))
    await connection.execute(QUERIES["delete_file"], bytes.fromhex(sha256))
