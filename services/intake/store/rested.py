"""Reads the visits for the two things the plan wants of them: what rests on it, and how far the field work is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from services.intake.domain.visit import kept_for_scores
from services.intake.store.visit_tables import visit_versions, visits


@dataclass(frozen=True, slots=True)
class Done:
    """One visit: never who, only which pseudonym. `counts`: it was told of, and not stopped without leave to use it."""

    site_id: str
    wave: int
    kind: str
    volunteer_key: str
    part_of_day: str
    zones: frozenset[str]
    counts: bool


def rested_visits(tx: Connection, exercise_id: str) -> list[Done]:
    """Every visit of the exercise that was not withdrawn."""
    latest = and_(visit_versions.c.visit_id == visits.c.id, visit_versions.c.version == visits.c.version)
    query = (
        select(visits, visit_versions.c.content)
        .join(visit_versions, latest)
        .where(visits.c.exercise_id == exercise_id, visits.c.withdrawn_at.is_(None))
    )
    found = []
    for row in tx.execute(query):
        content = row.content or {}
        zones = frozenset(answer["zone"] for answer in content.get("answers", ()) if answer.get("zone"))
        kept = not content.get("stopped_early") or bool(content.get("keep_answers"))
        found.append(
            Done(
                row.site_id,
                row.wave,
                row.kind,
                row.volunteer_key,
                row.part_of_day,
                zones,
                kept and row.announced > 0,
            )
        )
    return found


def counted_visits(tx: Connection, exercise_id: str) -> list[tuple[str, int, str, str, int]]:
    """(site, wave, pseudonym, part of the day, how many) of the visits that count, without reading what they say."""
    place = (visits.c.site_id, visits.c.wave, visits.c.volunteer_key, visits.c.part_of_day)
    here = and_(visits.c.exercise_id == exercise_id, visits.c.withdrawn_at.is_(None), visits.c.announced > 0)
    known = tx.execute(select(*place, func.count()).where(here, visits.c.used).group_by(*place))
    found = [(row[0], row[1], row[2], row[3], row[4]) for row in known]
    # Visits of an earlier version of this program say nothing of it themselves.
    latest = and_(visit_versions.c.visit_id == visits.c.id, visit_versions.c.version == visits.c.version)
    older = select(*place, visit_versions.c.content).join(visit_versions, latest).where(here, visits.c.used.is_(None))
    return found + [(*row[:4], 1) for row in tx.execute(older) if kept_for_scores(row.content)]


def received_at(tx: Connection, visit_id: str) -> str | None:
    """When a visit reached us."""
    return tx.execute(select(visits.c.received_at).where(visits.c.id == visit_id)).scalar()
