"""Visits in the order in which they are listed, and whether one counts, so that no page reads them all."""

from alembic import op
from sqlalchemy import Boolean, Column

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add a column that yesterday's code leaves empty: then it is looked up in the visit itself."""
    op.add_column("visits", Column("used", Boolean))
    op.create_index("visits_in_order", "visits", ["exercise_id", "site_id", "wave", "id"])
    op.drop_index("visits_by_place", "visits")
