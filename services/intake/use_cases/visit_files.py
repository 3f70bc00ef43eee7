"""The photos and voice notes that a visit names: listing them, and calling back what a correction says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.intake import announce_visits
from services.intake.domain import photo, voice_note
from services.intake.domain.visit import VisitRecord, kept_for_scores
from services.intake.domain.voice_note import Heard
from services.intake.store import photos as photo_store
from services.intake.store import voice_notes as voice_store
from services.intake.store import words as words_store
from services.intake.use_cases.directory import new_id
from shared.contracts.refusals import not_found
from shared.messaging import outbox
from shared.runtime.service import Service


def names_files(visit: Mapping[str, Any] | None) -> bool:
    """Whether a visit names anything that comes after it."""
    return bool(visit and (visit["photos"] or visit.get("voice_notes")))


def list_files(tx: Connection, service: Service, record: VisitRecord, visit: Mapping[str, Any]) -> None:
    """Make the photos and voice notes of `visit` the ones that are named. Raises Refusal 404, 422."""
    _list_photos(tx, service, record, visit)
    _list_voice_notes(tx, service, record, visit)


def files_settled(tx: Connection, visit_id: str) -> bool:
    """Whether nothing that the visit names is missing any more."""
    return photo.settled(photo_store.listed_states(tx, visit_id)) and photo.settled(
        voice_store.listed_states(tx, visit_id)
    )


def _list_photos(tx: Connection, service: Service, record: VisitRecord, visit: Mapping[str, Any]) -> None:
    listed = photo.listed_in(visit)
    known = photo_store.photos_of(tx, record.visit_id)
    if any(one.volunteer_key != record.volunteer_key for one in known):
        raise not_found()
    photo.refuse_changed_bytes({one.photo_id: one.sha256 for one in known}, listed)
    too_big = {one.photo_id: ("too-big", photo.TOO_BIG) for one in listed if one.size > service.settings.photo_bytes}
    photo_store.list_photos(
        tx,
        record.visit_id,
        record.volunteer_key,
        record.exercise_id,
        listed,
        too_big,
        may_use=visit["consents"]["use_photos"] and kept_for_scores(visit),
    )


def _list_voice_notes(tx: Connection, service: Service, record: VisitRecord, visit: Mapping[str, Any]) -> None:
    listed = voice_note.listed_in(visit)
    known = voice_store.voice_notes_of(tx, record.visit_id)
    if not listed and not known:
        return
    voice_note.refuse_changed_bytes({one.voice_id: one.sha256 for one in known}, listed)
    most = service.settings.voice_bytes
    too_big = {one.voice_id: ("too-big", voice_note.TOO_BIG) for one in listed if one.size > most}
    voice_store.list_voice_notes(
        tx,
        record.visit_id,
        record.volunteer_key,
        record.exercise_id,
        listed,
        too_big,
        voice_note.may_be_heard(visit),
    )


def shown_otherwise(old: Mapping[str, Any] | None, visit: Mapping[str, Any]) -> set[str] | None:
    """The photos about which a correction says something else, so that a second person must look again; None: all.

    Nothing of a visit that was stopped and is not kept stays shown; once it is kept again, all of it is looked at anew.
    """
    if not kept_for_scores(visit) or (old and not kept_for_scores(old)):
        return None
    agreed = [
        bool(version and version["consents"][name]) for version in (old, visit) for name in ("use_photos", "quote")
    ]
    if not agreed[2] or agreed[:2] != agreed[2:]:
        return None
    before = {one["photo_id"]: one for one in old["photos"]} if old else {}
    return {one["photo_id"] for one in visit["photos"] if before.get(one["photo_id"]) != one}


def take_photos_back(tx: Connection, record: VisitRecord, now: datetime, changed: set[str] | None) -> None:
    """Photos that may be shown no longer: those left out or changed by a correction, or all of them (None)."""
    for one in photo_store.photos_of(tx, record.visit_id):
        gone = changed is None or one.photo_id in changed or not one.listed
        if one.review == photo.Review.RELEASED and gone:
            words_store.review_photo(tx, record.visit_id, one.photo_id, photo.Review.WAITING, None)
            outbox.add(tx, announce_visits.photo_held_back(record, one.photo_id, event_id=new_id(), now=now))


def take_voice_back(
    tx: Connection,
    record: VisitRecord,
    now: datetime,
    old: Mapping[str, Any] | None,
    visit: Mapping[str, Any] | None,
) -> None:
    """What was written down of voice notes that a correction leaves out, moves or allows otherwise waits again.

    `visit` None: the whole visit is taken back. What was written down of words that nobody may use does not stay.
    """
    same = old and visit and voice_note.may_be_heard(old) == voice_note.may_be_heard(visit)
    before = {one.voice_id: one for one in voice_note.listed_in(old or {})}
    after = {one.voice_id: one for one in voice_note.listed_in(visit or {})}
    for one in voice_store.voice_notes_of(tx, record.visit_id):
        unchanged = same and before.get(one.voice_id) == after.get(one.voice_id)
        if one.heard in (Heard.RELEASED, Heard.WRITTEN) and not unchanged:
            voice_store.decide(tx, record.visit_id, one.voice_id, Heard.WAITING, None)
            if one.heard == Heard.RELEASED:
                words_id = voice_note.words_id(record.visit_id, one.voice_id)
                outbox.add(tx, announce_visits.words_held_back(record, words_id, event_id=new_id(), now=now))
        used = visit is not None and voice_note.may_be_heard(visit)[0]
        if not used and one.written is not None:
            voice_store.write_down(tx, record.visit_id, one.voice_id, None)
