"""A service's own database behind two verbs, `transaction` and `reading`, whichever engine is underneath."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from shared.contracts.json_text import from_kept, to_text
from shared.storage import prepared
from shared.storage.together import Together

Done = TypeVar("Done")

BUSY_SECONDS = 20
"""How long a writer waits for another writer of the same SQLite file before it gives up."""


LOCK_SECONDS = 15
"""How long a transaction on a server waits for another about the same before it gives up and says so."""
IDLE_SECONDS = 30
"""A transaction of a process that hangs is ended by the server after this long, so that others can go on."""

_HOUSE = 0x6F70656E
"""The number our advisory locks stand under. One database may hold several services, each in a schema of its own."""
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(concat(current_schema()), :house))")
_AMONG_OTHERS = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(concat(current_schema()), :house))")
# Sorted by what is locked, so that two transactions about the same things never wait for each other.
_ABOUT = text(
    "SELECT pg_advisory_xact_lock(key) FROM"
    " (SELECT hashtextextended(concat(current_schema(), ' ', about), :house) AS key"
    " FROM unnest(CAST(:about AS text[])) AS about ORDER BY key) AS keys"
)


class Database:
    """Connections are made on first use, so a process may fork after building one of these."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.dialect = make_url(url).get_backend_name()
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._line = threading.Lock()
        path = make_url(url).database
        on_disk = self.dialect == "sqlite" and path not in (None, "", ":memory:")
        self._line_file = f"{path}.line" if on_disk else None
        self._together = Together(self.transaction)
        self._idle: list[Connection] = []

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, opened on first use."""
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    self._engine = self._open()
        return self._engine

    def _open(self) -> Engine:
        if self.dialect != "sqlite":
            return create_engine(
                self.url,
                json_serializer=to_text,
                json_deserializer=from_kept,
                # An error is kept and may be read by whoever runs this: what somebody wrote is not to stand in it.
                hide_parameters=True,
                pool_size=8,
                max_overflow=24,
                pool_timeout=10,
                pool_recycle=1800,
                # After the server came back, nobody is to meet a connection from before.
                pool_pre_ping=True,
                # A server that is gone is found out within seconds, not when the kernel gives up.
                connect_args={
                    "connect_timeout": 3,
                    "keepalives_idle": 5,
                    "tcp_user_timeout": 10_000,
                    "options": self._server_options(),
                },
            )
        path = make_url(self.url).database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            self.url,
            json_serializer=to_text,
            json_deserializer=from_kept,
            hide_parameters=True,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            pool_size=8,
            max_overflow=24,
            # The one used last has the pages in its cache that are asked for next.
            pool_use_lifo=True,
            # Every transaction is ended below, whatever happened in it.
            pool_reset_on_return=None,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine

    def _server_options(self) -> str:
        given = make_url(self.url).query.get("options", ())
        waits = f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout={IDLE_SECONDS}s"
        return " ".join([waits, *([given] if isinstance(given, str) else given)])

    @contextmanager
    def transaction(self, about: str | Collection[str] | None = None) -> Iterator[Connection]:
        """One transaction for writing: all of it is durable when the block ends, or none of it happened.

        SQLite has one writer at a time. Elsewhere a transaction that says what it is `about` (a visit, a site)
        waits only for others about the same; one that does not say runs alone; one about nothing, `()`, waits
        only for those that run alone and may do no more than add rows. So a rule that reads before it writes
        holds on both.
        """
        engine = self.engine  # makes the folder that the line's own file lies in, too
        with self._in_line(), self._connected(engine) as connection:
            if self.dialect == "sqlite":
                # Taken at once, not at the first write: a reader that later wants to write could be refused.
                prepared.command(connection, "BEGIN IMMEDIATE")
            elif about is None:
                connection.execute(_ALONE, {"house": _HOUSE})
            else:
                connection.execute(_AMONG_OTHERS, {"house": _HOUSE})
                also_about(connection, {about} if isinstance(about, str) else about)
            try:
                yield connection
                if self.dialect == "sqlite":
                    prepared.command(connection, "COMMIT")
                else:
                    connection.commit()
            except BaseException:
                self._give_up(connection)
                raise

    def write(self, work: Callable[[Connection], Done], about: str | Collection[str]) -> Done:
        """Do `work`, which is short, in a transaction about this, which it may share with others that come at the same
        moment; what it returns, once it is durable. Raises what it raises, and then nothing of it is kept."""
        if self.dialect == "sqlite":
            return self._together.write(work)
        with self.transaction(about) as tx:
            return work(tx)

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        """A connection. Of SQLite's some stay open: to fetch one from the pool costs more than most questions do."""
        if self.dialect != "sqlite":
            with engine.connect() as connection:
                yield connection
            return
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = engine.connect()
        try:
            yield connection
            if connection.in_transaction():
                connection.rollback()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def _give_up(self, connection: Connection) -> None:
        connection.rollback()
        if self.dialect == "sqlite" and not connection.invalidated:
            prepared.driver(connection).rollback()

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        """Writers of one SQLite file wait in a queue of the kernel's, on a file beside it, freed when a process dies.

        SQLite would have each sleep and try again, and under load the unlucky ones wait for seconds.
        """
        # A thread that waits here longer than this is left to SQLite, which says that the database is locked.
        if self._line_file is None or not self._line.acquire(timeout=BUSY_SECONDS):
            yield
            return
        try:
            handle = os.open(self._line_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)
        finally:
            self._line.release()

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """A view for one question, which needs no transaction to be consistent. Never waits for a writer."""
        with self._connected(self.engine) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view for reading. Never waits for a writer."""
        with self._connected(self.engine) as connection:
            if self.dialect == "sqlite":
                prepared.command(connection, "BEGIN")
            else:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield connection
            finally:
                self._give_up(connection)

    def close(self) -> None:
        """Close every connection. The next use opens the database again."""
        while self._idle:
            self._idle.pop().close()
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _prepare_sqlite(driver: Any, _record: object) -> None:
    # Transactions are begun by hand above; the driver's own guessing would begin them too late.
    driver.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-4096",
        "temp_store=MEMORY",
        "wal_autocheckpoint=2000",
    ):
        driver.execute(f"PRAGMA {pragma}")


def also_about(tx: Connection, keys: Collection[str]) -> None:
    """Have a transaction be about these too, from here to its end: for what it finds out only on its way.

    Two that do so in turns can stand in each other's way; the server then ends one of them, which may be done again.
    """
    if keys and tx.dialect.name != "sqlite":
        tx.execute(_ABOUT, {"house": _HOUSE, "about": sorted(keys)})


def open_database(url: str) -> Database:
    """The database behind `url` (`sqlite:///path` or `postgresql+psycopg://…`). Opens nothing yet."""
    return Database(url)
