"""Visits as they came, the counts of each wave, what may be shown with a finding, replies, and who looked when."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Integer, String, Text, text

from shared.access.tables import create_directory_tables_v1
from shared.messaging.tables import create_messaging_tables_v1

revision = "0001"
down_revision = None


def _wave() -> tuple[Column, Column, Column]:
    return (
        Column("exercise_id", String, primary_key=True),
        Column("site_id", String, primary_key=True),
        Column("wave", Integer, primary_key=True),
    )


def _released(id_name: str) -> tuple[Column, ...]:
    return (
        Column(id_name, String, primary_key=True),
        Column("as_of", String, nullable=False),
        Column("held_back", Boolean, nullable=False),
        Column("visit_id", String, nullable=False),
        Column("exercise_id", String, nullable=False),
        Column("site_id", String, nullable=False),
        Column("wave", Integer),
        Column("zone", String),
    )


def upgrade() -> None:
    """Make the tables."""
    create_messaging_tables_v1(op)
    create_directory_tables_v1(op)
    _visits()
    _tallies()
    _said_and_shown()
    _told()


def _visits() -> None:
    op.create_table(
        "visits",
        Column("visit_id", String, primary_key=True),
        Column("exercise_id", String, nullable=False),
        Column("site_id", String, nullable=False),
        Column("wave", Integer, nullable=False),
        Column("volunteer_key", String),
        Column("version", Integer, nullable=False),
        Column("received_at", String),
        Column("kind", String),
        Column("body", JSON),
        Column("withdrawn", Boolean, nullable=False),
        Column("counted", Boolean, nullable=False),
    )
    op.create_index(
        "visits_by_volunteer",
        "visits",
        ["exercise_id", "site_id", "wave", "volunteer_key", "received_at", "visit_id"],
    )
    op.create_index(
        "visits_uncounted",
        "visits",
        ["visit_id"],
        sqlite_where=text("counted = 0"),
        postgresql_where=text("counted = false"),
    )
    op.create_table(
        "visits_to_uncount",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("visit_id", String, nullable=False),
        Column("exercise_id", String, nullable=False),
        Column("site_id", String, nullable=False),
        Column("wave", Integer, nullable=False),
        Column("volunteer_key", String, nullable=False),
        Column("received_at", String, nullable=False),
        Column("body", JSON, nullable=False),
    )


def _tallies() -> None:
    op.create_table(
        "wave_tallies",
        *_wave(),
        Column("rules", Integer, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("seen", JSON, nullable=False),
        Column("people", JSON, nullable=False),
        Column("ratings", JSON, nullable=False),
    )
    op.create_table(
        "volunteer_cards",
        *_wave(),
        Column("volunteer_key", String, primary_key=True),
        Column("marks", JSON, nullable=False),
        Column("first_received_at", String),
        Column("first_visit_id", String),
        Column("ratings", JSON, nullable=False),
    )


def _said_and_shown() -> None:
    op.create_table(
        "released_words",
        *_released("words_id"),
        Column("item", String),
        Column("stage", String),
        Column("text", Text),
    )
    op.create_table(
        "released_photos",
        *_released("photo_id"),
        Column("display", JSON),
        Column("thumbnail", JSON),
        Column("annotations", JSON),
    )
    for table in ("released_words", "released_photos"):
        op.create_index(f"{table}_by_site", table, ["exercise_id", "site_id"])
        op.create_index(f"{table}_by_visit", table, ["visit_id"])
    op.create_table(
        "finding_replies",
        Column("reply_id", String, primary_key=True),
        Column("finding_id", String, nullable=False),
        Column("exercise_id", String, nullable=False),
        Column("site_id", String, nullable=False),
        Column("person_id", String, nullable=False),
        Column("at", String, nullable=False),
        Column("text", Text, nullable=False),
    )
    op.create_index("finding_replies_by_site", "finding_replies", ["exercise_id", "site_id", "at"])


def _told() -> None:
    op.create_table(
        "site_findings",
        Column("exercise_id", String, primary_key=True),
        Column("site_id", String, primary_key=True),
        Column("revision", Integer, nullable=False),
        Column("drawn", JSON, nullable=False),
    )
    op.create_table(
        "sites_to_announce",
        Column("exercise_id", String, primary_key=True),
        Column("site_id", String, primary_key=True),
        Column("from_wave", Integer, nullable=False),
    )
    op.create_table(
        "visits_to_announce",
        Column("visit_id", String, primary_key=True),
        Column("exercise_id", String, nullable=False),
        Column("site_id", String, nullable=False),
    )
    op.create_index("visits_to_announce_by_site", "visits_to_announce", ["exercise_id", "site_id"])
    op.create_table(
        "embargoed_reads",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("at", String, nullable=False),
        Column("person_id", String, nullable=False),
        Column("roles", JSON, nullable=False),
        Column("exercise_id", String, nullable=False),
        Column("what", String, nullable=False),
    )
