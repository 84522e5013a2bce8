"""Records whose headers have names that are no UTF-8: a broker takes them, and aiokafka 0.14 fails at them again at each fetch.

So one record of a publisher would stop the topics of all. Here such a batch is read once more, with U+FFFD for what is no letter.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH_AT = 8
_HEAD = 12
"""A batch begins with its offset (8 bytes) and the number of bytes that follow (4)."""


class _Text(bytearray):
    """Bytes that decode whatever they are."""

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401  a number or a slice
        found = super().__getitem__(key)
        return _Text(found) if isinstance(key, slice) else found

    def decode(self, encoding: str = "utf-8", _errors: str = "strict") -> str:
        return super().decode(encoding, "replace")


class _SlowBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # final only for the library's own types
    """A batch as aiokafka reads it without its C extension, but for names of headers."""

    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Text(self._buffer)


class _LenientBatch:
    """A batch; `content` is read again where the first reader fails."""

    def __init__(self, batch: Any, content: bytes) -> None:  # noqa: ANN401  of either reader
        self._batch = batch
        self._content = content

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._batch, name)

    def __next__(self) -> Any:  # noqa: ANN401
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        told = 0
        try:
            for record in self._batch:
                told += 1
                yield record
        except UnicodeDecodeError:
            for number, record in enumerate(_SlowBatch(self._content)):
                if number >= told:
                    yield record


class LenientRecords:
    """What a fetch brought, batch by batch."""

    def __init__(self, content: bytes) -> None:
        self._records = MemoryRecords(content)
        self._content = content
        self._at = 0

    def size_in_bytes(self) -> int:
        """Return how many bytes there are."""
        return int(self._records.size_in_bytes())

    def has_next(self) -> bool:
        """Tell whether there is another batch."""
        return bool(self._records.has_next())

    def next_batch(self) -> _LenientBatch:
        """Return the next batch."""
        begin = self._at
        self._at += _HEAD + int.from_bytes(self._content[begin + _LENGTH_AT : begin + _HEAD])
        return _LenientBatch(self._records.next_batch(), self._content[begin : self._at])


def install() -> None:
    """Have all of aiokafka's consumers in this process read this way; calling it again changes nothing."""
    fetcher.MemoryRecords = LenientRecords
