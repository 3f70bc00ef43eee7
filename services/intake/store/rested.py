"""Reads the visits for the two things the plan wants of them: what rests on it, and how far the field work is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, column, select, table

_visits = table(
    "visits",
    column("id"),
    column("exercise_id"),
    column("site_id"),
    column("wave"),
    column("kind"),
    column("volunteer_key"),
    column("part_of_day"),
)


@dataclass(frozen=True, slots=True)
class Done:
    """One visit as the lead's coverage counts it: never who, only which pseudonym."""

    site_id: str
    wave: int
    kind: str
    volunteer_key: str
    part_of_day: str
    zones: frozenset[str]


def rested_visits(tx: Connection, exercise_id: str) -> list[Done]:
    """Every visit of the exercise that was not withdrawn."""
    query = select(_visits).where(_visits.c.exercise_id == exercise_id)
    return [
        Done(row.site_id, row.wave, row.kind, row.volunteer_key, row.part_of_day, frozenset())
        for row in tx.execute(query)
    ]
