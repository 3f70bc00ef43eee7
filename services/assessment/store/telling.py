"""What must still be told to the other services, and what was last told of a site's findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from services.assessment.store.tables import site_findings, sites_to_announce, visits_to_announce

Drawn = list[list[Any]]
"""[item, zone, finding id] of each finding."""


def site_changed(tx: Connection, exercise_id: str, site_id: str) -> None:
    """Tell of this site again, though no visit came or went."""
    _once(tx, sites_to_announce, {"exercise_id": exercise_id, "site_id": site_id})


def visit_changed(tx: Connection, visit_id: str) -> None:
    """Tell what became of this visit again."""
    _once(tx, visits_to_announce, {"visit_id": visit_id})


def take_sites(tx: Connection) -> list[tuple[str, str]]:
    """The sites to tell of; they are told of now."""
    found = [(row.exercise_id, row.site_id) for row in tx.execute(select(sites_to_announce))]
    if found:
        tx.execute(delete(sites_to_announce))
    return found


def take_visits(tx: Connection) -> list[str]:
    """The visits to tell of; they are told of now."""
    found = list(tx.execute(select(visits_to_announce.c.visit_id)).scalars())
    if found:
        tx.execute(delete(visits_to_announce))
    return found


def draw(tx: Connection, exercise_id: str, site_id: str, drawn: Drawn, now: datetime) -> tuple[int, Drawn]:
    """Keep what is told of a site's findings now. The new revision (see `tallies.tell`), and what was told before."""
    table = site_findings
    here = (table.c.exercise_id == exercise_id, table.c.site_id == site_id)
    held = tx.execute(select(table.c.revision, table.c.drawn).where(*here)).first()
    if held is None:
        revision = int(now.timestamp())
        tx.execute(insert(table).values(exercise_id=exercise_id, site_id=site_id, revision=revision, drawn=drawn))
        return revision, []
    revision = max(held.revision + 1, int(now.timestamp()))
    tx.execute(update(table).where(*here).values(revision=revision, drawn=drawn))
    return revision, held.drawn


def _once(tx: Connection, table: Table, row: dict[str, Any]) -> None:
    here = [table.c[name] == value for name, value in row.items()]
    if tx.execute(select(*table.primary_key.columns).where(*here)).first() is None:
        tx.execute(insert(table).values(row))
