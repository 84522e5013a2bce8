"""Exported heads: what the journal said on a day, in a file that is kept elsewhere, so that a tail that is cut later shows."""

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec

from shared.errors import ConfigurationError

FORMAT = "dondoc-heads/1"


class PartitionHeads(msgspec.Struct):
    """A partition up to its last exported position: SHA-256 over all hashes in order, and the newest version and hash of each key."""

    position: int
    digest: str
    keys: dict[str, tuple[int, str]]


class Heads(msgspec.Struct):
    """The heads of a topic at an instant; `hash` is SHA-256 over this document without it."""

    topic: str
    exported_at: datetime
    partitions: dict[int, PartitionHeads]
    format: str = FORMAT
    hash: str = ""


_encoder = msgspec.json.Encoder()


def seal(heads: Heads) -> Heads:
    """Return the heads with their hash."""
    return msgspec.structs.replace(heads, hash=_hash(heads))


def _hash(heads: Heads) -> str:
    return hashlib.sha256(_encoder.encode(msgspec.structs.replace(heads, hash=""))).hexdigest()


def write_heads(heads: Heads, file: Path) -> None:
    """Write the file, whole or not at all."""
    made = file.with_name(f"{file.name}.part")
    made.write_bytes(_encoder.encode(seal(heads)) + b"\n")
    made.replace(file)


def read_heads(file: Path) -> Heads:
    """Return the heads in a file, or raise ConfigurationError where it is no such file or was changed."""
    try:
        heads = msgspec.json.decode(file.read_bytes(), type=Heads)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is no file of exported heads: {error}") from error
    if heads.format != FORMAT:
        raise ConfigurationError(f"{file} has the format {heads.format}, not {FORMAT}")
    if heads.hash != _hash(heads):
        raise ConfigurationError(f"{file} does not match its own hash: it was changed after the export; take another copy")
    return heads
