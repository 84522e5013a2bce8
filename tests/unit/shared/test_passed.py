"""Where nothing is left to apply in a partition that ends with transaction markers."""

from faust.types import TP

from shared.streaming.transport import RunConsumer

PLACE = TP("facts", 1)


class Thread:
    """What the consumer's thread knows: where the last fetched record ends, and where it reads on."""

    def __init__(self, reached: int | None, position: int) -> None:
        self.reached = {} if reached is None else {PLACE: reached}
        self._position = position

    def read_position(self, _tp: TP) -> int:
        return self._position


def passed(checkpoint: int, *, reached: int | None, position: int) -> int:
    consumer = RunConsumer.__new__(RunConsumer)  # without the application that Faust wants around it
    consumer._thread = Thread(reached, position)  # type: ignore[assignment]  # noqa: SLF001
    return consumer.passed(PLACE, checkpoint)


def test_markers_behind_the_last_applied_record_are_passed() -> None:
    assert passed(10, reached=10, position=12) == 12


def test_what_was_fetched_and_not_applied_is_not_passed() -> None:
    assert passed(7, reached=10, position=12) == 7


def test_before_anything_was_sought_the_checkpoint_counts() -> None:
    assert passed(10, reached=None, position=12) == 10


def test_a_position_behind_the_checkpoint_changes_nothing() -> None:
    assert passed(10, reached=8, position=8) == 10
