"""When each visit's story was told, so that an older one that comes late is known."""

from alembic import op
from sqlalchemy import Column, String

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column. Yesterday's code goes on writing rows without it; whatever is told next is later than those."""
    op.add_column("visit_stories", Column("as_of", String, nullable=False, server_default=""))
