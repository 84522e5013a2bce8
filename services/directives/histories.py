"""The histories of keys of which something is voided in a turn, or whose state is to be folded anew."""

from collections.abc import Iterable, Mapping

from services.directives.domain import Claim, Filing, Past, State, fold, refused, void
from services.directives.inbox import Entry
from services.directives.repository import Stream, past_of, read_histories
from services.directives.waiting import TurnTooLargeError
from shared.contracts.voiding import FactVoided
from shared.envelope import Event
from shared.journal.unit_of_work import UnitOfWork

MAX_JUDGED_AGAIN = 20_000
"""How many facts one turn judges again for the sake of voids: about a second of work, far below the limit of a transaction."""


class Histories:
    """All that was registered under the keys in question, what the turn registers included."""

    def __init__(self, work: UnitOfWork, topic: str) -> None:
        self._work = work
        self._topic = topic
        self._pasts: dict[str, list[Past]] = {}

    async def recall(self, streams: Iterable[Stream]) -> None:
        """Fold states that are not there, as after an upgrade; raises TurnTooLargeError when that is too much for one turn.

        Nor is the state there of a key of which everything was voided; it folds to the same again.
        """
        missing = {stream.key: stream for stream in streams if stream.version and stream.state is None}
        if len(missing) > 1 and sum(stream.version for stream in missing.values()) > MAX_JUDGED_AGAIN:
            raise TurnTooLargeError("too much would be folded anew")
        if missing:
            for key, history in (await read_histories(self._work.connection, self._topic, missing)).items():
                missing[key].state = fold(history)

    async def read(self, entries: Iterable[Entry], streams: Mapping[str, Stream]) -> None:
        """Read the histories that these facts void something of; raises TurnTooLargeError when that is too much for one turn.

        Histories that are too long for any turn are not read: nothing of them is voided.
        """
        voided = [entry.event.partitionkey for entry in entries if isinstance(entry.event.data, FactVoided)]
        voids = [name for name in voided if streams[name].version <= MAX_JUDGED_AGAIN]
        if len(voids) > 1 and sum(streams[name].version + len(voids) for name in voids) > MAX_JUDGED_AGAIN:
            raise TurnTooLargeError("too much would be judged again")
        if voids:
            self._pasts = {name: [] for name in voids}
            keys = {streams[name].key for name in voids if streams[name].version}
            for key, history in (await read_histories(self._work.connection, self._topic, keys)).items():
                self._pasts[str(key)] = history

    def void(self, name: str, filing: Filing) -> tuple[State, tuple[Claim, ...]]:
        """Return a key's state without the fact that is voided, and the names that are free again; raises FactRefusedError."""
        if name not in self._pasts:
            raise refused("history-too-long", limit=MAX_JUDGED_AGAIN)
        return void(self._pasts[name], filing)

    def add(self, event: Event) -> None:
        """Note what was registered."""
        if event.partitionkey in self._pasts:
            self._pasts[event.partitionkey].append(past_of(event))
