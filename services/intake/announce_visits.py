"""Says what came of visits, photos and words, to assessment: pseudonyms and codes, no person, no date, no free word
that a second person has not released."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.intake.domain.annotations import Mark, as_annotation
from services.intake.domain.visit import CONSENTS, VisitRecord, kept_for_scores
from services.intake.store.photos import Photo
from services.intake.store.words import KeptWords
from shared.contracts import catalogue
from shared.contracts.envelope import Envelope


def _key(record: VisitRecord) -> str:
    return f"{record.exercise_id}/{record.site_id}"


def _event(type_: str, record: VisitRecord, data: Mapping[str, Any], event_id: str, now: datetime) -> Envelope:
    return Envelope(event_id, type_, catalogue.VISITS, _key(record), now, data, subject=record.visit_id)


def visit_told(
    record: VisitRecord, version: int, visit: Mapping[str, Any], *, event_id: str, now: datetime
) -> Envelope:
    """One version of a visit: `submitted` for the first, `amended` for later ones.

    Of a visit that was stopped and not given leave for, no answer leaves intake (domain.md §3.8).
    """
    kept = kept_for_scores(visit)
    data = {
        "visit_id": record.visit_id,
        "version": version,
        "volunteer_key": record.volunteer_key,
        "exercise_id": record.exercise_id,
        "site_id": record.site_id,
        "wave": record.wave,
        "kind": record.kind,
        "instrument": visit["instrument"],
        "instrument_version": visit["instrument_version"],
        "form": visit["form"],
        "channel": visit["channel"],
        "part_of_day": visit["part_of_day"],
        "received_at": record.received_at.isoformat(timespec="microseconds"),
        "stopped_early": visit["stopped_early"],
        "keep_answers": visit["keep_answers"],
        "site_zones": list(record.site_zones),
        "zones_complete": visit["zones_complete"] if kept else [],
        "answers": [
            {
                "item": answer["item"],
                "zone": answer.get("zone"),
                "answer": answer["answer"],
                "trigger": answer.get("trigger"),
                "comfort": answer.get("comfort"),
            }
            for answer in visit["answers"]
        ]
        if kept
        else [],
        "faces": visit["faces"] if kept else {},
        "consents": {name: visit["consents"][name] for name in CONSENTS},
    }
    type_ = catalogue.VISIT_SUBMITTED if version == 1 else catalogue.VISIT_AMENDED
    return _event(type_, record, data, event_id, now)


def visit_withdrawn(record: VisitRecord, *, event_id: str, now: datetime) -> Envelope:
    """The volunteer took the visit back."""
    data = {
        "visit_id": record.visit_id,
        "exercise_id": record.exercise_id,
        "site_id": record.site_id,
        "wave": record.wave,
    }
    return _event(catalogue.VISIT_WITHDRAWN, record, data, event_id, now)


def words_released(record: VisitRecord, words: KeptWords, text: str, *, event_id: str, now: datetime) -> Envelope:
    """Words may be quoted, in this form."""
    data = {
        "visit_id": record.visit_id,
        "exercise_id": record.exercise_id,
        "site_id": record.site_id,
        "wave": record.wave,
        "words_id": words.words_id,
        "item": words.item,
        "zone": words.zone,
        "stage": words.stage,
        "text": text,
        "volunteer_key": record.volunteer_key,
    }
    return _event(catalogue.WORDS_RELEASED, record, data, event_id, now)


def words_held_back(record: VisitRecord, words_id: str, *, event_id: str, now: datetime) -> Envelope:
    """Words may not, or no longer, be quoted."""
    data = {
        "visit_id": record.visit_id,
        "words_id": words_id,
        "exercise_id": record.exercise_id,
        "site_id": record.site_id,
    }
    return _event(catalogue.WORDS_HELD_BACK, record, data, event_id, now)


def photo_released(record: VisitRecord, photo: Photo, marks: list[Mark], *, event_id: str, now: datetime) -> Envelope:
    """A cleaned photo may be shown, with its marks."""
    data = {
        "photo_id": photo.photo_id,
        "visit_id": record.visit_id,
        "exercise_id": record.exercise_id,
        "site_id": record.site_id,
        "wave": record.wave,
        "zone": photo.zone,
        "display": photo.display,
        "thumbnail": photo.thumbnail,
        "annotations": [as_annotation(mark) for mark in marks],
    }
    return _event(catalogue.PHOTO_RELEASED, record, data, event_id, now)


def photo_held_back(record: VisitRecord, photo_id: str, *, event_id: str, now: datetime) -> Envelope:
    """A photo may not, or no longer, be shown."""
    data = {
        "photo_id": photo_id,
        "visit_id": record.visit_id,
        "exercise_id": record.exercise_id,
        "site_id": record.site_id,
    }
    return _event(catalogue.PHOTO_HELD_BACK, record, data, event_id, now)
