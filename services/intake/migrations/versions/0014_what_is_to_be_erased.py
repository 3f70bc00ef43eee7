"""What is to be erased is found without looking through everything that there is."""

from alembic import op
from sqlalchemy import text

revision = "0014"
down_revision = "0013"

INDEXES = {
    "visits_withdrawn": ("visits", ["withdrawn_at", "id"], "withdrawn_at IS NOT NULL"),
    "photos_original_kept": ("photos", ["finished_at"], "original_erased_at IS NULL AND safe_at IS NOT NULL"),
    "photos_held_back": (
        "photos",
        ["review", "reviewed_at"],
        "copies_erased_at IS NULL AND reviewed_at IS NOT NULL",
    ),
    "photos_copies_kept": ("photos", ["listed", "finished_at"], "copies_erased_at IS NULL AND display IS NOT NULL"),
    "voice_notes_heard": ("voice_notes", ["heard", "heard_at"], "erased_at IS NULL AND safe_at IS NOT NULL"),
    "voice_notes_kept": (
        "voice_notes",
        ["listed", "may_use", "safe_at"],
        "erased_at IS NULL AND safe_at IS NOT NULL",
    ),
}


def upgrade() -> None:
    """Yesterday's code asks as before, and what it writes is in these indexes all the same."""
    for name, (table, columns, where) in INDEXES.items():
        op.create_index(name, table, columns, sqlite_where=text(where), postgresql_where=text(where))
