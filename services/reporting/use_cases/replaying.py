"""Forgets what the log can tell again, so that a worker that begins at its beginning takes it in anew."""

from __future__ import annotations

from sqlalchemy import Connection

from services.reporting.store import derived
from shared.access import directory


def forget_derived(tx: Connection) -> None:
    """Forget findings, results, stories and the plan; keep everything somebody wrote, decided or made here."""
    derived.forget(tx)
    directory.forget(tx)
