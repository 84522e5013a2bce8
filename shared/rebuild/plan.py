"""What is rebuilt: a schema, how it is made, which topics feed it, and which rows belong to which key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.streaming.app import Subscription


@dataclass(frozen=True, slots=True)
class RebuildPlan:
    """How a schema comes out of topics.

    `sources` are its migrations; `subscriptions` the topics with handlers that write rows and nothing else; `tables` for each table the
    query of (key, row) of everything in it.
    """

    schema: str
    sources: Sequence[tuple[str, str]]
    subscriptions: Sequence[Subscription]
    tables: Mapping[str, str]

    @property
    def shadow(self) -> str:
        """Return the name of the schema that is filled."""
        return f"{self.schema}_rebuild"

    @property
    def former(self) -> str:
        """Return the name that the live schema has for the moment between its replacement and its end."""
        return f"{self.schema}_former"

    @property
    def topics(self) -> list[str]:
        """Return the topics that feed it."""
        return [subscription.topic for subscription in self.subscriptions]
