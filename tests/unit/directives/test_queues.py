"""The queue of a key: found by need, in the order of arrival, and never more reached than what may follow."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.directives.domain import Claim
from services.directives.queues import Queue, Waiting

NAMES = ("directive", "a", "b", "c", "d")
ARRIVALS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 99)), max_size=12)
EXPIRES_AT = datetime(2021, 5, 10, tzinfo=UTC)


def waiting(offset: int, subject: str, need: str, size: int = 1) -> Waiting[str]:
    return Waiting(offset, subject, Claim("task", need), EXPIRES_AT, size)


def queue_of(arrivals: list[tuple[str, str, int]]) -> Queue[str]:
    queue: Queue[str] = Queue()
    for offset, (subject, need, size) in enumerate(arrivals):
        queue.put(waiting(offset, subject, need, size))
    return queue


def test_what_needs_a_thing_is_found_by_its_id() -> None:
    queue = queue_of([("x", "a", 1), ("y", "b", 1), ("z", "a", 1)])
    assert [each.subject for each in queue.needing("a")] == ["x", "z"]
    assert queue.needing("c") == []


def test_what_was_taken_out_is_found_no_more() -> None:
    queue = queue_of([("x", "a", 5), ("y", "a", 7)])
    taken = queue.take(0)
    assert taken is not None
    assert (taken.subject, len(queue), queue.size) == ("x", 1, 7)
    assert queue.take(0) is None


def test_a_chain_is_reached_from_its_beginning() -> None:
    queue = queue_of([("held", "conference", 1), ("conference", "task", 1), ("other", "nothing", 1)])
    assert {each.subject for each in queue.reached_from(["task"])} == {"held", "conference"}


def test_a_circle_ends() -> None:
    assert len(queue_of([("a", "b", 1), ("b", "a", 1)]).reached_from(["a"])) == 2


@given(ARRIVALS)
def test_those_who_wait_sort_by_arrival(arrivals: list[tuple[str, str, int]]) -> None:
    assert [each.offset for each in sorted(queue_of(arrivals).all())] == list(range(len(arrivals)))


@given(ARRIVALS, st.lists(st.integers(0, 11), unique=True))
def test_size_and_length_are_those_of_what_is_left(arrivals: list[tuple[str, str, int]], taken: list[int]) -> None:
    queue = queue_of(arrivals)
    for offset in taken:
        queue.take(offset)
    left = [size for offset, (_, _, size) in enumerate(arrivals) if offset not in taken]
    assert (len(queue), queue.size) == (len(left), sum(left))


@given(ARRIVALS, st.sampled_from(NAMES))
def test_whatever_is_released_in_turn_was_reached_beforehand(arrivals: list[tuple[str, str, int]], first: str) -> None:
    queue = queue_of(arrivals)
    reached = {each.offset for each in queue.reached_from([first])}
    there, released = [first], set()
    while there:
        for each in queue.needing(there.pop()):
            queue.take(each.offset)
            released.add(each.offset)
            there.append(each.subject)
    assert released == reached
