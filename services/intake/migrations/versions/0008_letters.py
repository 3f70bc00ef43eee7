"""Where people may be written to, and the letters that wait for the post."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Integer, String, Text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables. Yesterday's code knows nothing of them, and nothing that it knows is changed."""
    op.create_table(
        "mail_addresses",
        Column("person_id", String(36), primary_key=True),
        Column("id", String(36), nullable=False),
        Column("address", Text, nullable=False),
        Column("language", String(10), nullable=False),
        Column("topics", JSON, nullable=False),
        Column("way_in", Boolean, nullable=False),
        Column("asked_at", String(40), nullable=False),
        Column("confirmed_at", String(40)),
    )
    op.create_table(
        "letters",
        Column("id", String(36), primary_key=True),
        Column("person_id", String(36), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("about", String(120), nullable=False),
        Column("rank", Integer, nullable=False),
        Column("made_at", String(40), nullable=False),
        Column("failures", Integer, nullable=False),
        Column("look_at", String(40)),
        Column("state", String(10), nullable=False),
        Column("why", Text),
        Column("erase_at", String(40)),
    )
    op.create_index("letters_to_send", "letters", ["look_at"])
    op.create_index("letters_by_person", "letters", ["person_id"])
    op.create_index("letters_by_state", "letters", ["state"])
    op.create_index("letters_to_erase", "letters", ["erase_at"])
