"""Voice notes of visits: what we have of each, who wrote it down, when it was erased."""

from alembic import op
from sqlalchemy import Boolean, Column, Integer, String, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table. Yesterday's code knows nothing of it, and nothing that it knows is changed."""
    op.create_table(
        "voice_notes",
        Column("visit_id", String(36), primary_key=True),
        Column("voice_id", String(36), primary_key=True),
        Column("volunteer_key", String(32), nullable=False),
        Column("exercise_id", String(36), nullable=False),
        Column("listed", Boolean, nullable=False),
        Column("may_use", Boolean, nullable=False),
        Column("may_quote", Boolean, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("media_type", String(20), nullable=False),
        Column("size", Integer, nullable=False),
        Column("seconds", Integer, nullable=False),
        Column("zone", String(2)),
        Column("stage", String(2)),
        Column("item", String(20)),
        Column("state", String(10), nullable=False),
        Column("code", String(30)),
        Column("why", Text),
        Column("safe_at", String(40)),
        Column("heard", String(10), nullable=False),
        Column("heard_at", String(40)),
        Column("written", Text),
        Column("erased_at", String(40)),
        Column("erased_why", String(30)),
    )
    op.create_index("voice_notes_by_hash", "voice_notes", ["sha256"])
    op.create_index("voice_notes_by_exercise", "voice_notes", ["exercise_id", "heard"])
