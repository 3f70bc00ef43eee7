"""Which objects were erased because no row named them, so that nobody counts on one that just went."""

from alembic import op
from sqlalchemy import Column, String

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table. Yesterday's code knows nothing of it, and nothing that it knows is changed."""
    op.create_table(
        "swept_objects",
        Column("key", String(100), primary_key=True),
        Column("at", String(40), nullable=False),
    )
