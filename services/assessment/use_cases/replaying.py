"""Forgets what the log can tell again, so that a worker that begins at its beginning works it out anew."""

from __future__ import annotations

from sqlalchemy import Connection

from services.assessment.store import derived
from shared.access import directory


def forget_derived(tx: Connection) -> None:
    """Forget visits, counts, what was released and the plan; keep replies, the record of reads, and revisions."""
    derived.forget(tx)
    directory.forget(tx)
