"""How many visits there are, and what of the plan rests on them, without reading visits: from counts that the database
keeps. All of it grows with the plan and with nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, select

from services.intake.domain.visit import kept_for_scores
from services.intake.store.visit_tables import visit_counts, visit_versions, visits

Place = tuple[str, int, str, str]
"""Site, wave, kind of visit, pseudonym."""


def rested_places(tx: Connection, exercise_id: str) -> list[Place]:
    """Where visits of the exercise were made that were not taken back, of which kind and by whom."""
    counts = visit_counts.c
    query = (
        select(counts.site_id, counts.wave, counts.kind, counts.volunteer_key)
        .where(counts.exercise_id == exercise_id, counts.kept > 0)
        .distinct()
    )
    return [(row[0], row[1], row[2], row[3]) for row in tx.execute(query)]


def waves_with_visits(tx: Connection, exercise_id: str) -> frozenset[int]:
    """The rounds that have a visit which was not taken back."""
    counts = visit_counts.c
    query = select(counts.wave).where(counts.exercise_id == exercise_id, counts.kept > 0).distinct()
    return frozenset(tx.execute(query).scalars())


def answered_zones(tx: Connection, exercise_id: str, site_id: str) -> frozenset[str]:
    """The zones of a site that have an answer in any visit that was not taken back. Reads all of them."""
    latest = and_(visit_versions.c.visit_id == visits.c.id, visit_versions.c.version == visits.c.version)
    query = (
        select(visit_versions.c.content)
        .join(visits, latest)
        .where(visits.c.exercise_id == exercise_id, visits.c.site_id == site_id, visits.c.withdrawn_at.is_(None))
        .execution_options(yield_per=100)
    )
    found: set[str] = set()
    for content in tx.execute(query).scalars():
        found |= {answer["zone"] for answer in (content or {}).get("answers", ()) if answer.get("zone")}
    return frozenset(found)


def sent_visits(tx: Connection, volunteer_keys: Sequence[str]) -> dict[Place, int]:
    """How many visits these pseudonyms sent, those they took back among them."""
    counts = visit_counts.c
    place = (counts.site_id, counts.wave, counts.kind, counts.volunteer_key)
    query = select(*place, func.sum(counts.sent)).where(counts.volunteer_key.in_(volunteer_keys)).group_by(*place)
    return {(row[0], row[1], row[2], row[3]): row[4] for row in tx.execute(query)}


def counted_visits(tx: Connection, exercise_id: str) -> list[tuple[str, int, str, str, int]]:
    """(site, wave, pseudonym, part of the day, how many) of the visits that count."""
    counts = visit_counts.c
    place = (counts.site_id, counts.wave, counts.volunteer_key, counts.part_of_day)
    here = (counts.exercise_id == exercise_id, counts.counted > 0)
    known = tx.execute(select(*place, func.sum(counts.counted)).where(*here).group_by(*place))
    found = [(row[0], row[1], row[2], row[3], row[4]) for row in known]
    # What an earlier version of this program wrote since says nothing of it itself.
    latest = and_(visit_versions.c.visit_id == visits.c.id, visit_versions.c.version == visits.c.version)
    older = (
        select(visits.c.site_id, visits.c.wave, visits.c.volunteer_key, visits.c.part_of_day, visit_versions.c.content)
        .join(visit_versions, latest)
        .where(visits.c.exercise_id == exercise_id, visits.c.used.is_(None))
        .where(visits.c.withdrawn_at.is_(None), visits.c.announced > 0)
    )
    return found + [(*row[:4], 1) for row in tx.execute(older) if kept_for_scores(row.content)]


def received_at(tx: Connection, visit_id: str) -> str | None:
    """When a visit reached us."""
    return tx.execute(select(visits.c.received_at).where(visits.c.id == visit_id)).scalar()
