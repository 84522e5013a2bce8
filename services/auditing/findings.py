"""What an audit finds: each flaw named by where it is, and by key and version where they are known."""

from dataclasses import dataclass, field

LIMIT = 1_000
"""How many findings are kept; all are counted."""


@dataclass(frozen=True)
class Finding:
    """One flaw: the place (journal, topic, streams or heads, with partition and position or offset), whose it is, and what it is."""

    place: str
    what: str
    key: str | None = None
    version: int | None = None

    def __str__(self) -> str:
        """Return the line that an operator reads."""
        whose = f" key {self.key}" if self.key is not None else ""
        which = f" version {self.version}" if self.version is not None else ""
        return f"{self.place}{whose}{which}: {self.what}"


@dataclass
class Findings:
    """The findings of an audit, in the order found."""

    kept: list[Finding] = field(default_factory=list)
    count: int = 0

    def add(self, place: str, what: str, key: str | None = None, version: int | None = None) -> None:
        """Count a finding, and keep it unless there are too many."""
        self.count += 1
        if len(self.kept) < LIMIT:
            self.kept.append(Finding(place, what, key, version))
