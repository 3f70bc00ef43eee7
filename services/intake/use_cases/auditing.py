"""The audit of an exercise for whoever answers for its data: reads under embargo, moves between stages, keys given."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

from services.intake.store import exercises as store
from services.intake.store import retention
from services.intake.use_cases.exercises import state_of
from shared.access.audited import Audited, every
from shared.runtime.service import Service


def audit_of(service: Service, exercise_id: str) -> Iterator[Audited]:
    """Every act on record here, the oldest first. Raises Refusal 404 before the first for an exercise that is none."""
    with service.database.reading() as tx:
        state_of(tx, exercise_id)
        moved, given = store.moves_made(tx, exercise_id), store.acts_given(tx, exercise_id)
        forgotten = retention.acts(tx, exercise_id)

    def page(after: int, most: int) -> Sequence[Audited]:
        with service.database.reading() as tx:
            return store.reads(tx, exercise_id, after, most)

    return heapq.merge(moved, given, forgotten, every(page), key=lambda one: one.at)
