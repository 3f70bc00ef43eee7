"""Who read what here while it was under embargo, for whoever answers for the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.assessment.store import audit
from shared.access.audited import Audited, every
from shared.runtime.service import Service


def audit_of(service: Service, exercise_id: str) -> Iterator[Audited]:
    """Every read of this exercise that is on record, the oldest first; none for an exercise that is none."""

    def page(after: int, most: int) -> Sequence[Audited]:
        with service.database.reading() as tx:
            return audit.reads(tx, exercise_id, after, most)

    return every(page)
