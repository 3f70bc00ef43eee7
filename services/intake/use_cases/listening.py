"""The second person listens to a voice note, writes down what was said, and lets the writing be quoted or not.

The recording itself is shown to nobody else: a voice tells who somebody is (ADR 0015).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from services.intake import announce_visits
from services.intake.domain.acceptance import MYSTERY_SHOP, words_fault
from services.intake.domain.second_look import as_shown, refuse_unseen, voice_entry
from services.intake.domain.visit import VisitRecord
from services.intake.domain.voice_note import Heard, VoiceState
from services.intake.domain.voice_note import words_id as voice_words_id
from services.intake.domain.words import WordsState
from services.intake.store import exercises as exercise_store
from services.intake.store import voice_notes as store
from services.intake.store.voice_notes import VoiceNote
from services.intake.store.words import KeptWords
from services.intake.use_cases.directory import new_id, timestamp
from services.intake.use_cases.visits import stages_of
from services.intake.use_cases.voice_notes import recording_of
from services.intake.use_cases.words import VOICE, note_act, present, refuse_decided, refuse_own
from shared.access import directory
from shared.contracts.refusals import FieldError, conflict, invalid, not_found
from shared.messaging import outbox
from shared.runtime.service import Service


def exercise_of_voice(service: Service, visit_id: str, voice_id: str) -> str:
    """Where this voice note belongs. Raises Refusal 404."""
    with service.database.reading() as tx:
        voice = store.voice_note(tx, visit_id, voice_id)
    if voice is None or not voice.listed:
        raise not_found()
    return voice.exercise_id


def recording_to_hear(service: Service, person_id: str, visit_id: str, voice_id: str) -> tuple[bytes, str]:
    """The recording and its media type, for the second person; under embargo that is written down. Raises 404."""
    with service.database.reading() as tx:
        voice = store.voice_note(tx, visit_id, voice_id)
        record, _ = present(tx, visit_id)
        exercise = directory.exercise(tx, voice.exercise_id) if voice else None
    if voice is None or exercise is None or not voice.listed or not voice.may_use:
        raise not_found()
    refuse_own(service, person_id, voice)
    found = recording_of(service, voice)
    if exercise.under_embargo([record.wave]):
        with service.database.transaction(()) as tx:
            at = timestamp(service.clock.now())
            exercise_store.write_read(tx, exercise.id, person_id, "the sound of a recording", at)
    return found


def share_what_was_said(
    service: Service, person_id: str, visit_id: str, voice_id: str, text: str, seen: str | None = None
) -> None:
    """Let what was said be quoted, in this writing. `seen`: of the page on which it was listened to.

    Raises Refusal: 404, 409 when it was decided, may not be quoted or was changed since, 422 when nothing was written
    down.
    """
    _decide(service, person_id, visit_id, voice_id, Heard.RELEASED, _checked(service, text), seen)


def write_down_only(
    service: Service, person_id: str, visit_id: str, voice_id: str, text: str, seen: str | None = None
) -> None:
    """Keep what was said for the host charity, not to be quoted. Raises Refusal: 404, 409, 422."""
    _decide(service, person_id, visit_id, voice_id, Heard.WRITTEN, _checked(service, text), seen)


def hold_voice_back(service: Service, person_id: str, visit_id: str, voice_id: str) -> None:
    """Nobody uses this recording; it is gone after seven days. Raises Refusal: 404, 409."""
    _decide(service, person_id, visit_id, voice_id, Heard.HELD_BACK, None)


def _checked(service: Service, text: str) -> str:
    text = text.strip()
    fault = words_fault(text, service.settings.words_characters)
    if fault or not text:
        raise invalid(
            [FieldError("/text", fault or "may not be empty.")],
            detail=f"What you wrote down {fault}" if fault else "Write down what was said first, or hold it back.",
        )
    return text


_ACTS = {Heard.RELEASED: "share", Heard.WRITTEN: "write-down", Heard.HELD_BACK: "hold-back"}


def _decide(
    service: Service,
    person_id: str,
    visit_id: str,
    voice_id: str,
    heard: Heard,
    text: str | None,
    seen: str | None = None,
) -> None:
    now = service.clock.now()
    with service.database.transaction(visit_id) as tx:
        voice, record, visit = _voice_to_decide(tx, service, person_id, visit_id, voice_id)
        if heard == Heard.RELEASED and not voice.may_quote:
            raise conflict("no-consent", "Its volunteer did not allow us to quote it.")
        refuse_unseen(seen, as_shown(visit, voice_entry(visit, voice_id)))
        store.decide(tx, visit_id, voice_id, heard, timestamp(now))
        if text is not None:
            store.write_down(tx, visit_id, voice_id, text)
        note_act(tx, voice.exercise_id, VOICE, visit_id, voice_id, _ACTS[heard], person_id, now)
        if heard == Heard.RELEASED:
            assert text is not None
            words = _as_words(record, visit, voice, text)
            outbox.add(tx, announce_visits.words_released(record, words, text, event_id=new_id(), now=now))


def _voice_to_decide(
    tx: Connection, service: Service, person_id: str, visit_id: str, voice_id: str
) -> tuple[VoiceNote, VisitRecord, dict[str, Any]]:
    voice = store.voice_note(tx, visit_id, voice_id)
    if voice is None or not voice.listed or not voice.may_use or voice.state != VoiceState.SAFE:
        raise not_found()
    refuse_own(service, person_id, voice)
    record, visit = present(tx, visit_id)
    refuse_decided(voice.heard, Heard.WAITING)
    return voice, record, visit


def _as_words(record: VisitRecord, visit: Mapping[str, Any], voice: VoiceNote, text: str) -> KeptWords:
    stage = voice.stage
    if record.kind == MYSTERY_SHOP and voice.item:
        stage = stages_of(visit["instrument"], visit["instrument_version"]).get(voice.item)
    return KeptWords(
        voice_words_id(voice.visit_id, voice.voice_id),
        voice.visit_id,
        voice.volunteer_key,
        voice.exercise_id,
        voice.item,
        voice.zone,
        stage,
        text,
        text,
        WordsState.RELEASED,
        None,
    )
