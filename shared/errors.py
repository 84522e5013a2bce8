"""The error tree.

DondocError
├── RefusedError         the domain says no (409); carries a stable code and reasons in two languages
├── NotFoundError        what was asked for does not exist (404)
├── InvalidMessageError  a message that can never be applied: refuse or park it, go on
├── UnavailableError     something outside is away (database, broker): wait, keep the order, try again
├── StaleError           this process no longer owns the partition, or its memory is old: drop the work
└── FatalError           going on would lose or double facts, or the set-up is wrong: stop with this one line
    └── ConfigurationError   a setting, a tool or a port is missing or in the way
"""


class DondocError(Exception):
    """Any error that this product raises on purpose."""


class RefusedError(DondocError):
    """The domain says no; `code` is stable, the reasons are for people."""

    def __init__(self, code: str, reason: str, reason_vi: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.reason_vi = reason_vi


class NotFoundError(DondocError):
    """What was asked for does not exist."""

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"no {kind} {identifier!r}")
        self.kind = kind
        self.identifier = identifier


class InvalidMessageError(DondocError):
    """A message that can never be applied, however often it is tried."""


class UnavailableError(DondocError):
    """Something outside this process is away; the same work may succeed later."""


class StaleError(DondocError):
    """The work was begun from an older state of the partition and is dropped."""


class FatalError(DondocError):
    """Going on would break an invariant; the message is the one line that says what to do."""

    exit_code = 3


class ConfigurationError(FatalError):
    """A setting, a tool or a port is missing or in the way; the message names the remedy."""

    exit_code = 2
