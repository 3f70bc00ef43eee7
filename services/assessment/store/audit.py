"""Who read what while it was under embargo: rows are added and never changed (domain.md §4, hard rule 5)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from services.assessment.store.tables import embargoed_reads
from shared.access.audited import Audited


def record(tx: Connection, *, at: str, person_id: str, roles: Iterable[str], exercise_id: str, what: str) -> None:
    """Keep that this person read this. `at`: RFC 3339 in UTC; `what`: the path of what was read."""
    row = {"at": at, "person_id": person_id, "roles": sorted(roles), "exercise_id": exercise_id, "what": what}
    tx.execute(insert(embargoed_reads).values(row))


def reads(tx: Connection, exercise_id: str, after: int, most: int) -> list[Audited]:
    """Such reads of an exercise: those after this number, in order, with the roles they were allowed under."""
    table = embargoed_reads
    query = select(table).where(table.c.exercise_id == exercise_id, table.c.number > after)
    return [
        Audited(row.number, row.at, row.person_id, f"read {row.what} (as {', '.join(row.roles)})")
        for row in tx.execute(query.order_by(table.c.number).limit(most))
    ]
