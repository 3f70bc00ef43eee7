"""A column that nothing filled and nothing read goes: letters know for themselves whether they were sent (ADR 0020)."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Take it away with its index. Yesterday's code names neither."""
    op.drop_index("care_notices_to_post", "care_notices")
    op.drop_column("care_notices", "posted_at")
