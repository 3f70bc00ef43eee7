"""The second person's work on words, photos and recordings: one thing after another, share, hold back, undo.

Whoever wrote the words or took the photo is never that second person. The volunteer's own copy is not touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.intake import announce_visits
from services.intake.domain.acceptance import words_fault
from services.intake.domain.annotations import Mark, MarkRefused, read_mark
from services.intake.domain.photo import PhotoState, Review
from services.intake.domain.second_look import as_shown, photo_entry, refuse_unseen, voice_entry
from services.intake.domain.visit import VisitRecord
from services.intake.domain.voice_note import Heard
from services.intake.domain.voice_note import words_id as voice_words_id
from services.intake.domain.words import WordsState
from services.intake.forms.visit import instrument_of
from services.intake.store import exercises as exercise_store
from services.intake.store import photos as photo_store
from services.intake.store import visits as visit_store
from services.intake.store import voice_notes as voice_store
from services.intake.store import words as store
from services.intake.store.photos import Photo
from services.intake.store.voice_notes import VoiceNote
from services.intake.store.words import CareAct, KeptWords
from services.intake.use_cases import photos
from services.intake.use_cases.directory import new_id, timestamp
from services.intake.use_cases.visits import key_of
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.rules import roles_allowed
from shared.contracts.instruments import Instrument
from shared.contracts.refusals import FieldError, conflict, invalid, not_found
from shared.messaging import outbox
from shared.runtime.service import Service

WORDS, PHOTO, VOICE = "words", "photo", "voice"
MOST = 200
"""The queue counts no further than this; "200" then means 200 or more."""


@dataclass(frozen=True, slots=True)
class WordsToRead:
    """Some words with where they were said."""

    words: KeptWords
    exercise: ExerciseEntry
    wave: int
    instrument: Instrument


@dataclass(frozen=True, slots=True)
class PhotoToSee:
    """A photo with its marks. `may_quote`: the words of the marks may be shown too. `seen`: a digest of all this."""

    photo: Photo
    exercise: ExerciseEntry
    wave: int
    instrument: Instrument
    annotations: list[dict[str, Any]]
    may_quote: bool
    seen: str


@dataclass(frozen=True, slots=True)
class VoiceToHear:
    """A voice note to write down. `seen`: a digest of where it was said and whether it may be quoted."""

    voice: VoiceNote
    exercise: ExerciseEntry
    wave: int
    instrument: Instrument
    seen: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits in all exercises somebody looks after, and what they did last (to undo it)."""

    words_waiting: int
    photos_waiting: int
    voices_waiting: int
    words: WordsToRead | None
    photo: PhotoToSee | None
    voice: VoiceToHear | None
    last: CareAct | None


def looked_after(service: Service, person_id: str) -> list[ExerciseEntry]:
    """The exercises whose words and photos this person may work on."""
    with service.database.reading() as tx:
        return [
            exercise
            for exercise, member in directory.exercises_of(tx, person_id)
            if roles_allowed("care-queue.work", member.roles, exercise.stage)
        ]


def queue(service: Service, person_id: str, exercises: Sequence[ExerciseEntry]) -> Queue:
    """What waits, the oldest first; a read of something under embargo is written down (domain.md §4, rule 5)."""
    with service.database.reading() as tx:
        found = _queue(tx, service, person_id, exercises)
    seen = [("some words", found.words), ("a photo", found.photo), ("a recording", found.voice)]
    audited = [(what, one.exercise.id) for what, one in seen if one and one.exercise.under_embargo([one.wave])]
    if audited:
        with service.database.transaction(()) as tx:
            for what, exercise_id in audited:
                at = timestamp(service.clock.now())
                exercise_store.write_read(tx, exercise_id, person_id, f"{what} to check", at)
    return found


def _queue(tx: Connection, service: Service, person_id: str, exercises: Sequence[ExerciseEntry]) -> Queue:
    words: list[tuple[KeptWords, ExerciseEntry]] = []
    pictures: list[tuple[Photo, ExerciseEntry]] = []
    voices: list[tuple[VoiceNote, ExerciseEntry]] = []
    acts: list[CareAct] = []
    for exercise in exercises:
        own = key_of(service, exercise.id, person_id)
        words += [(one, exercise) for one in store.waiting_words(tx, exercise.id, own, MOST)]
        pictures += [(one, exercise) for one in store.waiting_photos(tx, exercise.id, own, MOST)]
        voices += [(one, exercise) for one in voice_store.waiting(tx, exercise.id, own, MOST)]
        acts += [act for act in store.last_acts(tx, exercise.id, MOST) if act.person_id == person_id]
    pictures.sort(key=lambda pair: pair[0].finished_at or "")
    voices.sort(key=lambda pair: pair[0].safe_at or "")
    acts.sort(key=lambda act: act.number, reverse=True)
    return Queue(
        len(words),
        len(pictures),
        len(voices),
        _words_to_read(tx, *words[0]) if words else None,
        _photo_to_see(tx, *pictures[0]) if pictures else None,
        _voice_to_hear(tx, *voices[0]) if voices else None,
        standing(acts),
    )


def standing(acts: Iterable[CareAct]) -> CareAct | None:
    """Of what one person did, the newest first: the last decision that was not undone."""
    undone: set[tuple[str, str, str]] = set()
    for act in acts:
        thing = (act.thing, act.visit_id, act.thing_id)
        if act.act != "undo" and thing not in undone:
            return act
        undone.add(thing)
    return None


def _words_to_read(tx: Connection, words: KeptWords, exercise: ExerciseEntry) -> WordsToRead:
    record, visit = present(tx, words.visit_id)
    return WordsToRead(words, exercise, record.wave, _instrument(visit))


def _photo_to_see(tx: Connection, photo: Photo, exercise: ExerciseEntry) -> PhotoToSee:
    record, visit = present(tx, photo.visit_id)
    entry = photo_entry(visit, photo.photo_id)
    annotations = entry["annotations"] if entry else []
    may_quote, seen = visit["consents"]["quote"], as_shown(visit, entry)
    return PhotoToSee(photo, exercise, record.wave, _instrument(visit), annotations, may_quote, seen)


def _voice_to_hear(tx: Connection, voice: VoiceNote, exercise: ExerciseEntry) -> VoiceToHear:
    record, visit = present(tx, voice.visit_id)
    seen = as_shown(visit, voice_entry(visit, voice.voice_id))
    return VoiceToHear(voice, exercise, record.wave, _instrument(visit), seen)


def present(tx: Connection, visit_id: str) -> tuple[VisitRecord, dict[str, Any]]:
    """The visit and what its present version says. Raises Refusal 404 for one that was taken back."""
    record = visit_store.visit(tx, visit_id)
    visit = visit_store.content(tx, visit_id, record.version) if record else None
    if record is None or visit is None:
        raise not_found()
    return record, visit


def _instrument(visit: Mapping[str, Any]) -> Instrument:
    found = instrument_of(visit["instrument"], visit["instrument_version"])
    assert found is not None
    return found


def exercise_of_words(service: Service, words_id: str) -> str:
    """Where these words belong. Raises Refusal 404."""
    with service.database.reading() as tx:
        words = store.the_words(tx, words_id)
    if words is None:
        raise not_found()
    return words.exercise_id


def exercise_of_photo(service: Service, visit_id: str, photo_id: str) -> str:
    """Where this photo belongs. Raises Refusal 404."""
    with service.database.reading() as tx:
        photo = photo_store.photo(tx, visit_id, photo_id)
    if photo is None or not photo.listed:
        raise not_found()
    return photo.exercise_id


def refuse_own(service: Service, person_id: str, thing: KeptWords | Photo | VoiceNote) -> None:
    """The second person is somebody else than the first."""
    if key_of(service, thing.exercise_id, person_id) == thing.volunteer_key:
        raise not_found()


def refuse_decided(state: str, waiting: str) -> None:
    """What was decided is decided until it is undone. Raises Refusal 409."""
    if state != waiting:
        raise conflict("decided-already", "Somebody decided about this already. Undo that first, if it was wrong.")


def share_words(service: Service, person_id: str, words_id: str, text: str) -> None:
    """Let these words be quoted, in this form. Raises Refusal: 404, 409 when it was decided, 422 for an empty copy."""
    text = text.strip()
    fault = words_fault(text, service.settings.words_characters) or ("" if text else "may not be empty.")
    if fault or not text:
        raise invalid([FieldError("/text", fault or "may not be empty.")], detail=f"The copy to share {fault}")
    now = service.clock.now()
    with service.database.transaction() as tx:
        words, record = _words_to_decide(tx, service, person_id, words_id)
        store.decide(tx, words_id, WordsState.RELEASED, text, timestamp(now))
        note_act(tx, words.exercise_id, WORDS, words.visit_id, words_id, "share", person_id, now)
        outbox.add(tx, announce_visits.words_released(record, words, text, event_id=new_id(), now=now))


def hold_words_back(service: Service, person_id: str, words_id: str) -> None:
    """Nobody but their author and the host charity reads these words. Raises Refusal: 404, 409."""
    now = service.clock.now()
    with service.database.transaction() as tx:
        words, _ = _words_to_decide(tx, service, person_id, words_id)
        store.decide(tx, words_id, WordsState.HELD_BACK, None, timestamp(now))
        note_act(tx, words.exercise_id, WORDS, words.visit_id, words_id, "hold-back", person_id, now)


def _words_to_decide(tx: Connection, service: Service, person_id: str, words_id: str) -> tuple[KeptWords, VisitRecord]:
    words = store.the_words(tx, words_id)
    if words is None:
        raise not_found()
    refuse_own(service, person_id, words)
    record, _ = present(tx, words.visit_id)
    refuse_decided(words.state, WordsState.WAITING)
    return words, record


def share_photo(
    service: Service, person_id: str, visit_id: str, photo_id: str, *, with_words: bool, seen: str | None = None
) -> None:
    """Let this photo be shown, with its marks. `with_words`: also the words of the marks, where the volunteer may be
    quoted. `seen`: of the page on which it was looked at.

    Raises Refusal: 404, 409 when it was decided, may not be used or was changed since.
    """
    now = service.clock.now()
    with service.database.transaction(visit_id) as tx:
        photo, record, visit = _photo_to_decide(tx, service, person_id, visit_id, photo_id)
        if not photo.may_use:
            raise conflict("no-consent", "Its volunteer did not allow us to show this photo.")
        refuse_unseen(seen, as_shown(visit, photo_entry(visit, photo_id)))
        marks = marks_to_show(visit, photo_id, with_words=with_words and visit["consents"]["quote"])
        store.review_photo(tx, visit_id, photo_id, Review.RELEASED, timestamp(now))
        note_act(tx, photo.exercise_id, PHOTO, visit_id, photo_id, "share", person_id, now)
        outbox.add(tx, announce_visits.photo_released(record, photo, marks, event_id=new_id(), now=now))


def marks_to_show(visit: Mapping[str, Any], photo_id: str, *, with_words: bool) -> list[Mark]:
    """The marks on a photo of a visit, with or without what was said at them."""
    instrument, entry = _instrument(visit), photo_entry(visit, photo_id)
    found = []
    for annotation in entry["annotations"] if entry else ():
        try:
            mark = read_mark(annotation, instrument, len(str(annotation)))
        except MarkRefused:  # written under other rules than today's; it cannot be drawn
            continue
        found.append(mark if with_words else replace(mark, words=None))
    return found


def hold_photo_back(service: Service, person_id: str, visit_id: str, photo_id: str) -> None:
    """Quarantine a photo: a face, a badge, a screen, a name. It is gone after seven days. Raises Refusal: 404, 409."""
    now = service.clock.now()
    with service.database.transaction(visit_id) as tx:
        photo, _, _ = _photo_to_decide(tx, service, person_id, visit_id, photo_id)
        store.review_photo(tx, visit_id, photo_id, Review.HELD_BACK, timestamp(now))
        note_act(tx, photo.exercise_id, PHOTO, visit_id, photo_id, "hold-back", person_id, now)


def _photo_to_decide(
    tx: Connection, service: Service, person_id: str, visit_id: str, photo_id: str
) -> tuple[Photo, VisitRecord, dict[str, Any]]:
    photo = photo_store.photo(tx, visit_id, photo_id)
    if photo is None or not photo.listed or photo.state != PhotoState.CLEANED or photo.copies_erased_at:
        raise not_found()
    refuse_own(service, person_id, photo)
    record, visit = present(tx, visit_id)
    refuse_decided(photo.review, Review.WAITING)
    return photo, record, visit


def note_act(
    tx: Connection, exercise_id: str, thing: str, visit_id: str, thing_id: str, act: str, by: str, now: datetime
) -> None:
    """Write down what the second person did."""
    store.record_act(tx, exercise_id, thing, visit_id, thing_id, act, by, timestamp(now))


def undo_last(service: Service, person_id: str, exercise_id: str, number: int | None = None) -> str:
    """Take one's own last decision back; the thing waits again. Returns which kind of thing. Raises Refusal 409.

    With `number`, that of the act as the page showed it, a button that is pressed twice undoes one thing and not two.
    """
    now = service.clock.now()
    with service.database.transaction() as tx:
        last = standing(act for act in store.last_acts(tx, exercise_id, MOST) if act.person_id == person_id)
        if last is None:
            raise conflict("nothing-to-undo", "There is nothing of yours to undo.")
        if number not in (None, last.number):
            raise conflict("undone-already", "That one was undone already. The page now shows what you can still undo.")
        record = visit_store.visit(tx, last.visit_id)
        if record is None or record.withdrawn_at is not None:
            raise conflict("nothing-to-undo", "Its volunteer took the visit back, so there is nothing to undo.")
        if last.thing == WORDS:
            _words_wait_again(tx, record, last, now)
        elif last.thing == VOICE:
            _voice_waits_again(tx, record, last, now)
        else:
            _photo_waits_again(tx, record, last, now)
        note_act(tx, exercise_id, last.thing, last.visit_id, last.thing_id, "undo", person_id, now)
        return last.thing


def _words_wait_again(tx: Connection, record: VisitRecord, last: CareAct, now: datetime) -> None:
    words = store.the_words(tx, last.thing_id)
    if words is None:
        raise conflict("nothing-to-undo", "Its volunteer changed these words, so there is nothing to undo.")
    if words.state == WordsState.RELEASED:
        outbox.add(tx, announce_visits.words_held_back(record, words.words_id, event_id=new_id(), now=now))
    store.decide(tx, words.words_id, WordsState.WAITING, None, None)


def _photo_waits_again(tx: Connection, record: VisitRecord, last: CareAct, now: datetime) -> None:
    photo = photo_store.photo(tx, last.visit_id, last.thing_id)
    if photo is None or photo.copies_erased_at is not None:
        raise conflict("nothing-to-undo", "This photo is gone already, so this cannot be undone.")
    if photo.review == Review.RELEASED:
        outbox.add(tx, announce_visits.photo_held_back(record, photo.photo_id, event_id=new_id(), now=now))
    store.review_photo(tx, last.visit_id, last.thing_id, Review.WAITING, None)


def _voice_waits_again(tx: Connection, record: VisitRecord, last: CareAct, now: datetime) -> None:
    voice = voice_store.voice_note(tx, last.visit_id, last.thing_id)
    if voice is None or not voice.listed or (voice.erased_at is not None and voice.written is None):
        raise conflict("nothing-to-undo", "This recording is gone already, so this cannot be undone.")
    if voice.heard == Heard.RELEASED:
        words_id = voice_words_id(last.visit_id, last.thing_id)
        outbox.add(tx, announce_visits.words_held_back(record, words_id, event_id=new_id(), now=now))
    voice_store.decide(tx, last.visit_id, last.thing_id, Heard.WAITING, None)


def copy_to_check(service: Service, person_id: str, visit_id: str, photo_id: str) -> bytes:
    """The cleaned copy, for the second person; one that is in quarantine is seen by nobody.

    Under embargo that is written down. Raises Refusal 404 or 409 `not-cleaned-yet`.
    """
    with service.database.reading() as tx:
        photo = photo_store.photo(tx, visit_id, photo_id)
        record, _ = present(tx, visit_id)
        exercise = directory.exercise(tx, record.exercise_id)
    if photo is None or exercise is None or not photo.listed or not photo.may_use or photo.review == Review.HELD_BACK:
        raise not_found()
    refuse_own(service, person_id, photo)
    found = photos.copy_of(service, photo, "display")
    if exercise.under_embargo([record.wave]):
        with service.database.transaction(()) as tx:
            at = timestamp(service.clock.now())
            exercise_store.write_read(tx, exercise.id, person_id, "the picture of a photo", at)
    return found
