"""Which request a visit came with, so that what is told of it later can be followed back."""

from alembic import op
from sqlalchemy import Column, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add two columns that may be empty: yesterday's code neither reads nor writes them."""
    op.add_column("visits", Column("correlation_id", String, nullable=True))
    op.add_column("visits", Column("causation_id", String, nullable=True))
