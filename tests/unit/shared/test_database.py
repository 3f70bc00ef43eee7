"""A transaction is all or nothing; a reader is never kept waiting."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from shared.storage.database import Database, open_database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = open_database(f"sqlite:///{tmp_path / 'one.db'}")
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE fact (n INTEGER)"))
    return database


def facts(database: Database) -> list[int]:
    with database.reading() as tx:
        return list(tx.execute(text("SELECT n FROM fact ORDER BY n")).scalars())


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fail_halfway() -> None:
        with database.transaction() as tx:
            tx.execute(text("INSERT INTO fact VALUES (1)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert facts(database) == []


def test_part_of_a_transaction_can_be_taken_back(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("INSERT INTO fact VALUES (1)"))
        savepoint = tx.begin_nested()
        tx.execute(text("INSERT INTO fact VALUES (2)"))
        savepoint.rollback()
    assert facts(database) == [1]


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    with database.reading() as reader:
        before = list(reader.execute(text("SELECT n FROM fact")).scalars())
        with database.transaction() as tx:
            tx.execute(text("INSERT INTO fact VALUES (3)"))
        assert list(reader.execute(text("SELECT n FROM fact")).scalars()) == before == []
    assert facts(database) == [3]
