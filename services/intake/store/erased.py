"""What was erased of an exercise, for whoever answers for its data: how many things of which kind on which day, and
why. Never whose they were, nor at which moment they went, for that would tell when a visit was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, literal, select

from services.intake.store.visit_tables import erasures, photos, voice_notes
from services.intake.store.wellbeing_tables import care_erasures, trips
from shared.access.audited import Audited

BY_ITSELF = "eraser"
_THINGS = {
    "original": "photos as they came",
    "copies": "cleaned photos",
    "recording": "recordings",
    "times": "hours of trips",
    "feelings": "feelings logs",
}
_WHY = {
    "cleaned": "they had done their work",
    "held-back": "a second person held them back",
    "left-out": "their visit does not name them any more",
    "not-to-be-used": "nobody may use them",
    "released": "what was said was let through in writing",
    "thrown-away": "they were thrown away before they were sent",
    "time": "their time had come",
    "withdrawn": "their visit was taken back",
    "written": "what was said was written down",
}


def days(tx: Connection, exercise_id: str) -> list[Audited]:
    """One line for each day, kind and reason, by day; `at` is where that day (UTC) begins."""
    return [
        Audited(0, f"{day}T00:00:00.000000+00:00", BY_ITSELF, f"erased {_THINGS[what]} ({count}): {_WHY.get(why, why)}")
        for day, what, why, count in sorted(_counted(tx, exercise_id))
    ]


def _counted(tx: Connection, exercise_id: str) -> Iterator[tuple[str, str, str, int]]:
    of_photos = erasures.join(
        photos, and_(photos.c.visit_id == erasures.c.visit_id, photos.c.photo_id == erasures.c.photo_id)
    )
    of_trips = care_erasures.join(trips, trips.c.id == care_erasures.c.trip_id)
    gone, voices = erasures.c, voice_notes.c
    for query in (
        _by_day(gone.at, gone.what, gone.why).select_from(of_photos).where(photos.c.exercise_id == exercise_id),
        _by_day(care_erasures.c.at, care_erasures.c.what, literal("time"))
        .select_from(of_trips)
        .where(trips.c.exercise_id == exercise_id),
        _by_day(voices.erased_at, literal("recording"), voices.erased_why).where(
            voices.exercise_id == exercise_id, voices.erased_at.is_not(None)
        ),
    ):
        yield from map(tuple, tx.execute(query))


def _by_day(at: Column[str], *kinds: ColumnElement[str]) -> Select[Any]:
    day = func.substr(at, 1, 10)
    return select(day, *kinds, func.count()).group_by(day, *(kind for kind in kinds if isinstance(kind, Column)))
