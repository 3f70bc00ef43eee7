"""Telling assessment of visits that wait for their photos and voice notes, at most until their round is opened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from services.intake import announce_visits
from services.intake.domain.visit import VisitRecord
from services.intake.store import visits as store
from services.intake.use_cases.directory import new_id
from services.intake.use_cases.visit_files import files_settled
from shared.access import directory
from shared.messaging import outbox


def announce_if_ready(tx: Connection, record: VisitRecord, now: datetime) -> None:
    """Tell of every version that was not told of yet, once no listed photo or voice note is missing any more.

    In a round that the partner may read of, nothing waits any longer, and no visit is told of for the first time.
    """
    if record.withdrawn_at is not None or record.announced == record.version:
        return
    exercise = directory.exercise(tx, record.exercise_id)
    opened = exercise is not None and exercise.opened(record.wave)
    if opened and record.announced == 0:
        # Whoever reads the round would have all its answers by subtraction, and when its photo came. The release told
        # of every visit that waited, so this one must not be there; should it be, no file lets it in by itself.
        return
    if opened or files_settled(tx, record.visit_id):
        _tell(tx, record, now)


def announce_what_waits(tx: Connection, exercise_id: str, waves: Collection[int], now: datetime) -> None:
    """Tell of every visit to these waves that waits for a file, as it is: two keys are about to open them."""
    for record in store.waiting_to_be_told(tx, exercise_id, waves):
        _tell(tx, record, now)


def _tell(tx: Connection, record: VisitRecord, now: datetime) -> None:
    for version in range(record.announced + 1, record.version + 1):
        visit, request_id = store.to_tell(tx, record.visit_id, version)
        news = announce_visits.visit_told(record, version, visit, event_id=new_id(), now=now)
        # Told when the last photo is safe or the round is opened, and still of the request that brought the visit.
        outbox.add(tx, replace(news, correlation_id=request_id))
        store.mark_announced(tx, record.visit_id, version, news.id)
