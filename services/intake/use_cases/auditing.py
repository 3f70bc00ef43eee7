"""The audit of an exercise for whoever answers for its data: reads under embargo, moves between stages, keys given,
ways in that were made and taken back, and what was erased.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

from services.intake.store import access_acts, erased, retention
from services.intake.store import exercises as store
from services.intake.use_cases.exercises import state_of
from shared.access.audited import Audited, every
from shared.runtime.service import Service


def audit_of(service: Service, exercise_id: str) -> Iterator[Audited]:
    """Every act on record here, the oldest first. Raises Refusal 404 before the first for an exercise that is none."""
    with service.database.reading() as tx:
        state_of(tx, exercise_id)
        moved, given = store.moves_made(tx, exercise_id), store.acts_given(tx, exercise_id)
        forgotten, gone = retention.acts(tx, exercise_id), erased.days(tx, exercise_id)
        ways_in = access_acts.acts(tx, exercise_id)

    def page(after: int, most: int) -> Sequence[Audited]:
        with service.database.reading() as tx:
            return store.reads(tx, exercise_id, after, most)

    return heapq.merge(moved, given, ways_in, forgotten, gone, every(page), key=lambda one: one.at)
