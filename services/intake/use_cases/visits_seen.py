"""The visits as the host charity sees them: what was said, never by whom (domain.md §4, hard rule 4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.intake.domain.draft import draft_of
from services.intake.domain.pins import pins_in
from services.intake.domain.visit import VisitRecord, kept_for_scores
from services.intake.forms.visit import instrument_of
from services.intake.store import photos as photo_store
from services.intake.store import visits as store
from services.intake.store import voice_notes as voice_store
from services.intake.use_cases.drafts import OpenDraft
from services.intake.use_cases.seen import Viewer, note_read
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.stages import Stage
from shared.contracts.refusals import FieldError, invalid, not_found
from shared.runtime.service import Service

PAGE = 100


@dataclass(frozen=True, slots=True)
class SeenVisit:
    """One visit in the list. `complete`: every photo it names is safe."""

    visit_id: str
    site: str
    wave: int
    kind: str
    part_of_day: str
    answers: int
    complete: bool


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """Some visits in order, and the mark with which the next page begins; None on the last one."""

    exercise: ExerciseEntry
    visits: tuple[SeenVisit, ...]
    following: str | None


def visits_of(service: Service, viewer: Viewer, after: str | None = None) -> VisitsPage:
    """The visits that may be used, by site and round, a page at a time. Raises Refusal 404, 422 for a bad cursor."""
    start = _start(after)
    with service.database.reading() as tx:
        exercise = open_exercise(tx, viewer)
        found = store.visits_after(tx, exercise.id, start, PAGE + 1)
    page = found[:PAGE]
    last = page[-1][0] if len(found) > PAGE else None
    following = f"{last.site_id}.{last.wave}.{last.visit_id}" if last else None
    lines = tuple(_line(record, content, exercise) for record, content in page if kept_for_scores(content))
    note_if_embargoed(service, viewer, exercise, {line.wave for line in lines}, "the list of visits")
    return VisitsPage(exercise, lines, following)


def _start(after: str | None) -> tuple[str, int, str] | None:
    if after is None:
        return None
    site, _, rest = after.partition(".")
    wave, _, visit_id = rest.partition(".")
    if not (wave.isascii() and wave.isdigit() and len(wave) < 6 and len(after) < 100 and after.isprintable()):
        raise invalid([FieldError("/after", "is not the mark of a page. Begin at the first page again.")])
    return site, int(wave), visit_id


def open_exercise(tx: Connection, viewer: Viewer) -> ExerciseEntry:
    """The exercise while single visits of it may be seen. Raises Refusal 404."""
    exercise = directory.exercise(tx, viewer.exercise_id)
    # Once closed, even the host charity sees what it adds up to and no single visit.
    if exercise is None or exercise.stage is Stage.CLOSED:
        raise not_found()
    return exercise


def _usable(tx: Connection, record: VisitRecord) -> dict[str, Any] | None:
    if record.withdrawn_at is not None:
        return None
    content = store.content(tx, record.visit_id, record.version)
    return content if content is not None and kept_for_scores(content) else None


def _line(record: VisitRecord, content: dict[str, Any], exercise: ExerciseEntry) -> SeenVisit:
    site = exercise.site(record.site_id)
    return SeenVisit(
        record.visit_id,
        site.name if site else "",
        record.wave,
        record.kind,
        content["part_of_day"],
        len(content["answers"]),
        record.announced == record.version,
    )


def visit_of_host(service: Service, viewer: Viewer, visit_id: str) -> OpenDraft:
    """One visit, without its day; its words only where their volunteer allowed them to be used. Raises Refusal 404."""
    with service.database.reading() as tx:
        exercise = open_exercise(tx, viewer)
        record = store.visit(tx, visit_id)
        content = _usable(tx, record) if record and record.exercise_id == exercise.id else None
        site = exercise.site(record.site_id) if record else None
        if record is None or content is None or site is None:
            raise not_found()
        instrument = instrument_of(content["instrument"], content["instrument_version"])
        assert instrument is not None
        have = {one.photo_id: one for one in photo_store.photos_of(tx, visit_id)}
        said = {one.voice_id: one for one in voice_store.voice_notes_of(tx, visit_id) if one.may_use}
    note_if_embargoed(service, viewer, exercise, [record.wave], f"the visit {visit_id}")
    shown = draft_of(_without_private_words(content), "")
    return OpenDraft(visit_id, shown, exercise, site, instrument, "", have, said)


def _without_private_words(content: dict[str, Any]) -> dict[str, Any]:
    if content["consents"]["use_words"] or content["consents"]["quote"]:
        return content
    answers = [{name: value for name, value in one.items() if name != "words"} for one in content["answers"]]
    pins = [{name: value for name, value in one.items() if name != "words"} for one in pins_in(content)]
    return {**content, "answers": answers, "first_impressions": {}, "pins": pins}


def note_if_embargoed(
    service: Service, viewer: Viewer, exercise: ExerciseEntry, waves: Collection[int], what: str
) -> None:
    """Write down that something of these rounds was read, where one of them is under embargo."""
    if exercise.under_embargo(waves):
        note_read(service, viewer, what)
