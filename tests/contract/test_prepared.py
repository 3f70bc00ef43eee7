"""A prepared statement says on each engine what SQLAlchemy's own way of running it says, and fails as that fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from deploy.servers.postgres import Postgres
from shared.backends import open_database
from shared.storage.database import Database
from shared.storage.prepared import Prepared

METADATA = MetaData()
THINGS = Table(
    "things",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("good", Boolean),
    Column("inside", JSON(none_as_null=True)),
)
ADD = Prepared(insert(THINGS))
NAMED = Prepared(select(THINGS).where(THINGS.c.name == bindparam("name"), THINGS.c.id != 99).order_by(THINGS.c.id))
RENAME = Prepared(update(THINGS).where(THINGS.c.id == bindparam("which")).values(name=bindparam("name_now")))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'one.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database()
    opened = open_database(url)
    METADATA.create_all(opened.engine)
    yield opened
    opened.close()


def thing(number: int, name: str = "a") -> dict[str, object]:
    return {"id": number, "name": name, "good": True, "inside": {"n": [1, None, "ä"]}}


def test_what_was_put_in_comes_out_as_it_was(database: Database) -> None:
    with database.transaction() as tx:
        ADD.run(tx, thing(1))
        ADD.run_all(tx, [thing(2), thing(3) | {"good": None, "inside": None}, thing(99)])
        ADD.run_all(tx, [])
    with database.reading() as tx:
        ours = NAMED.rows(tx, {"name": "a"})
        theirs = tx.execute(NAMED.statement, {"name": "a"}).all()
        assert [tuple(row) for row in ours] == [tuple(row) for row in theirs]
        assert ours[0].good is True
        assert ours[0].inside == {"n": [1, None, "ä"]}
        assert ours[2].inside is None
        assert NAMED.first(tx, {"name": "nobody"}) is None


def test_a_question_is_answered_with_yes_or_no(database: Database) -> None:
    asked = Prepared(select(exists().where(THINGS.c.id == bindparam("n"))))
    with database.transaction() as tx:
        ADD.run(tx, thing(1))
        assert [asked.rows(tx, {"n": n})[0][0] for n in (1, 2)] == [True, False]


def test_what_it_does_is_undone_with_its_transaction(database: Database) -> None:
    with database.transaction() as tx:
        ADD.run(tx, thing(1))
    with pytest.raises(IntegrityError), database.transaction() as tx:
        _rename_and_clash(tx)
    with database.reading() as tx:
        assert [row.name for row in NAMED.rows(tx, {"name": "a"})] == ["a"]


def test_a_key_that_is_taken_is_told_as_everywhere(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as tx:
        ADD.run_all(tx, [thing(1), thing(1)])
    with pytest.raises(IntegrityError), database.transaction() as tx:
        _clash(tx)
    with database.reading() as tx:
        assert NAMED.rows(tx, {"name": "a"}) == []


def test_trouble_of_the_file_is_told_as_everywhere(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'one.db'}")
    with pytest.raises(OperationalError), opened.reading() as tx:
        NAMED.rows(tx, {"name": "a"})
    opened.close()


def _clash(tx: Connection) -> None:
    ADD.run(tx, thing(1))
    ADD.run(tx, thing(1))


def _rename_and_clash(tx: Connection) -> None:
    RENAME.run(tx, {"which": 1, "name_now": "b"})
    ADD.run(tx, thing(1))
