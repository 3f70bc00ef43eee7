"""Who read what while it was under embargo (never altered), and when somebody last looked at the board."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from services.reporting.store.tables import as_moment, as_text, embargoed_reads, last_looks
from shared.access.audited import Audited


def note_embargoed(tx: Connection, at: datetime, person_id: str, exercise_id: str, what: str) -> None:
    """Record one read of something that is under embargo (domain.md §4, hard rule 5)."""
    row = {"at": as_text(at), "person_id": person_id, "exercise_id": exercise_id, "what": what}
    tx.execute(insert(embargoed_reads).values(row))


def reads(tx: Connection, exercise_id: str, after: int, most: int) -> list[Audited]:
    """Reads under embargo: those after this number, in order."""
    table = embargoed_reads
    query = select(table).where(table.c.exercise_id == exercise_id, table.c.position > after)
    return [
        Audited(row.position, row.at, row.person_id, f"read {row.what}")
        for row in tx.execute(query.order_by(table.c.position).limit(most))
    ]


def last_looks_of(tx: Connection, person_id: str) -> list[datetime]:
    """When this person last opened the board, and when they last had on a day before that; the newest first."""
    query = select(last_looks.c.at, last_looks.c.day_before).where(last_looks.c.person_id == person_id)
    return [as_moment(at) for row in tx.execute(query) for at in row if at is not None]


def set_last_look(tx: Connection, person_id: str, at: datetime, day_before: datetime | None) -> None:
    """Remember that they opened it now, and when they last had on an earlier day."""
    looked = {"at": as_text(at), "day_before": None if day_before is None else as_text(day_before)}
    changed = tx.execute(update(last_looks).where(last_looks.c.person_id == person_id).values(looked))
    if changed.rowcount == 0:
        tx.execute(insert(last_looks).values(person_id=person_id, **looked))
