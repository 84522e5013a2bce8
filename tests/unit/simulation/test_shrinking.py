"""A story that fails shrinks to what it takes, and can be told and played again."""

from deploy.simulation.history import try_out
from deploy.simulation.running import Failure, parts_of, tell
from deploy.simulation.shrinking import shrink
from deploy.simulation.steps import Kill, Publish, Story
from deploy.simulation.stories import write_story
from tests.support import bugs_of_shells
from tests.support.planting import planted

BEFORE = next(bug for bug in bugs_of_shells.BUGS if bug.name == "checkpoint outside the transaction, before")


def test_a_seed_tells_the_same_story_each_time() -> None:
    assert [write_story(4, number) for number in range(20)] == [write_story(4, number) for number in range(20)]


def test_stories_of_other_numbers_differ() -> None:
    assert len({tuple(write_story(4, number).lines()) for number in range(20)}) == 20


def test_only_the_steps_stay_that_it_takes() -> None:
    kills = [Kill("registrar", number) for number in range(40)]

    def fails(story: Story) -> bool:
        return {kills[3], kills[31]} <= set(story.steps)

    assert shrink(Story(tuple(kills)), fails).steps == (kills[3], kills[31])


def test_a_bug_shrinks_to_a_story_of_a_few_steps() -> None:
    with planted(BEFORE) as parts:
        number = next(number for number in range(50) if try_out(write_story(1, number), parts))
        story = shrink(write_story(1, number), lambda each: bool(try_out(each, parts)))
        assert try_out(story, parts)
    assert len(story.steps) <= 4
    assert any(isinstance(step, Publish) for step in story.steps)
    assert try_out(story) == []


def test_a_failure_is_told_with_its_steps_and_the_command_that_plays_it_again() -> None:
    told = tell(7, Failure(12, [], Story((Kill("deadlines", 1),))))
    assert "  1. deadlines 1 is killed" in told
    assert "python -m deploy.simulation --seed 7 --first 12 --histories 1" in told


def test_histories_are_parted_without_leaving_one_out() -> None:
    assert [number for part in parts_of(100, 600) for number in part] == list(range(100, 700))
