"""Which errors pass by themselves."""

import asyncpg
import pytest

from shared.errors import InvalidMessageError, UnavailableError
from shared.postgres import is_transient


@pytest.mark.parametrize(
    "error",
    [
        UnavailableError("Kafka is away"),
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
        asyncpg.exceptions.ConnectionDoesNotExistError(),
        asyncpg.exceptions.CannotConnectNowError(),
        asyncpg.exceptions.DiskFullError(),
        asyncpg.exceptions.DeadlockDetectedError(),
        asyncpg.exceptions.LockNotAvailableError(),
        asyncpg.exceptions.UndefinedTableError(),
        asyncpg.exceptions.AdminShutdownError(),
        asyncpg.exceptions.InvalidCachedStatementError(),
        RuntimeError("unable to perform operation on <TCPTransport closed=True reading=False 0x7f>; the handler is closed"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_not_the_messages_fault_is_tried_again(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        InvalidMessageError("not an event"),
        asyncpg.exceptions.UniqueViolationError(),
        asyncpg.exceptions.NumericValueOutOfRangeError(),
        asyncpg.exceptions.CharacterNotInRepertoireError(),
        RuntimeError("a bug"),
        ZeroDivisionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_message_brings_about_is_not_tried_again(error: Exception) -> None:
    assert not is_transient(error)
