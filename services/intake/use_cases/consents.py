"""A volunteer allows something of a visit, or takes a single consent back, without touching what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.intake import announce_visits
from services.intake.domain import consents
from services.intake.domain.photo import Review
from services.intake.domain.visit import (
    CONSENTS,
    VisitRecord,
    content_digest,
    etag,
    kept_for_scores,
)
from services.intake.store import photos as photo_store
from services.intake.store import visits as store
from services.intake.use_cases.announcing import announce_if_ready
from services.intake.use_cases.directory import new_id, timestamp
from services.intake.use_cases.visit_files import (
    list_files,
    names_files,
    shown_otherwise,
    take_photos_back,
    take_voice_back,
)
from services.intake.use_cases.visits import own_record, quotable_in, refuse_correction, replace_words
from services.intake.use_cases.words import marks_to_show
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.contracts.refusals import Refusal, conflict
from shared.contracts.sentences import Sentence
from shared.messaging import outbox
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a visit's volunteer allows now. `may_give`: something more may still be allowed.

    `shared`: the partner could read of its round before, so what was seen then cannot be called back.
    """

    record: VisitRecord
    consents: Mapping[str, bool]
    may_give: bool
    shared: bool
    said: str = ""


def consents_of(service: Service, person_id: str, visit_id: str) -> Allowed:
    """What is allowed of a visit of one's own. Raises Refusal 404."""
    with service.database.reading() as tx:
        record = own_record(tx, service, person_id, visit_id)
        return _allowed(tx, record, store.content(tx, visit_id, record.version))


def _allowed(tx: Connection, record: VisitRecord, visit: Mapping[str, Any] | None) -> Allowed:
    exercise = directory.exercise(tx, record.exercise_id)
    now = visit["consents"] if visit else consents.NONE_GIVEN
    may_give = visit is not None and _why_not_give(record, exercise) is None
    return Allowed(record, {name: now[name] for name in CONSENTS}, may_give, _shared(record, exercise))


def _shared(record: VisitRecord, exercise: ExerciseEntry | None) -> bool:
    return bool(exercise and exercise.read_by_partner(record.wave))


def _why_not_give(record: VisitRecord, exercise: ExerciseEntry | None) -> Refusal | None:
    if exercise is None:
        return conflict("not-open", _TOO_LATE)
    try:
        refuse_correction(record, exercise)
    except Refusal as refused:
        return refused if refused.code == "withdrawn" else conflict("not-open", _TOO_LATE)
    return None


_TOO_LATE = Sentence(
    "This round was shared already, so nothing more can be allowed now. "
    "What you allowed before can still be taken back."
)


def change_consents(service: Service, person_id: str, visit_id: str, wanted: Mapping[str, bool]) -> Allowed:
    """Say anew what is allowed of a visit; what `wanted` does not name stays. Kept as a version with its time.

    Taking back is possible at every stage, and calls back what was released. Raises Refusal: 404, 409 when something
    is to be allowed that can no longer be, 422.
    """
    now = service.clock.now()
    with service.database.transaction(visit_id) as tx:
        record = own_record(tx, service, person_id, visit_id)
        exercise = directory.exercise(tx, record.exercise_id)
        visit = store.content(tx, visit_id, record.version)
        before = visit["consents"] if visit else consents.NONE_GIVEN
        after = consents.changed(before, wanted)
        refused = _why_not_give(record, exercise)
        if refused is not None and consents.gives_any(before, after):
            raise refused
        if visit is not None and after != before:
            _keep(tx, service, record, visit, {**visit, "consents": after}, now)
        allowed = _allowed(tx, *_as_it_stands(tx, record))
    return replace(allowed, said=consents.said_of(before, after, shared=allowed.shared))


def _as_it_stands(tx: Connection, record: VisitRecord) -> tuple[VisitRecord, dict[str, Any] | None]:
    standing = store.visit(tx, record.visit_id)
    assert standing is not None
    return standing, store.content(tx, record.visit_id, standing.version)


def _keep(
    tx: Connection,
    service: Service,
    record: VisitRecord,
    old: Mapping[str, Any],
    visit: Mapping[str, Any],
    now: datetime,
) -> None:
    was = etag(record.version, record.digest)
    record = replace(record, version=record.version + 1, digest=content_digest(visit))
    store.add_version(tx, record, visit, now)
    if names_files(visit):
        list_files(tx, service, record, visit)
    _take_photos_back(tx, record, old, visit, now)
    take_voice_back(tx, record, now, old, visit)
    replace_words(tx, record, quotable_in(record.visit_id, visit), now)
    announce_if_ready(tx, record, now)
    _carry_into_correction(tx, record, was, visit["consents"], now)


def _take_photos_back(
    tx: Connection, record: VisitRecord, old: Mapping[str, Any], visit: Mapping[str, Any], now: datetime
) -> None:
    before, after = old["consents"], visit["consents"]
    only_words = after["use_photos"] and before["use_photos"] and before["quote"] and not after["quote"]
    if not (only_words and kept_for_scores(visit)):
        take_photos_back(tx, record, now, shown_otherwise(old, visit))
        return
    # The pictures may still be shown, as they were checked; only the words of their marks go.
    for photo in photo_store.photos_of(tx, record.visit_id):
        if photo.review == Review.RELEASED:
            marks = marks_to_show(visit, photo.photo_id, with_words=False)
            outbox.add(tx, announce_visits.photo_released(record, photo, marks, event_id=new_id(), now=now))


def _carry_into_correction(
    tx: Connection, record: VisitRecord, was: str, said: Mapping[str, bool], now: datetime
) -> None:
    """A correction that is under way must not bring back what was just taken back."""
    draft = store.draft(tx, record.visit_id)
    if draft is None:
        return
    content = {**draft.content, "consents": dict(said)}
    if content["corrects"] == was:
        content["corrects"] = etag(record.version, record.digest)
    store.save_draft(tx, replace(draft, content=content, saved_at=timestamp(now)))
