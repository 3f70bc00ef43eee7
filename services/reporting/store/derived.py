"""What reporting was told by assessment and the directory, as against what it alone knows: recommendations, their
history, votes, documents, hopes and worries."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from services.reporting.store import tables

_TOLD_AGAIN = (tables.findings, tables.site_revisions, tables.wave_results, tables.visit_stories)


def forget(tx: Connection) -> None:
    """Forget all that follows from the events of others."""
    for table in _TOLD_AGAIN:
        tx.execute(delete(table))
