"""The photo that a cleaned copy belongs to is found by the copy's key, without reading every photo there ever was."""

from alembic import op
from sqlalchemy import text

revision = "0015"
down_revision = "0014"

KEY = {"sqlite": "json_extract({}, '$.key')", "postgresql": "({} ->> 'key')"}


def upgrade() -> None:
    """Indexes alone: the database keeps them whoever writes, so what yesterday's code adds is in them too."""
    key = KEY[op.get_bind().dialect.name]
    kept = text("copies_erased_at IS NULL AND display IS NOT NULL")
    for column in ("display", "thumbnail"):
        named = [text(key.format(column))]
        op.create_index(f"photos_by_{column}", "photos", named, sqlite_where=kept, postgresql_where=kept)
