"""Visits, their photos and words, the drafts of the pages, and what the second person decided."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "visits",
        Column("id", String(36), primary_key=True),
        Column("volunteer_key", String(32), nullable=False),
        Column("exercise_id", String(36), nullable=False),
        Column("site_id", String(36), nullable=False),
        Column("wave", Integer, nullable=False),
        Column("kind", String(20), nullable=False),
        Column("part_of_day", String(10), nullable=False),
        Column("site_zones", JSON, nullable=False),
        Column("received_at", String(40), nullable=False),
        Column("version", Integer, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("announced", Integer, nullable=False),
        Column("last_event", String(36)),
        Column("withdrawn_at", String(40)),
    )
    op.create_table(
        "visit_versions",
        Column("visit_id", String(36), ForeignKey("visits.id"), primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("digest", String(64), nullable=False),
        Column("content", JSON(none_as_null=True)),
        Column("at", String(40), nullable=False),
        Column("by", String(32), nullable=False),
    )
    op.create_table(
        "photos",
        Column("visit_id", String(36), primary_key=True),
        Column("photo_id", String(36), primary_key=True),
        Column("volunteer_key", String(32), nullable=False),
        Column("exercise_id", String(36), nullable=False),
        Column("listed", Boolean, nullable=False),
        Column("may_use", Boolean, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("media_type", String(100), nullable=False),
        Column("size", Integer, nullable=False),
        Column("zone", String(2), nullable=False),
        Column("state", String(10), nullable=False),
        Column("code", String(30)),
        Column("why", Text),
        Column("display", JSON(none_as_null=True)),
        Column("thumbnail", JSON(none_as_null=True)),
        Column("safe_at", String(40)),
        Column("finished_at", String(40)),
        Column("original_erased_at", String(40)),
        Column("review", String(10), nullable=False),
        Column("reviewed_at", String(40)),
        Column("copies_erased_at", String(40)),
    )
    op.create_table(
        "words",
        Column("id", String(36), primary_key=True),
        Column("visit_id", String(36), ForeignKey("visits.id"), nullable=False),
        Column("volunteer_key", String(32), nullable=False),
        Column("exercise_id", String(36), nullable=False),
        Column("item", String(20)),
        Column("zone", String(2)),
        Column("stage", String(2)),
        Column("text", Text, nullable=False),
        Column("shared", Text),
        Column("state", String(10), nullable=False),
        Column("decided_at", String(40)),
    )
    op.create_table(
        "care_acts",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("exercise_id", String(36), nullable=False),
        Column("thing", String(10), nullable=False),
        Column("visit_id", String(36), nullable=False),
        Column("thing_id", String(36), nullable=False),
        Column("act", String(10), nullable=False),
        Column("person_id", String(36), nullable=False),
        Column("at", String(40), nullable=False),
    )
    op.create_table(
        "visit_drafts",
        Column("visit_id", String(36), primary_key=True),
        Column("volunteer_key", String(32), nullable=False),
        Column("exercise_id", String(36), nullable=False),
        Column("assignment_id", String(36), nullable=False),
        Column("content", JSON, nullable=False),
        Column("saved_at", String(40), nullable=False),
    )
    op.create_table(
        "photo_erasures",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("visit_id", String(36), nullable=False),
        Column("photo_id", String(36), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("what", String(10), nullable=False),
        Column("why", String(30), nullable=False),
        Column("at", String(40), nullable=False),
    )
    op.create_index("visits_by_volunteer", "visits", ["volunteer_key"])
    op.create_index("visits_by_place", "visits", ["exercise_id", "site_id", "wave"])
    op.create_index("photos_by_state", "photos", ["state"])
    op.create_index("photos_by_hash", "photos", ["sha256"])
    op.create_index("photos_by_exercise", "photos", ["exercise_id", "review"])
    op.create_index("words_by_exercise", "words", ["exercise_id", "state"])
    op.create_index("words_by_visit", "words", ["visit_id"])
    op.create_index("care_acts_by_exercise", "care_acts", ["exercise_id"])
    op.create_index("visit_drafts_by_volunteer", "visit_drafts", ["volunteer_key"])
