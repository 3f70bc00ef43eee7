"""Which request each version of a visit came with: its photos come with others, and all of it is one thread."""

from alembic import op
from sqlalchemy import Column, String

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add a column that may be empty: yesterday's code neither reads nor writes it."""
    op.add_column("visit_versions", Column("correlation_id", String(36), nullable=True))
