"""Names of headers that are no UTF-8 stop nobody who reads a topic."""

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c

from shared.streaming.lenient_records import LenientRecords

CRC_AT, CHECKED_FROM = 17, 21


def batch_of(first: int, count: int, odd: int | None = None) -> bytes:
    """Return a batch of records as a broker keeps it; the header of one of them has a name that is no UTF-8."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 99_999)
    for number in range(count):
        name = "name" if number == odd else "tên"
        builder.append(number, timestamp=1_000, key=b"k", value=f"{first + number}".encode(), headers=[(name, b"x"), ("none", None)])
    content = bytearray(builder.build())
    content[:8] = first.to_bytes(8)
    content[:] = content.replace(b"name", b"\xffn\xfee")
    content[CRC_AT:CHECKED_FROM] = calc_crc32c(bytes(content[CHECKED_FROM:])).to_bytes(4)
    return bytes(content)


def test_such_a_name_is_what_the_library_fails_at() -> None:
    with pytest.raises(UnicodeDecodeError):
        list(MemoryRecords(batch_of(0, 3, odd=1)).next_batch())


@pytest.mark.parametrize("odd", [None, 0, 1, 2])
def test_every_record_is_read_once_whatever_its_headers_are_called(odd: int | None) -> None:
    records = LenientRecords(batch_of(5, 3, odd) + batch_of(8, 2) + b"the beginning of another")
    seen = []
    while records.has_next():
        batch = records.next_batch()
        assert batch.validate_crc()
        seen += list(batch)
        assert batch.next_offset == seen[-1].offset + 1
    assert [(record.offset, record.value) for record in seen] == [(number, b"%d" % number) for number in range(5, 10)]
    names = ["\ufffdn\ufffde" if number == odd else "tên" for number in range(3)]
    assert [list(record.headers) for record in seen[:3]] == [[(name, b"x"), ("none", None)] for name in names]
