"""The last wish for documents of an exercise is found at once, however many there were."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Yesterday's code knows nothing of the index and works as before."""
    op.create_index("document_requests_by_exercise", "document_requests", ["exercise_id", "position"])
