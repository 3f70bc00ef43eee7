"""What a volunteer does with a visit: send it, look at it, correct it, take it back.

Everything that can be worked out is worked out before the transaction begins, so that many phones sending at the
same moment wait for one another as little as possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.intake import announce_visits
from services.intake.domain import acceptance, corrections, words
from services.intake.domain.days import day_here
from services.intake.domain.visit import (
    VisitRecord,
    content_digest,
    receipt_state,
    refuse_stale,
    said_on_withdrawal,
)
from services.intake.forms.visit import instrument_of
from services.intake.store import photos as photo_store
from services.intake.store import visits as store
from services.intake.store import voice_notes as voice_store
from services.intake.store import words as words_store
from services.intake.use_cases.announcing import announce_if_ready
from services.intake.use_cases.directory import new_id
from services.intake.use_cases.visit_files import (
    files_settled,
    list_files,
    names_files,
    shown_otherwise,
    take_photos_back,
    take_voice_back,
)
from shared.access import directory
from shared.access.directory import ExerciseEntry, SiteEntry, WaveEntry
from shared.access.roles import Role
from shared.access.rules import roles_allowed
from shared.access.volunteer_key import volunteer_key
from shared.contracts.envelope import Envelope
from shared.contracts.refusals import FieldError, conflict, forbidden, invalid, not_found
from shared.contracts.sentences import Sentence
from shared.messaging import outbox
from shared.runtime.service import Service

"""Where the visits take place, so that "today" is the volunteer's and not that of a server elsewhere."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A visit after it was sent. `new`: this was the first time."""

    record: VisitRecord
    new: bool


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """Everything a volunteer may see of their own visit."""

    record: VisitRecord
    versions: list[store.Version]
    exercise: ExerciseEntry | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far a visit has got (wire.md §3)."""

    record: VisitRecord
    state: str
    photos: list[photo_store.Photo]
    voice_notes: list[voice_store.VoiceNote]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit belongs, as the plan has it."""

    exercise: ExerciseEntry
    site: SiteEntry
    wave: WaveEntry


def key_of(service: Service, exercise_id: str, person_id: str) -> str:
    """The person's pseudonym in that exercise."""
    return volunteer_key(service.settings.identity_key, exercise_id, person_id)


def send_visit(service: Service, person_id: str, visit_id: str, visit: Mapping[str, Any]) -> Sent:
    """Take in a visit, once. `visit` is what `read_visit` made of what came.

    Raises Refusal: 404 for an exercise that is not the caller's, 403 for a visit nobody asked of them, 409
    `not-open` or `visit-differs`, 422 for what does not fit the wave or the site.
    """
    now = service.clock.now()
    digest = content_digest(visit)
    with service.database.glancing() as tx:
        arrival = store.arrival(tx, visit_id, person_id, visit)
    if arrival.known:
        return _as_before(service, person_id, visit_id, digest)
    place = _place(arrival, visit)
    _refuse_unless_open(place.exercise, visit["wave"])
    _refuse_outside(visit, place, now)
    record = VisitRecord(
        visit_id=visit_id,
        volunteer_key=key_of(service, place.exercise.id, person_id),
        exercise_id=place.exercise.id,
        site_id=place.site.id,
        wave=place.wave.number,
        kind=visit["kind"],
        site_zones=place.site.zones,
        received_at=now.astimezone(UTC),
        version=1,
        digest=digest,
        announced=0,
        last_event=None,
        withdrawn_at=None,
    )
    news = announce_visits.visit_told(record, 1, visit, event_id=new_id(), now=now)
    # Worked out and written out now, so that the transaction has nothing left to do but write.
    ready = news if names_files(visit) else outbox.checked(news)
    quotable = quotable_in(visit_id, visit)

    def keep(tx: Connection) -> Sent:
        if names_files(visit) and store.visit(tx, visit_id) is not None:
            return _again(tx, service, person_id, visit_id, digest)
        # The exercise may have moved on since we looked; a move runs alone, so from here on it cannot.
        _refuse_unless_open(directory.exercise(tx, place.exercise.id) or place.exercise, visit["wave"])
        kept = _keep(tx, service, replace(record, last_event=news.id), visit, ready, quotable)
        if arrival.drafted:
            store.remove_draft(tx, visit_id)
        return Sent(kept, new=True)

    try:
        sent: Sent = service.database.write(keep, visit_id)
    except IntegrityError:
        # The same visit came by another way in between; the key of the table lets one of them in.
        return _as_before(service, person_id, visit_id, digest)
    return sent


def _keep(
    tx: Connection,
    service: Service,
    record: VisitRecord,
    visit: Mapping[str, Any],
    news: Envelope | outbox.Checked,
    quotable: list[words.Words],
) -> VisitRecord:
    if names_files(visit):
        list_files(tx, service, record, visit)
    if not names_files(visit) or files_settled(tx, record.visit_id):
        record = replace(record, announced=1)
        outbox.add(tx, news)
    else:
        record = replace(record, last_event=None)
    store.add(tx, record, visit)
    words_store.add(tx, record, quotable)
    return record


def _as_before(service: Service, person_id: str, visit_id: str, digest: str) -> Sent:
    with service.database.reading() as tx:
        return _again(tx, service, person_id, visit_id, digest)


def _again(tx: Connection, service: Service, person_id: str, visit_id: str, digest: str) -> Sent:
    known = own_record(tx, service, person_id, visit_id)
    if digest == known.digest or store.had_content(tx, known.visit_id, digest):
        return Sent(known, new=False)
    raise conflict(
        "visit-differs",
        Sentence("A visit with this id was sent before and says something else. To change it, send a correction."),
    )


def _place(arrival: store.Arrival, visit: Mapping[str, Any]) -> Place:
    exercise, roles = arrival.exercise, arrival.roles
    if exercise is None or roles is None:
        raise not_found()
    site, wave = exercise.site(visit["site_id"]), exercise.wave(visit["wave"])
    if not arrival.asked or Role.VOLUNTEER not in roles or site is None or wave is None:
        if not roles_allowed("exercise.read", roles, exercise.stage):
            raise not_found()
        raise forbidden(Sentence("No such visit to this place is planned for you in this round."), "not-assigned")
    return Place(exercise, site, wave)


def _refuse_unless_open(exercise: ExerciseEntry, wave: int) -> None:
    acceptance.refuse_unless_open(exercise.stage, wave, opened=exercise.opened(wave))


def _refuse_outside(visit: Mapping[str, Any], place: Place, now: datetime) -> None:
    acceptance.refuse_outside(
        visit,
        today=day_here(now),
        opens=place.wave.opens,
        closes=place.wave.closes,
        site_zones=place.site.zones,
        photos_allowed=place.site.photos_allowed,
    )


def quotable_in(visit_id: str, visit: Mapping[str, Any]) -> list[words.Words]:
    """The words of a visit that may be quoted once somebody read them."""
    return words.quotable(visit_id, visit, stages_of(visit["instrument"], visit["instrument_version"]))


@lru_cache(maxsize=8)
def stages_of(name: str, version: int) -> Mapping[str, str | None]:
    """The stage of each item of a mystery shop; nothing for a check of the building."""
    instrument = instrument_of(name, version)
    assert instrument is not None
    return {item.code: item.stage for item in instrument.items if item.stage}


def own_record(tx: Connection, service: Service, person_id: str, visit_id: str) -> VisitRecord:
    """The visit, if it is this person's. Raises Refusal 404 for everybody else's and for none."""
    record = store.visit(tx, visit_id)
    # The same work for a visit that is not there, so that the time it takes tells nothing.
    own = key_of(service, record.exercise_id if record else visit_id, person_id)
    if record is None or record.volunteer_key != own:
        raise not_found()
    return record


def own_visit(service: Service, person_id: str, visit_id: str) -> OwnVisit:
    """The volunteer's own copy, with all its versions. Raises Refusal 404."""
    with service.database.reading() as tx:
        record = own_record(tx, service, person_id, visit_id)
        return OwnVisit(record, store.versions(tx, visit_id), directory.exercise(tx, record.exercise_id))


def receipt(service: Service, person_id: str, visit_id: str) -> Receipt:
    """How far the visit and each of its photos and voice notes have got. Raises Refusal 404."""
    with service.database.reading() as tx:
        record = own_record(tx, service, person_id, visit_id)
        listed = [one for one in photo_store.photos_of(tx, visit_id) if one.listed]
        heard = [one for one in voice_store.voice_notes_of(tx, visit_id) if one.listed]
        told = record.announced == record.version or record.withdrawn_at is not None
        handed_on = told and not (record.last_event and store.waits_in_outbox(tx, record.last_event))
        states = [one.state for one in listed], [one.state for one in heard]
        state = receipt_state(states[0], handed_on=handed_on, voice_states=states[1])
        return Receipt(record, state, listed, heard)


def amend_visit(
    service: Service, person_id: str, visit_id: str, if_match: str | None, visit: Mapping[str, Any]
) -> VisitRecord:
    """Keep a corrected visit as a new version; the old one stays with its time.

    Raises Refusal: 404, 412 without the last ETag, 409 when the round was opened to the partner and more than leaving
    out is asked, 422 for what does not fit.
    """
    now = service.clock.now()
    digest = content_digest(visit)
    quotable = quotable_in(visit_id, visit)
    with service.database.transaction(visit_id) as tx:
        record = own_record(tx, service, person_id, visit_id)
        refuse_stale(if_match, record)
        place = _same_place(record, directory.exercise(tx, record.exercise_id), visit)
        old = store.content(tx, visit_id, record.version)
        refuse_correction(record, place.exercise, leaves_out=bool(old and corrections.only_leaves_out(old, visit)))
        _refuse_outside(visit, place, now)
        if digest == record.digest:
            return record
        record = replace(record, version=record.version + 1, digest=digest)
        store.add_version(tx, record, visit, now)
        if names_files(visit) or names_files(old):
            list_files(tx, service, record, visit)
        take_photos_back(tx, record, now, shown_otherwise(old, visit))
        take_voice_back(tx, record, now, old, visit)
        replace_words(tx, record, quotable, now)
        announce_if_ready(tx, record, now)
        after = store.visit(tx, visit_id)
        assert after is not None
        return after


def refuse_correction(record: VisitRecord, exercise: ExerciseEntry, *, leaves_out: bool = False) -> None:
    """Whether the visit may be corrected as its exercise stands, read in the transaction that would. Raises Refusal."""
    read = exercise.read_by_partner(record.wave)
    corrections.refuse_correction(record, exercise.stage, read=read, leaves_out=leaves_out)


def _same_place(record: VisitRecord, exercise: ExerciseEntry | None, visit: Mapping[str, Any]) -> Place:
    fixed = {
        "exercise_id": record.exercise_id,
        "site_id": record.site_id,
        "wave": record.wave,
        "kind": record.kind,
    }
    faults = [
        FieldError(f"/{name}", Sentence("cannot be changed by a correction; take this visit back and send a new one."))
        for name, value in fixed.items()
        if visit[name] != value
    ]
    if faults:
        raise invalid(faults)
    if exercise is None:
        raise not_found()
    site, wave = exercise.site(record.site_id), exercise.wave(record.wave)
    if site is None or wave is None:
        raise not_found()
    return Place(exercise, site, wave)


def replace_words(tx: Connection, record: VisitRecord, quotable: list[words.Words], now: datetime) -> None:
    """Make `quotable` the words that wait for a reader or were released; released ones that went are called back."""
    had = {one.words_id: one for one in words_store.words_of(tx, record.visit_id)}
    wanted = {one.words_id: one for one in quotable}
    for words_id, one in had.items():
        if words_id not in wanted and one.state == words.WordsState.RELEASED:
            outbox.add(tx, announce_visits.words_held_back(record, words_id, event_id=new_id(), now=now))
    words_store.remove(tx, had.keys() - wanted.keys())
    fresh = [one for words_id, one in wanted.items() if words_id not in had]
    words_store.add(tx, record, fresh)


def withdraw_visit(service: Service, person_id: str, visit_id: str) -> tuple[VisitRecord, bool, str]:
    """Take a visit back, once: its content is erased here with a correction that was begun, the scores drop it,
    released things are called back. The bytes of its photos and recordings go in the background, those of the
    correction among them. What the event log was told stays there (docs/adr/0026), and the volunteer is told so.

    Returns the visit, whether its totals were shared before, and the sentence that says so. Raises Refusal 404.
    """
    now = service.clock.now()
    with service.database.transaction(visit_id) as tx:
        record = own_record(tx, service, person_id, visit_id)
        exercise = directory.exercise(tx, record.exercise_id)
        shared = bool(exercise and exercise.read_by_partner(record.wave))
        if record.withdrawn_at is None:
            take_photos_back(tx, record, now, None)
            take_voice_back(tx, record, now, None, None)
            replace_words(tx, record, [], now)
            news = announce_visits.visit_withdrawn(record, event_id=new_id(), now=now)
            # Never told of: then nobody downstream has anything to drop.
            if record.announced:
                outbox.add(tx, news)
            store.mark_withdrawn(tx, visit_id, now, news.id if record.announced else None)
            store.remove_draft(tx, visit_id)
            record = replace(record, withdrawn_at=now)
        return record, shared, said_on_withdrawal(totals_shared=shared)
