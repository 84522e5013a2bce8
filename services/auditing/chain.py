"""The chains of one partition: positions, versions and hashes, followed event by event; pure."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from services.auditing.findings import Findings
from services.auditing.heads import PartitionHeads
from shared.envelope import NO_HASH, chain
from shared.topics import partition_of


class Row(NamedTuple):
    """An event of the journal."""

    position: int
    key: bytes
    value: bytes
    cause: str
    previous_hash: bytes | None
    hash: bytes | None


class Head(NamedTuple):
    """The newest version of a key."""

    version: int
    hash: bytes


class _Told(msgspec.Struct):
    """What the audit reads in an event."""

    partitionkey: str
    version: int


NOTHING = Head(0, NO_HASH)
_decode = msgspec.json.Decoder(_Told).decode


def _told(value: bytes | None) -> _Told | None:
    try:
        return _decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def version_of(value: bytes | None) -> int | None:
    """Return the version that an event says of itself, None where it says none."""
    told = _told(value)
    return told.version if told else None


def name_of(key: bytes) -> str:
    """Return a key as findings show it."""
    return key.decode(errors="replace")


@dataclass
class Chain:
    """Follows a partition of the journal; memory grows with its keys, not with its events."""

    partition: int
    partitions: int
    findings: Findings
    exported: PartitionHeads | None = None
    position: int = 0
    events: int = 0
    heads: dict[bytes, Head] = field(default_factory=dict)
    exported_keys: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    _running: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _is_compared: bool = False
    _seen: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.exported is not None:
            told = self.exported.keys.items()
            self.exported_keys = {key.encode(): (version, bytes.fromhex(digest)) for key, (version, digest) in told}

    def follow(self, row: Row) -> None:
        """Judge the next event by those before it."""
        if row.position != self.position + 1:
            self.findings.add(
                self._place(row.position), f"{_missing(self.position + 1, row.position - 1)} missing in the journal before it"
            )
        self._leave(row.position)
        self.position = row.position
        self.events += 1
        told = _told(row.value)
        if told is None:
            self.findings.add(self._place(row.position), "the value is no registered event", name_of(row.key))
        else:
            self._link(row, told.version)
            if told.partitionkey.encode() != row.key:
                self._tell(row, told.version, f"the event is of another key: {told.partitionkey}")
        self._running.update(row.hash or b"")

    def _leave(self, position: int) -> None:
        """Compare with the export, once its last position is behind."""
        if self.exported is not None and not self._is_compared and position > self.exported.position:
            self._compare()

    def _compare(self) -> None:
        self._is_compared = True
        if self.exported is not None and self.digest != self.exported.digest:
            place = f"journal {self.partition}/1-{self.exported.position}"
            self.findings.add(place, "is not the history that was exported")

    def _link(self, row: Row, version: int) -> None:
        head = self.heads.get(row.key, NOTHING)
        if head is NOTHING and partition_of(row.key, self.partitions) != self.partition:
            self._tell(row, version, "the key belongs to another partition")
        if version != head.version + 1:
            self._tell(row, version, _order(version, head.version))
        elif row.previous_hash != head.hash:
            self._tell(row, version, f"the previous hash is not that of version {head.version}")
        if row.hash != chain(row.previous_hash or b"", row.value):
            self._tell(row, version, "the hash is not that of the previous hash and the bytes")
        if row.key in self.exported_keys:
            self._check_exported(row, version)
        self.heads[row.key] = Head(version, row.hash or b"")

    def _check_exported(self, row: Row, version: int) -> None:
        wanted, digest = self.exported_keys[row.key]
        if version == wanted and row.hash != digest:
            self._tell(row, version, "is not the version that was exported")

    def _tell(self, row: Row, version: int, what: str) -> None:
        self.findings.add(self._place(row.position), what, name_of(row.key), version)

    def _place(self, position: int) -> str:
        return f"journal {self.partition}/{position}"

    def finish(self, last_given: int) -> None:
        """Judge the end: positions that were given must be there, and so must everything that was exported."""
        if last_given != self.position:
            told = f"positions were given up to {last_given}, the journal ends at {self.position}"
            self.findings.add(f"journal {self.partition}/{self.position}", told)
        if self.exported is None:
            return
        if self.position < self.exported.position:
            told = f"position {self.exported.position} was exported, the journal ends here: its tail is cut"
            self.findings.add(f"journal {self.partition}/{self.position}", told)
        elif not self._is_compared:
            self._compare()
        for key, (version, _) in self.exported_keys.items():
            head = self.heads.get(key, NOTHING)
            if head.version < version:
                told = f"version {version} was exported, the journal holds {_upto(head.version)}"
                self.findings.add(f"heads {self.partition}", told, name_of(key), version)

    @property
    def digest(self) -> str:
        """Return SHA-256 over all hashes so far, in order."""
        return self._running.copy().hexdigest()

    def export(self) -> PartitionHeads:
        """Return what to export of the partition up to here."""
        return PartitionHeads(
            self.position, self.digest, {name_of(key): (head.version, head.hash.hex()) for key, head in self.heads.items()}
        )

    def compare_stream(self, key: str, version: int, digest: bytes) -> None:
        """Judge a head that the registrar goes on from."""
        head = self.heads.get(key.encode(), NOTHING)
        self._seen.add(key.encode())
        if head.version != version:
            told = f"the registrar goes on from version {version}, the journal holds {_upto(head.version)}"
            self.findings.add(f"streams {self.partition}", told, key, version)
        elif head.hash != digest:
            self.findings.add(f"streams {self.partition}", "the registrar goes on from another hash than the journal's", key, version)

    def finish_streams(self) -> None:
        """Judge which keys the registrar has no head of."""
        for key in self.heads.keys() - self._seen:
            told = "the registrar knows nothing of this key"
            self.findings.add(f"streams {self.partition}", told, name_of(key), self.heads[key].version)


def _order(version: int, last: int) -> str:
    if version <= last:
        return f"comes after version {last}: doubled or out of order"
    return f"follows {_upto(last)}: what is between is missing"


def _upto(version: int) -> str:
    return f"version {version}" if version else "no version"


def _missing(first: int, last: int) -> str:
    return f"position {first} is" if first == last else f"positions {first} to {last} are"
