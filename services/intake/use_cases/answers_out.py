"""Everything that was answered in an exercise, as a table: for the host charity, in pieces, however many visits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sqlalchemy import Connection

from services.intake.domain.answer_rows import COLUMNS, Place, rows
from services.intake.domain.visit import VisitRecord, kept_for_scores
from services.intake.forms.visit import instrument_of
from services.intake.store import exercises as exercise_store
from services.intake.store import rested
from services.intake.store import visits as store
from services.intake.store import voice_notes as voice_store
from services.intake.store import words as words_store
from services.intake.use_cases.directory import timestamp
from services.intake.use_cases.seen import Viewer
from services.intake.use_cases.visits_seen import note_if_embargoed, open_exercise
from shared.access import directory
from shared.access.audited import AT_THE_MACHINE
from shared.access.directory import ExerciseEntry
from shared.access.stages import Stage
from shared.contracts.refusals import not_found
from shared.runtime.service import Service

AT_ONCE = 200
"""So many visits are held in memory at a time."""


def answers_for_host(service: Service, viewer: Viewer) -> Iterator[str]:
    """The table as CSV, piece by piece. Raises Refusal 404 before the first piece."""
    with service.database.reading() as tx:
        exercise = open_exercise(tx, viewer)
        waves = rested.waves_with_visits(tx, exercise.id)
    note_if_embargoed(service, viewer, exercise, waves, "all answers as a table")
    return _pieces(service, exercise)


def answers_of(service: Service, exercise_id: str) -> Iterator[str]:
    """The same for whoever runs the service, at the command line, which stands in the audit. Raises Refusal 404."""
    with service.database.reading() as tx:
        exercise = directory.exercise(tx, exercise_id)
        waves = rested.waves_with_visits(tx, exercise_id)
    if exercise is None or exercise.stage is Stage.CLOSED:
        raise not_found()
    if exercise.under_embargo(waves):
        with service.database.transaction(()) as tx:
            at = timestamp(service.clock.now())
            exercise_store.write_read(tx, exercise_id, AT_THE_MACHINE, "all answers as a table", at)
    return _pieces(service, exercise)


def _pieces(service: Service, exercise: ExerciseEntry) -> Iterator[str]:
    piece = io.StringIO()
    table = csv.writer(piece)
    table.writerow(COLUMNS)
    after = None
    while True:
        with service.database.reading() as tx:
            found = store.visits_after(tx, exercise.id, after, AT_ONCE)
            released = _released(tx, [record.visit_id for record, _ in found])
        for record, content in found:
            instrument = instrument_of(content["instrument"], content["instrument_version"])
            if instrument is None or not kept_for_scores(content):
                continue
            table.writerows(
                rows(
                    content,
                    instrument,
                    site=_site(exercise, record),
                    visit_id=record.visit_id,
                    released=released.get(record.visit_id, {}),
                )
            )
        yield piece.getvalue()
        piece.seek(0)
        piece.truncate()
        if len(found) < AT_ONCE:
            return
        last = found[-1][0]
        after = (last.site_id, last.wave, last.visit_id)


def _released(tx: Connection, visit_ids: list[str]) -> dict[str, dict[Place, list[str]]]:
    """What a second person let through of these visits, written or spoken, by visit and place."""
    written = [(one.visit_id, (one.item, one.zone), one.shared) for one in words_store.released_of(tx, visit_ids)]
    spoken = [(one.visit_id, (one.item, one.zone), one.written) for one in voice_store.released_of(tx, visit_ids)]
    found: dict[str, dict[Place, list[str]]] = {}
    for visit_id, place, text in (*written, *spoken):
        found.setdefault(visit_id, {}).setdefault(place, []).append(text or "")
    return found


def _site(exercise: ExerciseEntry, record: VisitRecord) -> str:
    site = exercise.site(record.site_id)
    return site.name if site else ""
