"""Writers that come at once share a transaction, and still each has what it would have had alone."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from deploy.servers.waiting import until
from shared.runtime import correlation
from shared.runtime.correlation import Cause
from shared.storage import prepared
from shared.storage.database import Database, open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'facts.db'}")
    with opened.transaction() as tx:
        tx.execute(text("CREATE TABLE facts (what TEXT PRIMARY KEY, moment INTEGER)"))
    yield opened
    opened.close()


def facts(database: Database) -> list[str]:
    with database.reading() as tx:
        return list(tx.execute(text("SELECT what FROM facts ORDER BY what")).scalars())


def add(what: str) -> Callable[[Connection], str]:
    def work(tx: Connection) -> str:
        tx.execute(text("INSERT INTO facts VALUES (:what, 1)"), {"what": what})
        return what

    return work


class Crowd:
    """Writes of many threads that all wait until the file is free; what each was told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.told: dict[str, object] = {}
        self.threads: list[threading.Thread] = []

    def comes(self, name: str, work: Callable[[Connection], object]) -> None:
        def write() -> None:
            try:
                self.told[name] = self.database.write(work, "this")
            except Exception as error:
                self.told[name] = error

        thread = threading.Thread(target=write)
        self.threads.append(thread)
        thread.start()

    def waits(self) -> bool:
        return len(self.database._together._waiting) == len(self.threads)

    def has_its_turn(self) -> None:
        for thread in self.threads:
            thread.join()


def test_who_waits_together_is_kept_together_and_one_that_fails_fails_alone(database: Database) -> None:
    crowd = Crowd(database)

    def refuse(tx: Connection) -> None:
        add("half done")(tx)
        raise ValueError("no")

    with database.transaction():
        for name in "abcde":
            crowd.comes(name, add(name))
        crowd.comes("refused", refuse)
        crowd.comes("clash", add("a"))
        until(crowd.waits, 10, "everybody")
    commits = count_commits(database, crowd.has_its_turn)
    assert {name: crowd.told[name] for name in "bcde"} == {name: name for name in "bcde"}
    assert isinstance(crowd.told["refused"], ValueError)
    assert sorted(type(crowd.told[name]).__name__ for name in ("a", "clash")) == ["IntegrityError", "str"]
    assert facts(database) == ["a", "b", "c", "d", "e"]
    assert commits <= 1


def count_commits(database: Database, run: Callable[[], object]) -> int:
    seen: list[str] = []
    real = prepared.command

    def noting(tx: Connection, what: str) -> None:
        seen.append(what)
        real(tx, what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "command", noting)
        run()
    return seen.count("COMMIT")


def test_when_the_disk_does_not_take_it_nobody_is_told_that_it_is_safe(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = Crowd(database)
    real, commits = prepared.command, itertools.count()

    def full(tx: Connection, what: str) -> None:
        if what == "COMMIT" and next(commits) > 0:
            raise OperationalError(what, None, OSError("disk full"))
        real(tx, what)

    with database.transaction():
        for name in "abc":
            crowd.comes(name, add(name))
        until(crowd.waits, 10, "everybody")
        monkeypatch.setattr(prepared, "command", full)
    crowd.has_its_turn()
    monkeypatch.undo()
    assert [type(crowd.told[name]) for name in "abc"] == [OperationalError] * 3
    assert facts(database) == []
    assert database.write(add("later"), "this") == "later"


def test_a_transaction_that_the_engine_gives_up_takes_all_of_it_along(database: Database) -> None:
    crowd = Crowd(database)

    def given_up(tx: Connection) -> None:
        prepared.driver(tx).execute("ROLLBACK")
        raise ValueError("the disk was full")

    with database.transaction():
        crowd.comes("a", add("a"))
        crowd.comes("given up", given_up)
        crowd.comes("b", add("b"))
        until(crowd.waits, 10, "everybody")
    crowd.has_its_turn()
    assert all(isinstance(told, ValueError) for told in crowd.told.values())
    assert facts(database) == []


def test_each_write_is_of_its_own_request(database: Database) -> None:
    crowd = Crowd(database)
    seen: dict[str, str | None] = {}

    def of(name: str) -> None:
        correlation.because_of(Cause(name))
        database.write(lambda _tx: seen.setdefault(name, correlation.current().correlation_id), "this")

    with database.transaction():
        crowd.threads = [threading.Thread(target=of, args=(name,)) for name in "abc"]
        for thread in crowd.threads:
            thread.start()
        until(crowd.waits, 10, "everybody")
    crowd.has_its_turn()
    assert seen == {"a": "a", "b": "b", "c": "c"}


def test_many_at_once_are_all_kept(database: Database) -> None:
    names = [f"{thread}-{n}" for thread in range(8) for n in range(25)]

    def some(thread: int) -> None:
        for n in range(25):
            database.write(add(f"{thread}-{n}"), "this")

    threads = [threading.Thread(target=some, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert facts(database) == sorted(names)
