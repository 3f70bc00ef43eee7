"""A database with nothing but the tables of messaging and one of effects, and a log beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text

from shared.contracts.envelope import Envelope
from shared.messaging.log.sqlite_log import SqliteLog
from shared.messaging.tables import create_messaging_tables_v1, date_the_inbox_v2
from shared.storage.database import Database, open_database


@dataclass
class Toy:
    """A toy service: what it was told is one row in `effects` each time."""

    folder: Path
    database: Database
    log: SqliteLog

    def effects(self) -> list[str]:
        with self.database.reading() as tx:
            return list(tx.execute(text("SELECT what FROM effects ORDER BY rowid")).scalars())

    @staticmethod
    def remember(tx: Connection, envelope: Envelope) -> None:
        tx.execute(text("INSERT INTO effects VALUES (:what)"), {"what": envelope.data["credential_id"]})


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Toy]:
    database = open_database(f"sqlite:///{tmp_path / 'toy.db'}")
    with database.transaction() as tx:
        operations = Operations(MigrationContext.configure(tx))
        create_messaging_tables_v1(operations)
        date_the_inbox_v2(operations)
        tx.execute(text("CREATE TABLE effects (what TEXT NOT NULL)"))
    log = SqliteLog(tmp_path / "events.db")
    yield Toy(tmp_path, database, log)
    log.close()
    database.close()
