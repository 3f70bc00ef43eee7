"""The visits that assessment was not told of yet, so that a release finds them without reading all the others."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the index. Yesterday's code knows nothing of it, and the database keeps it whoever writes."""
    to_be_told = sa.text("announced < version AND withdrawn_at IS NULL")
    op.create_index(
        "visits_to_be_told",
        "visits",
        ["exercise_id", "wave"],
        sqlite_where=to_be_told,
        postgresql_where=to_be_told,
    )
