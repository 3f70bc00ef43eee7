"""Which versions of documents are open to others than the host; and findings that are no longer drawn say no more."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Integer, MetaData, String, Table, select, update

revision = "0003"
down_revision = "0002"

KEPT = ("id", "item", "prompt", "zone", "kind")


def upgrade() -> None:
    """Make the table and fill it. Yesterday's code knows nothing of it, and reads of a past finding what is left."""
    op.create_table(
        "open_documents",
        Column("exercise_id", String, primary_key=True),
        Column("kind", String, primary_key=True),
        Column("first", Integer, nullable=False),
        Column("last", Integer, nullable=False),
        Column("released", Integer, nullable=False),
    )
    # The newest was made, or found to be the same, when the exercise was last released.
    op.execute(
        "INSERT INTO open_documents (exercise_id, kind, first, last, released) "
        "SELECT exercise_id, kind, MAX(version), MAX(version), 0 FROM documents GROUP BY exercise_id, kind"
    )
    _empty_past_findings()


def _empty_past_findings() -> None:
    findings = Table(
        "findings",
        MetaData(),
        Column("id", String, primary_key=True),
        Column("current", Boolean),
        Column("data", JSON),
    )
    database = op.get_bind()
    for row in database.execute(select(findings).where(findings.c.current.is_(False))).all():
        left = {name: row.data[name] for name in KEPT if name in row.data}
        database.execute(update(findings).where(findings.c.id == row.id).values(data=left))
