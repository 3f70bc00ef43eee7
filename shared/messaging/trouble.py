"""Tells trouble that passes (a full disk, a locked database, a log that is away) from an event nobody can handle.
The first is waited out, and nothing moves meanwhile; the second is set aside."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.messaging.log.port import LogAway
from shared.storage.blobs.port import StoreAway

_SQLITE_ERROR = 1
"""SQLite's code for a statement that is wrong in itself, such as one about a table that is not there."""

_OF_THE_MACHINE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.EINTR,
    }
)


class TryLater(Exception):
    """A job could not work just now and changed nothing. Whoever runs it should wait a little longer each time."""


@contextmanager
def trying(job: str) -> Iterator[None]:
    """Trouble that passes leaves this block as TryLater, which names the job; anything else as it is."""
    try:
        yield
    except Exception as error:
        if passes(error):
            raise TryLater(f"{job}: {type(error).__name__}") from error
        raise


def passes(error: BaseException) -> bool:
    """Whether the same work may succeed later although nobody changed the event or the code."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, OperationalError | InterfaceError):
        return not _wrong_statement(error.orig)
    if isinstance(error, sqlite3.OperationalError):
        return not _wrong_statement(error)
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError | TimeoutError) or error.errno in _OF_THE_MACHINE
    return isinstance(error, LogAway | StoreAway | PoolTimeout | MemoryError)


def _wrong_statement(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == _SQLITE_ERROR
