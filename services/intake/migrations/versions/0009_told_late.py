"""When we heard of a stop, a break or a coming out that a phone could tell us only later."""

from alembic import op
from sqlalchemy import Column, String

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("trips", Column("stop_told_at", String(40)))
    op.add_column("trips", Column("out_told_at", String(40)))
    op.add_column("trip_steps", Column("told_at", String(40)))
