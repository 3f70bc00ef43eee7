"""The tables of reporting as they first were, and what every service has: directory, outbox, inbox, dead letters."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Integer, String

from shared.access.tables import create_directory_tables_v1
from shared.messaging.tables import create_messaging_tables_v1

revision = "0001"
down_revision = None

APPEND_ONLY = ("recommendation_history", "embargoed_reads")


def upgrade() -> None:
    """Make the tables."""
    create_messaging_tables_v1(op)
    create_directory_tables_v1(op)
    op.create_table(
        "findings",
        Column("id", String, primary_key=True),
        Column("exercise_id", String, nullable=False),
        Column("site_id", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("current", Boolean, nullable=False),
        Column("data", JSON, nullable=False),
        Column("for_partner", JSON),
    )
    op.create_index("findings_by_site", "findings", ["exercise_id", "site_id"])
    op.create_table(
        "site_revisions",
        Column("exercise_id", String, primary_key=True),
        Column("site_id", String, primary_key=True),
        Column("revision", Integer, nullable=False),
        Column("comparison", JSON),
        Column("comparison_for_partner", JSON),
    )
    op.create_table(
        "wave_results",
        Column("exercise_id", String, primary_key=True),
        Column("site_id", String, primary_key=True),
        Column("wave", Integer, primary_key=True),
        Column("revision", Integer, nullable=False),
        Column("for_partner", JSON, nullable=False),
    )
    op.create_table(
        "visit_stories",
        Column("visit_id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("exercise_id", String, nullable=False),
        Column("site_id", String, nullable=False),
        Column("wave", Integer, nullable=False),
        Column("volunteer_key", String, nullable=False),
        Column("said", JSON, nullable=False),
        Column("dropped", Boolean, nullable=False),
    )
    op.create_index("visit_stories_by_volunteer", "visit_stories", ["volunteer_key"])
    op.create_table(
        "recommendations",
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("version", Integer, nullable=False),
        Column("exercise_id", String, nullable=False),
        Column("site_id", String, nullable=False),
        Column("title", String, nullable=False),
        Column("why", String, nullable=False),
        Column("findings", JSON, nullable=False),
        Column("items", JSON, nullable=False),
        Column("kind", String, nullable=False),
        Column("pie_area", String),
        Column("cost_band", String),
        Column("owner_post", String),
        Column("due", String),
        Column("status", String, nullable=False),
        Column("reply_due", String),
        Column("baseline", String),
        Column("progress", String),
        Column("effort", Integer),
        Column("difference", Integer),
        Column("suggestion", String),
        Column("merged_into", String),
        Column("written_at", String, nullable=False),
        Column("news_at", String, nullable=False),
        Column("shared_at", String),
        Column("replied_at", String),
        Column("verified_at", String),
    )
    op.create_index("recommendations_by_exercise", "recommendations", ["exercise_id", "position"])
    op.create_table(
        "recommendation_history",
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("recommendation_id", String, nullable=False),
        Column("exercise_id", String, nullable=False),
        Column("at", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("role", String, nullable=False),
        Column("actor", String, nullable=False),
        Column("from_status", String, nullable=False),
        Column("to_status", String, nullable=False),
        Column("note", String, nullable=False),
        Column("evidence", JSON, nullable=False),
    )
    op.create_index(
        "recommendation_history_by_recommendation", "recommendation_history", ["recommendation_id", "position"]
    )
    op.create_table(
        "votes",
        Column("recommendation_id", String, primary_key=True),
        Column("actor", String, primary_key=True),
        Column("voters", String, nullable=False),
        Column("dots", Integer, nullable=False),
    )
    op.create_table(
        "documents",
        Column("exercise_id", String, primary_key=True),
        Column("kind", String, primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("media_type", String, primary_key=True),
        Column("content_sha256", String, nullable=False),
        Column("key", String, nullable=False),
        Column("sha256", String, nullable=False),
        Column("bytes", Integer, nullable=False),
        Column("made_at", String, nullable=False),
        Column("stage", String, nullable=False),
    )
    op.create_table(
        "document_requests",
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("exercise_id", String, nullable=False),
        Column("asked_at", String, nullable=False),
        Column("reason", String, nullable=False),
        Column("state", String, nullable=False),
        Column("told", String, nullable=False),
    )
    op.create_index("document_requests_by_state", "document_requests", ["state", "position"])
    op.create_table(
        "reflections",
        Column("id", String, primary_key=True),
        Column("exercise_id", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("words", String, nullable=False),
        Column("state", String, nullable=False),
    )
    op.create_index("reflections_by_exercise", "reflections", ["exercise_id"])
    op.create_table(
        "embargoed_reads",
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("at", String, nullable=False),
        Column("person_id", String, nullable=False),
        Column("exercise_id", String, nullable=False),
        Column("what", String, nullable=False),
    )
    op.create_table(
        "last_looks",
        Column("person_id", String, primary_key=True),
        Column("at", String, nullable=False),
    )
    for table in APPEND_ONLY:
        _only_ever_add(table)


def _only_ever_add(table: str) -> None:
    """Let the database itself refuse to change or remove what happened (domain.md §5)."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_no_{verb.lower()}"
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'what happened is never changed'); END"
            )
        else:
            op.execute(f"CREATE RULE {name} AS ON {verb} TO {table} DO INSTEAD NOTHING")
