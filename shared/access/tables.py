"""The tables of the directory's local copy, which every service keeps in its own database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Column, Index, Integer, MetaData, String, Table

metadata = MetaData()

exercises = Table(
    "directory_exercises",
    metadata,
    Column("exercise_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("stage", String, nullable=False),
    Column("entry", JSON, nullable=False),
)

people = Table(
    "directory_people",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
)

memberships = Table(
    "directory_memberships",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("exercise_id", String, primary_key=True),
    Column("roles", JSON, nullable=False),
    Column("representative", Boolean, nullable=False),
    Index("directory_memberships_by_exercise", "exercise_id"),
)

revoked = Table(
    "directory_revoked_credentials",
    metadata,
    Column("credential_id", String, primary_key=True),
    Column("revoked_at", String, nullable=False),
)


def create_directory_tables_v1(op: Any) -> None:
    """Make the tables inside a service's migration. Never edited: a change is a v2 of its own.

    `op` is Alembic's operations object.
    """
    op.create_table(
        "directory_exercises",
        Column("exercise_id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("stage", String, nullable=False),
        Column("entry", JSON, nullable=False),
    )
    op.create_table(
        "directory_people",
        Column("person_id", String, primary_key=True),
        Column("version", Integer, nullable=False),
    )
    op.create_table(
        "directory_memberships",
        Column("person_id", String, primary_key=True),
        Column("exercise_id", String, primary_key=True),
        Column("roles", JSON, nullable=False),
        Column("representative", Boolean, nullable=False),
    )
    op.create_index("directory_memberships_by_exercise", "directory_memberships", ["exercise_id"])
    op.create_table(
        "directory_revoked_credentials",
        Column("credential_id", String, primary_key=True),
        Column("revoked_at", String, nullable=False),
    )
