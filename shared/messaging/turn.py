"""A turn that only one process can have, freed when its holder dies, even by `kill -9`: by the kernel where the turn
is a lock on a file, by the server where it is a lock of a database session."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from shared.storage.database import Database

_TRY = text("SELECT pg_try_advisory_lock(hashtextextended(:what, 0))")


class Turn:
    """An advisory lock on a file. The file stays; only the lock on it means something."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        self._taken_by = 0

    def take(self) -> bool:
        """Have the turn from now on; False when somebody else has it. Asking again while having it is fine."""
        if self._handle is not None and self._taken_by == os.getpid():
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
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


class DatabaseTurn:
    """A turn kept by a database server: an advisory lock of one session, freed when that session ends."""

    def __init__(self, database: Database, what: str) -> None:
        self.database = database
        self.what = what
        self._session: Connection | None = None
        self._taken_by = 0

    def take(self) -> bool:
        """Have the turn from now on; False when somebody else has it. Raises what SQLAlchemy raises."""
        if self._session is not None and self._taken_by == os.getpid():
            try:
                self._session.execute(text("SELECT 1"))
                self._session.commit()
            except SQLAlchemyError:
                # The server forgot us, and the turn with us.
                self.give_back()
                raise
            return True
        session = self.database.engine.connect()
        try:
            mine = session.execute(_TRY, {"what": self.what}).scalar()
            session.commit()
        except BaseException:
            session.invalidate()
            session.close()
            raise
        if not mine:
            session.close()
            return False
        self._session, self._taken_by = session, os.getpid()
        return True

    def give_back(self) -> None:
        """Let somebody else have it. Harmless when we do not have it."""
        if self._session is not None:
            # The session itself is ended, not returned to the pool: the lock is the session's.
            self._session.invalidate()
            self._session.close()
            self._session = None

    def __enter__(self) -> bool:
        """`with turn as mine:` takes it for the block, and keeps it after: a session is costly to open."""
        return self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the turn back only after trouble."""
        if error is not None:
            self.give_back()


def turn_at(database: Database, what: str) -> Turn | DatabaseTurn:
    """A turn at `what` that all processes using this database respect."""
    url = make_url(database.url)
    if url.get_backend_name() != "sqlite":
        return DatabaseTurn(database, what)
    if not url.database or url.database == ":memory:":
        raise ValueError("taking turns needs a database that is a file or a server")
    return Turn(Path(f"{url.database}.{what}"))
