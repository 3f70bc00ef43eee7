"""The last look at the board on an earlier day than the last one of all. Yesterday's code knows nothing of it."""

from alembic import op
from sqlalchemy import Column, String

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("last_looks", Column("day_before", String))
