"""When each event was dealt with, so that the inbox can forget."""

from alembic import op

from shared.messaging.tables import date_the_inbox_v2

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    date_the_inbox_v2(op)
