"""Who read what while it was under embargo (never altered), and when somebody last looked at the board."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from services.reporting.store.tables import as_moment, as_text, embargoed_reads, last_looks


def note_embargoed(tx: Connection, at: datetime, person_id: str, exercise_id: str, what: str) -> None:
    """Record one read of something that is under embargo (domain.md §4, hard rule 5)."""
    row = {"at": as_text(at), "person_id": person_id, "exercise_id": exercise_id, "what": what}
    tx.execute(insert(embargoed_reads).values(row))


def embargoed(tx: Connection, exercise_id: str) -> list[tuple[str, str]]:
    """(person, what) of every read under embargo, oldest first."""
    table = embargoed_reads
    query = select(table.c.person_id, table.c.what).where(table.c.exercise_id == exercise_id)
    return [(row.person_id, row.what) for row in tx.execute(query.order_by(table.c.position))]


def last_look(tx: Connection, person_id: str) -> datetime | None:
    """When this person last opened the board, or None."""
    found = tx.execute(select(last_looks.c.at).where(last_looks.c.person_id == person_id)).scalar()
    return None if found is None else as_moment(found)


def set_last_look(tx: Connection, person_id: str, at: datetime) -> None:
    """Remember that they opened it now."""
    changed = tx.execute(update(last_looks).where(last_looks.c.person_id == person_id).values(at=as_text(at)))
    if changed.rowcount == 0:
        tx.execute(insert(last_looks).values(person_id=person_id, at=as_text(at)))
