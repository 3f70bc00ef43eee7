"""The tables of reporting. Times are kept as RFC 3339 text in UTC with microseconds, so that they sort as they are."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, Boolean, Column, Index, Integer, MetaData, String, Table

metadata = MetaData()

findings = Table(
    "findings",
    metadata,
    Column("id", String, primary_key=True),
    Column("exercise_id", String, nullable=False),
    Column("site_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("data", JSON, nullable=False),
    Column("for_partner", JSON),
    Index("findings_by_site", "exercise_id", "site_id"),
)

site_revisions = Table(
    "site_revisions",
    metadata,
    Column("exercise_id", String, primary_key=True),
    Column("site_id", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("comparison", JSON),
    Column("comparison_for_partner", JSON),
)

wave_results = Table(
    "wave_results",
    metadata,
    Column("exercise_id", String, primary_key=True),
    Column("site_id", String, primary_key=True),
    Column("wave", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("for_partner", JSON, nullable=False),
)

visit_stories = Table(
    "visit_stories",
    metadata,
    Column("visit_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("exercise_id", String, nullable=False),
    Column("site_id", String, nullable=False),
    Column("wave", Integer, nullable=False),
    Column("volunteer_key", String, nullable=False),
    Column("said", JSON, nullable=False),
    Column("dropped", Boolean, nullable=False),
    # When assessment told it; empty where nobody wrote that down.
    Column("as_of", String, nullable=False, server_default=""),
    Index("visit_stories_by_volunteer", "volunteer_key"),
)

recommendations = Table(
    "recommendations",
    metadata,
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
    Index("recommendations_by_exercise", "exercise_id", "position"),
)

own_grounds = Table(
    "own_grounds",
    metadata,
    Column("recommendation_id", String, primary_key=True),
    Column("findings", JSON, nullable=False),
    Column("items", JSON, nullable=False),
)

history = Table(
    "recommendation_history",
    metadata,
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
    Index("recommendation_history_by_recommendation", "recommendation_id", "position"),
)

votes = Table(
    "votes",
    metadata,
    Column("recommendation_id", String, primary_key=True),
    Column("actor", String, primary_key=True),
    Column("voters", String, nullable=False),
    Column("dots", Integer, nullable=False),
)

documents = Table(
    "documents",
    metadata,
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

open_documents = Table(
    "open_documents",
    metadata,
    Column("exercise_id", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("released", Integer, nullable=False),
)

document_requests = Table(
    "document_requests",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("exercise_id", String, nullable=False),
    Column("asked_at", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("state", String, nullable=False),
    Column("told", String, nullable=False),
    Index("document_requests_by_state", "state", "position"),
    Index("document_requests_by_exercise", "exercise_id", "position"),
)

reflections = Table(
    "reflections",
    metadata,
    # No person, no time, and a random id as the only order: nobody can tell who wrote a hope or a worry.
    Column("id", String, primary_key=True),
    Column("exercise_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("words", String, nullable=False),
    Column("state", String, nullable=False),
    Index("reflections_by_exercise", "exercise_id"),
)

embargoed_reads = Table(
    "embargoed_reads",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("exercise_id", String, nullable=False),
    Column("what", String, nullable=False),
)

last_looks = Table(
    "last_looks",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("day_before", String),
)


def as_text(at: datetime) -> str:
    """A moment as it is stored."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def as_moment(text: str) -> datetime:
    """A stored moment, aware, in UTC."""
    return datetime.fromisoformat(text)
