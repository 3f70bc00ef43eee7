"""A turn that only one process can have, freed when its holder dies, even by `kill -9`: by the kernel where the turn
is a lock on a file, by the server where it is a lock of a database session."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from shared.storage.database import Database

_TRY = text("SELECT pg_try_advisory_lock(hashtextextended(concat(current_schema(), ' ', CAST(:what AS text)), 0))")
_NO_LONGER = text("SELECT pg_advisory_unlock(hashtextextended(concat(current_schema(), ' ', CAST(:what AS text)), 0))")
_STILL_THERE = text("SELECT true")
# A server older than PostgreSQL 14 cannot do this: there a hanging process keeps what it has.
_HANGING = text("SELECT set_config(name, '30s', false) FROM pg_settings WHERE name = 'idle_session_timeout'")
"""A process that hangs for so long loses its turns to another; its half-done work is then done again."""


class Turn:
    """An advisory lock on a file. The file stays; only the lock on it means something."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        self._taken_by = 0

    def take(self) -> bool:
        """Have the turn from now on; False when somebody else has it. Asking again while having it is fine."""
        return self._lock(fcntl.LOCK_EX)

    def share(self) -> bool:
        """Have the turn together with others who share it; False when somebody has it for themselves."""
        return self._lock(fcntl.LOCK_SH)

    def _lock(self, how: int) -> bool:
        if self._handle is not None and self._taken_by == os.getpid():
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        except BaseException:
            os.close(handle)
            raise
        self._handle, self._taken_by = handle, os.getpid()
        return True

    def give_back(self) -> None:
        """Let somebody else have it. Harmless when we do not have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> bool:
        """`with turn as mine:` takes it for the block; `mine` says whether that worked."""
        return self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the turn back."""
        self.give_back()


class _Session:
    """A session of the database server's that holds locks for this process, and loses them when it ends."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connection: Connection | None = None
        self._opened_by = 0

    @property
    def open(self) -> bool:
        """Whether there is one, opened by this very process."""
        return self._connection is not None and self._opened_by == os.getpid()

    def ask(self, question: TextClause, **about: str) -> bool:
        """Put a question whose answer is yes or no. Raises what SQLAlchemy raises; all locks are lost then."""
        if not self.open:
            self._connection, self._opened_by = self.database.engine.connect(), os.getpid()
            self.ask(_HANGING)
        assert self._connection is not None
        try:
            found = self._connection.execute(question, about)
            answer = bool(found.scalar()) if found.returns_rows else True
            self._connection.commit()
        except BaseException:
            self.end()
            raise
        return answer

    def end(self) -> None:
        """End the session itself instead of returning it to the pool: the locks are the session's."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


class DatabaseTurn:
    """A turn kept by a database server: an advisory lock of one session, freed when that session ends."""

    def __init__(self, database: Database, what: str) -> None:
        self.what = what
        self._session = _Session(database)
        self._mine = False

    def take(self) -> bool:
        """Have the turn from now on; False when somebody else has it. Raises what SQLAlchemy raises."""
        if self._mine and self._session.open:
            # Raises when the server forgot us, and the turn with us.
            return self._session.ask(_STILL_THERE)
        self._mine = self._session.ask(_TRY, what=self.what)
        return self._mine

    def give_back(self) -> None:
        """Let somebody else have it, at once. Harmless when we do not have it."""
        if self._mine and self._session.open:
            # Said before we leave: the server needs a moment to find out that a session has ended.
            with suppress(SQLAlchemyError):
                self._session.ask(_NO_LONGER, what=self.what)
        self._leave()

    def _leave(self) -> None:
        self._mine = False
        self._session.end()

    def __enter__(self) -> bool:
        """`with turn as mine:` takes it for the block, and keeps it after: a session is costly to open."""
        return self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the turn back only after trouble, and without a word to a server that may be it."""
        if error is not None:
            self._leave()


class Claims:
    """Single things of one kind that one process at a time works on, so that replicas share the work."""

    def __init__(self, database: Database, kind: str) -> None:
        self.kind = kind
        self._whole = None if on_a_server(database) else turn_at(database, kind)
        self._session = _Session(database)

    @contextmanager
    def some_of(self, names: Sequence[str], most: int) -> Iterator[list[str]]:
        """At most so many of `names` that nobody else works on, ours for the block.

        Look again whether each still needs the work: it may have been done since `names` were read.
        A file has no such locks: there, one process at a time does all work of the kind.
        """
        if self._whole is not None:
            with self._whole as mine:
                yield list(names[:most]) if mine else []
            return
        claimed: list[str] = []
        try:
            for name in names:
                if len(claimed) == most:
                    break
                if self._session.ask(_TRY, what=f"{self.kind} {name}"):
                    claimed.append(name)
            yield claimed
            for name in claimed:
                self._session.ask(_NO_LONGER, what=f"{self.kind} {name}")
        except BaseException:
            self._session.end()
            raise

    def close(self) -> None:
        """Let go of everything."""
        if self._whole is not None:
            self._whole.give_back()
        self._session.end()


def on_a_server(database: Database) -> bool:
    """Whether the database is a server's, which keeps locks by name."""
    return make_url(database.url).get_backend_name() != "sqlite"


def turn_at(database: Database, what: str) -> Turn | DatabaseTurn:
    """A turn at `what` that all processes using this database respect."""
    url = make_url(database.url)
    if on_a_server(database):
        return DatabaseTurn(database, what)
    if not url.database or url.database == ":memory:":
        raise ValueError("taking turns needs a database that is a file or a server")
    return Turn(Path(f"{url.database}.{what}"))
