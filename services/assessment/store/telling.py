"""What must still be told to the other services, and what was last told of a site's findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from services.assessment.store.tables import site_findings, sites_to_announce, visits_to_announce

Drawn = list[list[Any]]
"""[item, zone, finding id] of each finding."""

_sites, _visits = sites_to_announce, visits_to_announce


NO_WAVE = 1_000_000
"""Said for a wave when findings changed and no result did: a quote, a photo, a reply."""

EVERY_WAVE = 0


def wave_changed(tx: Connection, exercise_id: str, site_id: str, wave: int) -> None:
    """Tell of a site's findings again, and of the results of this wave and those after it."""
    here = (_sites.c.exercise_id == exercise_id, _sites.c.site_id == site_id)
    held = tx.execute(select(_sites.c.from_wave).where(*here)).scalar()
    if held is None:
        tx.execute(insert(_sites).values(exercise_id=exercise_id, site_id=site_id, from_wave=wave))
    elif wave < held:
        tx.execute(update(_sites).where(*here).values(from_wave=wave))


def visits_changed(tx: Connection, changed: Mapping[str, tuple[str, str]]) -> None:
    """Tell what became of these visits again; id -> exercise and site."""
    rows = [{"id": id_, "exercise_id": place[0], "site_id": place[1]} for id_, place in changed.items()]
    tx.execute(delete(_visits).where(_visits.c.visit_id == bindparam("id")), rows)
    tx.execute(insert(_visits), [{**row, "visit_id": row.pop("id")} for row in rows])


def some_sites(tx: Connection, most: int) -> list[tuple[str, str]]:
    """Exercise and site of a few sites to tell of."""
    # In no order, so that one which cannot be told of holds up no other.
    query = select(_sites.c.exercise_id, _sites.c.site_id).order_by(func.random()).limit(most)
    return [(row.exercise_id, row.site_id) for row in tx.execute(query)]


def take_site(tx: Connection, exercise_id: str, site_id: str) -> int | None:
    """The first wave of the site that changed, which is told of now; None when there is nothing to tell."""
    here = (_sites.c.exercise_id == exercise_id, _sites.c.site_id == site_id)
    first: int | None = tx.execute(select(_sites.c.from_wave).where(*here)).scalar()
    tx.execute(delete(_sites).where(*here))
    return first


def visits_of_site(tx: Connection, exercise_id: str, site_id: str) -> list[str]:
    """The site's visits to tell of; they are told of now."""
    here = (_visits.c.exercise_id == exercise_id, _visits.c.site_id == site_id)
    found = list(tx.execute(select(_visits.c.visit_id).where(*here)).scalars())
    tx.execute(delete(_visits).where(*here))
    return found


Waiting = Mapping[tuple[str, str], int]
"""Exercise and site -> under which revision it was last told of, 0 for never."""


def waiting(tx: Connection) -> Waiting:
    """The sites to tell of, and how they were told of before."""
    table = site_findings
    same = (table.c.exercise_id == _sites.c.exercise_id) & (table.c.site_id == _sites.c.site_id)
    query = select(_sites.c.exercise_id, _sites.c.site_id, table.c.revision).select_from(_sites.outerjoin(table, same))
    return {(row.exercise_id, row.site_id): row.revision or 0 for row in tx.execute(query)}


def sites_waiting(tx: Connection) -> int:
    """How many sites must still be told of."""
    return int(tx.execute(select(func.count()).select_from(_sites)).scalar_one())


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
