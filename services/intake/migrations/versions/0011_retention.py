"""What was erased because its time had come: drafts that were never sent, and the links between people and visits."""

from alembic import op
from sqlalchemy import Column, Integer, String

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table. Yesterday's code knows nothing of it, and nothing that it knows is changed."""
    op.create_table(
        "retention_acts",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("what", String(20), nullable=False),
        Column("exercise_id", String(36), nullable=False),
        Column("about", String(36)),
        Column("things", Integer, nullable=False),
        Column("at", String(40), nullable=False),
    )
    op.create_index("retention_acts_by_exercise", "retention_acts", ["exercise_id", "what"])
    op.create_index("visit_drafts_by_age", "visit_drafts", ["saved_at"])
