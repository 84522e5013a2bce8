"""Topics that come at run time: all whose names follow one pattern are read by one handler, new ones within seconds."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import faust

from shared.errors import UnavailableError
from shared.journal.unit_of_work import Ledger
from shared.streaming.follower import Follower, Handler, Pace
from shared.topics import topic_ids

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
GATHER_SECONDS = 1.0
"""Faust waits 45 s for further changes before it subscribes again (Conductor, 0.15.3)."""


def topic_of(app: faust.App, names: Sequence[str]) -> Any:  # noqa: ANN401  Faust's TopicT lacks what is changed here
    """Return Faust's topic for some of Kafka's, with raw keys and values; more can be added to its list."""
    topic: Any = app.topic(*names, key_serializer="raw", value_serializer="raw", value_type=None)
    topic.topics = list(names)
    return topic


@dataclass
class Family:
    """All topics whose names match `pattern`; `known` are those to begin with, at least one."""

    pattern: re.Pattern[str]
    known: Sequence[str]
    handler: Handler
    pace: Pace | None = None

    def new_follower(self, ledger: Ledger) -> Follower:
        """Return the follower of all the family's topics; their senders are not ours and give no positions."""
        return Follower(ledger, self.handler, has_positions=False, pace=self.pace)

    def open(self, app: Any) -> Any:  # noqa: ANN401  Faust's types lack what is set here
        """Return Faust's topic of the family."""
        app.topics._resubscribe_sleep_lock_seconds = GATHER_SECONDS  # noqa: SLF001  no setting for it
        self._topic = topic_of(app, self.known)
        return self._topic

    async def watch(self, app: Any, bootstrap: str) -> None:  # noqa: ANN401
        """Look for new topics and have Faust subscribe to them, until cancelled.

        Faust forgets a change that comes while partitions move, so it is told again at each look until it has subscribed.
        """
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                found = await find_topics(bootstrap, self.pattern)
            except UnavailableError as error:
                logger.warning("looking for topics: %s", error)
                continue
            self._add([name for name in found if name not in self._topic.topics])
            conductor = app.topics
            if conductor._subscription_changed and not conductor._topic_name_index.keys() >= set(self._topic.topics):  # noqa: SLF001
                conductor._subscription_changed.set()  # noqa: SLF001

    def _add(self, names: Sequence[str]) -> None:
        """Add topics to the list in place: the copies that Faust makes of a topic share it."""
        for name in names:
            logger.info("%s is followed from now on", name)
            self._topic.topics.append(name)


async def find_topics(bootstrap: str, pattern: re.Pattern[str]) -> list[str]:
    """Return the names of Kafka's topics that match; raises UnavailableError."""
    return sorted(name for name in await asyncio.to_thread(topic_ids, bootstrap) if pattern.fullmatch(name))
