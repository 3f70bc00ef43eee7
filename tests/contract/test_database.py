"""A transaction is all or nothing, a reader sees one moment, and both engines end up with the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from deploy.servers.postgres import Postgres
from deploy.servers.waiting import until
from shared.backends import open_database
from shared.messaging.trouble import passes
from shared.messaging.turn import Claims, turn_at
from shared.storage.database import Database
from shared.storage.migrations import NewerDatabase, upgrade


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'one.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE fact (n INTEGER)"))
    yield database
    database.close()


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


@pytest.mark.parametrize("about", [None, "one visit"])
def test_reading_before_writing_is_safe_when_many_do_it_at_once(database: Database, about: str | None) -> None:
    def count_on(_: int) -> None:
        with database.transaction(about) as tx:
            highest = tx.execute(text("SELECT coalesce(max(n), 0) FROM fact")).scalar()
            tx.execute(text("INSERT INTO fact VALUES (:n)"), {"n": int(highest or 0) + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_on, range(40)))
    assert facts(database) == list(range(1, 41))


def test_only_one_has_a_turn_until_it_gives_it_back(url: str) -> None:
    one, two = open_database(url), open_database(url)
    first, second, other = turn_at(one, "relay"), turn_at(two, "relay"), turn_at(two, "cleaning")
    assert first.take()
    assert first.take()
    assert not second.take()
    assert other.take()
    first.give_back()
    assert second.take()
    second.give_back()
    other.give_back()
    for each in (one, two):
        each.close()


def test_nobody_works_on_what_another_is_at(url: str) -> None:
    one, two = open_database(url), open_database(url)
    first, second, other = Claims(one, "cleaning"), Claims(two, "cleaning"), Claims(two, "documents")
    names = ["a", "b", "c", "d", "e"]
    with first.some_of(names, 2) as mine, second.some_of(names, 5) as theirs, other.some_of(names, 5) as others:
        assert mine == ["a", "b"]
        assert not set(mine) & set(theirs)
        assert others == names
    with second.some_of(names, 5) as theirs:
        assert theirs == names
    for each in (first, second, other):
        each.close()
    for each_database in (one, two):
        each_database.close()


def can_have(claims: Claims, name: str) -> bool:
    with claims.some_of([name], 1) as found:
        return found == [name]


@pytest.mark.slow
def test_two_on_a_server_share_the_work_and_whoever_dies_leaves_it_to_the_other(postgres: Postgres) -> None:
    url = postgres.new_database()
    one, two = open_database(url), open_database(url)
    dying, living = Claims(one, "cleaning"), Claims(two, "cleaning")
    with dying.some_of(["a"], 1) as mine, living.some_of(["a", "b"], 2) as theirs:
        assert (mine, theirs) == (["a"], ["b"])
        dying.close()  # the server sees no more than this of a process that dies: its session is gone
        until(lambda: can_have(living, "a"), 10, "what the dead one was at")
    for each in (dying, living):
        each.close()
    for each_database in (one, two):
        each_database.close()


@pytest.mark.slow
def test_whoever_waits_too_long_for_another_is_told_that_it_passes(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.storage.database.LOCK_SECONDS", 1)
    database = open_database(postgres.new_database())

    def wait_for_it() -> None:
        with database.transaction("a visit"):
            pass

    with database.transaction("a visit"), database.transaction("another visit"), database.transaction(()):
        with pytest.raises(OperationalError) as told:
            wait_for_it()
        assert passes(told.value)
    wait_for_it()
    database.close()


@pytest.mark.parametrize("service", ["intake", "assessment", "reporting"])
def test_migrations_can_run_again_and_know_what_is_newer(url: str, service: str) -> None:
    database = open_database(url)
    upgrade(database, f"services.{service}")
    upgrade(database, f"services.{service}")
    with database.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999_from_the_future'"))
    with pytest.raises(NewerDatabase, match="newer version"):
        upgrade(database, f"services.{service}")
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize("service", ["intake", "assessment", "reporting"])
def test_both_engines_end_up_with_the_same_tables(tmp_path: Path, postgres: Postgres, service: str) -> None:
    def shape(url: str) -> dict[str, set[str]]:
        database = open_database(url)
        upgrade(database, f"services.{service}")
        looked = inspect(database.engine)
        found = {table: {column["name"] for column in looked.get_columns(table)} for table in looked.get_table_names()}
        database.close()
        return found

    assert shape(f"sqlite:///{tmp_path / 'one.db'}") == shape(postgres.new_database())
