"""What a recommendation rested on before it took others in, so that they can be taken apart again."""

from alembic import op
from sqlalchemy import JSON, Column, String

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table. Where yesterday's code merged and wrote nothing here, all that it holds counts as its own."""
    op.create_table(
        "own_grounds",
        Column("recommendation_id", String, primary_key=True),
        Column("findings", JSON, nullable=False),
        Column("items", JSON, nullable=False),
    )
