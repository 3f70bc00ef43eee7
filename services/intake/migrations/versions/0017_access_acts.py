"""Who made a way in for somebody, and who took all of somebody's ways in back."""

from alembic import op
from sqlalchemy import Column, Integer, String

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the table. Yesterday's code knows nothing of it: what is done through it meanwhile is on no record."""
    op.create_table(
        "access_acts",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("exercise_id", String(36), nullable=False),
        Column("by", String(36), nullable=False),
        Column("act", String(20), nullable=False),
        Column("person_id", String(36), nullable=False),
        Column("ways", Integer, nullable=False),
        Column("at", String(40), nullable=False),
    )
    op.create_index("access_acts_by_exercise", "access_acts", ["exercise_id"])
