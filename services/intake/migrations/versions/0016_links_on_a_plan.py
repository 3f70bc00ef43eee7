"""In which plan a sign-in link was made, and whether somebody came in by it; of no other link is that known."""

from alembic import op
from sqlalchemy import Boolean, Column, String

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Yesterday's code makes links without it: of those the plan says that none was made there."""
    op.add_column("credentials", Column("made_in", String(36)))
    op.add_column("credentials", Column("used", Boolean))
    op.create_index("credentials_by_plan", "credentials", ["made_in"])
