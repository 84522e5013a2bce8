"""Shrinks a story that fails: steps are taken out, first many at a time, as long as it goes on failing."""

from collections.abc import Callable
from dataclasses import replace

from deploy.simulation.steps import Story

Fails = Callable[[Story], bool]
MOST = 2_000
"""How many shorter stories are tried at most."""


def shrink(story: Story, fails: Fails) -> Story:
    """Return a story of which no single step can be left out; what is left of a story that fails in time is short enough to read."""
    left = MOST
    size = max(len(story.steps) // 2, 1)
    while left > 0:
        shorter, tried = _without(story, size, fails)
        left -= tried
        if len(shorter.steps) == len(story.steps):
            if size == 1:
                break
            size = max(size // 2, 1)
        story = shorter
    return story


def _without(story: Story, size: int, fails: Fails) -> tuple[Story, int]:
    """Leave out every part of so many steps without which it still fails."""
    tried, start = 0, 0
    while start < len(story.steps):
        shorter = replace(story, steps=story.steps[:start] + story.steps[start + size :])
        tried += 1
        if fails(shorter):
            story = shorter
        else:
            start += size
    return story, tried
