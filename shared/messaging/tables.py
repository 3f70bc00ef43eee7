"""The tables of messaging, which every service keeps in its own database beside its facts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

_POSITION = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=True),
    Column("event_id", String, nullable=False, unique=True),
    Column("topic", String, nullable=False),
    Column("event", Text, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", String, primary_key=True),
    Column("event_id", String, primary_key=True),
    # When it was dealt with, as days since the first of January of the year 1; 0 where nobody wrote it down.
    Column("day", Integer, nullable=False, server_default="0"),
    Index("inbox_by_day", "consumer", "day"),
    sqlite_with_rowid=False,
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("number", _POSITION, primary_key=True, autoincrement=True),
    Column("consumer", String, nullable=False),
    Column("event_id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("event", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("died_at", String, nullable=False),
    UniqueConstraint("consumer", "event_id", name="dead_letters_once"),
)

worker_stops = Table(
    "worker_stops",
    metadata,
    Column("consumer", String, primary_key=True),
    Column("why", Text, nullable=False),
    Column("stopped_at", String, nullable=False),
)


def add_messaging_tables(wanted: MetaData) -> None:
    """Put a copy of these tables into a service's own metadata."""
    for table in metadata.sorted_tables:
        table.to_metadata(wanted)


def create_messaging_tables_v1(op: Any) -> None:
    """Make the tables inside a service's migration. Never edited: a change is a v2 of its own.

    `op` is Alembic's operations object.
    """
    position = BigInteger().with_variant(Integer, "sqlite")
    op.create_table(
        "outbox",
        Column("position", position, primary_key=True, autoincrement=True),
        Column("event_id", String, nullable=False, unique=True),
        Column("topic", String, nullable=False),
        Column("event", Text, nullable=False),
    )
    op.create_table(
        "inbox",
        Column("consumer", String, primary_key=True),
        Column("event_id", String, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dead_letters",
        Column("number", position, primary_key=True, autoincrement=True),
        Column("consumer", String, nullable=False),
        Column("event_id", String, nullable=False),
        Column("type", String, nullable=False),
        Column("topic", String, nullable=False),
        Column("event", Text, nullable=False),
        Column("why", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("died_at", String, nullable=False),
        UniqueConstraint("consumer", "event_id", name="dead_letters_once"),
    )
    op.create_table(
        "worker_stops",
        Column("consumer", String, primary_key=True),
        Column("why", Text, nullable=False),
        Column("stopped_at", String, nullable=False),
    )


def date_the_inbox_v2(op: Any) -> None:
    """Say of events when they were dealt with. Code of before goes on writing rows, without a day."""
    op.add_column("inbox", Column("day", Integer, nullable=False, server_default="0"))
    op.create_index("inbox_by_day", "inbox", ["consumer", "day"])
