import pytest

from deploy.bench.machine import WrongResultError, require_equal
from deploy.bench.messages import KEYS, by_partition, key_of, message
from deploy.bench.work import QUERIES, Total, columns, fold
from shared.topics import partition_of


def test_messages_have_about_490_bytes() -> None:
    assert 480 <= len(message(123_456)[1]) <= 500


def test_a_fold_counts_and_sums_and_keeps_the_last_title() -> None:
    first, second = 3, 3 + KEYS
    key = key_of(first)
    assert key_of(second) == key
    folded = fold([message(first)[1], message(second)[1]])
    assert folded == {key: Total(2, first + second, f"Báo cáo kết quả lần {second}")}


def test_columns_are_the_rows_of_the_upsert_turned() -> None:
    assert columns({"a": Total(1, 5, "x"), "b": Total(2, 7, "y")}) == (["a", "b"], [1, 2], [5, 7], ["x", "y"])


def test_every_message_lies_in_the_partition_of_its_key_in_order() -> None:
    parts = by_partition(3_000, 4)
    assert sum(map(len, parts)) == 3_000
    for number, part in enumerate(parts):
        assert {partition_of(key, 4) for key, _ in part} == {number}
    expected = [message(number) for number in range(3_000) if partition_of(key_of(number), 4) == 2]
    assert parts[2] == expected


def test_a_hot_partition_holds_everything() -> None:
    assert [len(part) for part in by_partition(100, 4, hot=True)] == [100, 0, 0, 0]


def test_a_wrong_result_is_told_with_what_was_expected() -> None:
    require_equal("the sum", 5, 5)
    with pytest.raises(WrongResultError, match="the sum: 4 instead of 5"):
        require_equal("the sum", 4, 5)


def test_every_contender_writes_by_the_same_queries() -> None:
    assert {"upsert", "move_checkpoints", "read_rows", "read_checkpoints", "sum_checkpoints"} <= set(QUERIES)
