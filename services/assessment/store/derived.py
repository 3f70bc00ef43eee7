"""What assessment could work out again from the log, as against what it alone knows: replies to findings, and who read
what under embargo."""

from __future__ import annotations

from sqlalchemy import Connection, delete, update

from services.assessment.store import tables

_TOLD_AGAIN = (
    tables.visits,
    tables.visits_to_uncount,
    tables.volunteer_cards,
    tables.released_words,
    tables.released_photos,
    tables.sites_to_announce,
    tables.visits_to_announce,
)


def forget(tx: Connection) -> None:
    """Forget all that follows from the events of intake.

    Waves and sites stay with nothing counted and nothing drawn, for the sake of their revisions: what is told next must
    be taken for newer than what was told before.
    """
    for table in _TOLD_AGAIN:
        tx.execute(delete(table))
    tx.execute(update(tables.wave_tallies).values(seen={}, people={}, ratings={}))
    tx.execute(update(tables.site_findings).values(drawn=[]))
