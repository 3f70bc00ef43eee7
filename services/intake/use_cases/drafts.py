"""Filling in a visit on the pages, part by part, and sending it at last through the very door the API uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from services.intake.domain import draft as drafts
from services.intake.domain.acceptance import INSTRUMENT_OF, MYSTERY_SHOP, refuse_unless_open
from services.intake.domain.draft import Draft
from services.intake.domain.photo import ListedPhoto
from services.intake.domain.plan import Scenario
from services.intake.domain.visit import WITHDRAWN, etag
from services.intake.forms.visit import instrument_of, newest_version, read_visit
from services.intake.store import assignments
from services.intake.store import photos as photo_store
from services.intake.store import visits as store
from services.intake.store import wellbeing as care_store
from services.intake.store.assignments import Asked
from services.intake.store.plan import load_plan
from services.intake.store.visits import Draft as KeptDraft
from services.intake.store.voice_notes import VoiceNote
from services.intake.store.wellbeing import Kept
from services.intake.use_cases import photos, visits
from services.intake.use_cases.directory import new_id, timestamp
from services.intake.use_cases.visits import OwnVisit, key_of, own_record, refuse_correction
from shared.access import directory
from shared.access.directory import ExerciseEntry, SiteEntry, WaveEntry
from shared.access.roles import Role
from shared.contracts.instruments import Instrument
from shared.contracts.refusals import Refusal, conflict, not_found
from shared.contracts.sentences import Sentence
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Ready:
    """What a volunteer needs before they go. `takes_visits`: visits of this round may be sent now."""

    asked: Asked
    exercise: ExerciseEntry
    site: SiteEntry
    wave: WaveEntry
    scenario: Scenario | None
    buddy: str | None
    leads: tuple[str, ...]
    takes_visits: bool
    draft: str | None


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A visit being filled in, with what its pages need. `scenario` only for a mystery shop."""

    visit_id: str
    content: Draft
    exercise: ExerciseEntry
    site: SiteEntry
    instrument: Instrument
    assignment_id: str
    photos: dict[str, photo_store.Photo]
    voice_notes: dict[str, VoiceNote] = field(default_factory=dict)

    @property
    def parts(self) -> list[str]:
        """The parts of the visit by their codes."""
        return drafts.parts(self.content, self.instrument, self.site.zones)


def takes_visits(exercise: ExerciseEntry, wave: WaveEntry) -> bool:
    """Whether visits of this round may be sent now."""
    try:
        refuse_unless_open(exercise.stage, wave.number, opened=exercise.opened(wave.number))
    except Refusal:
        return False
    return True


def own_assignment(tx: Connection, person_id: str, assignment_id: str) -> tuple[Asked, ExerciseEntry]:
    """An assignment of this volunteer's own. Raises Refusal 404 for anybody else's."""
    asked = assignments.assignment(tx, assignment_id)
    exercise = directory.exercise(tx, asked.exercise_id) if asked else None
    member = directory.membership(tx, person_id, asked.exercise_id) if asked else None
    if asked is None or asked.volunteer != person_id or exercise is None or member is None:
        raise not_found()
    if exercise.stage == "closed" or Role.VOLUNTEER not in member.roles:
        raise not_found()
    return asked, exercise


def ready(service: Service, person_id: str, assignment_id: str) -> Ready:
    """What to know before one goes. Raises Refusal 404."""
    with service.database.reading() as tx:
        asked, exercise = own_assignment(tx, person_id, assignment_id)
        plan = load_plan(tx, asked.exercise_id)
        site, wave = exercise.site(asked.site), exercise.wave(asked.wave)
        if plan is None or site is None or wave is None:
            raise not_found()
        buddy = plan.person(asked.buddy) if asked.buddy else None
        leads = tuple(person.name for person in plan.people if "lead" in person.roles)
        begun = [
            kept.visit_id
            for kept in store.drafts_by(tx, [key_of(service, exercise.id, person_id)])
            if kept.assignment_id == asked.id
        ]
        return Ready(
            asked,
            exercise,
            site,
            wave,
            plan.scenario(asked.scenario),
            buddy.name if buddy else None,
            leads,
            takes_visits(exercise, wave),
            begun[0] if begun else None,
        )


def start_visit(service: Service, person_id: str, assignment_id: str) -> str:
    """Begin to fill in a visit, or go on with the one that was begun; its id. Raises Refusal 404 or 409."""
    now = timestamp(service.clock.now())
    before = ready(service, person_id, assignment_id)
    if before.draft is not None:
        return before.draft
    if before.asked.state == "declined":
        raise conflict(
            "declined", Sentence("You said no to this visit. Say yes on the page before, if you want to go after all.")
        )
    wave = before.asked.wave
    refuse_unless_open(before.exercise.stage, wave, opened=before.exercise.opened(wave))
    channel = before.scenario.channel if before.scenario and before.asked.kind == MYSTERY_SHOP else "face-to-face"
    content = drafts.new_draft(
        exercise_id=before.exercise.id,
        site_id=before.site.id,
        wave=before.asked.wave,
        kind=before.asked.kind,
        version=newest_version(INSTRUMENT_OF[before.asked.kind]),
        channel=channel,
    )
    key = key_of(service, before.exercise.id, person_id)
    kept = KeptDraft(new_id(), key, before.exercise.id, assignment_id, content, now)
    with service.database.transaction(assignment_id) as tx:
        for begun in store.drafts_by(tx, [key]):
            if begun.assignment_id == assignment_id:
                return begun.visit_id
        # What is written down after a stop is used only if the volunteer says so.
        content["stopped_early"] = was_stopped(care_store.latest(tx, assignment_id))
        store.save_draft(tx, kept)
    return kept.visit_id


def was_stopped(last: Kept | None) -> bool:
    """Whether the volunteer stopped on their last way there, and has not gone on since."""
    trip = last.trip if last else None
    return bool(trip and trip.stopped_at and (trip.out_at is None or trip.stopped_at <= trip.out_at))


def _own_draft(tx: Connection, service: Service, person_id: str, visit_id: str) -> KeptDraft:
    kept = store.draft(tx, visit_id)
    own = key_of(service, kept.exercise_id if kept else visit_id, person_id)
    if kept is None or kept.volunteer_key != own:
        raise not_found()
    return kept


def open_draft(service: Service, person_id: str, visit_id: str) -> OpenDraft:
    """The visit as it is filled in so far. Raises Refusal 404."""
    with service.database.reading() as tx:
        kept = _own_draft(tx, service, person_id, visit_id)
        exercise = directory.exercise(tx, kept.exercise_id)
        site = exercise.site(kept.content["site_id"]) if exercise else None
        instrument = instrument_of(kept.content["instrument"], kept.content["instrument_version"])
        if exercise is None or site is None or instrument is None:
            raise not_found()
        have = {one.photo_id: one for one in photo_store.photos_of(tx, visit_id)}
        return OpenDraft(visit_id, kept.content, exercise, site, instrument, kept.assignment_id, have)


def change_draft(service: Service, person_id: str, visit_id: str, change: Callable[[Draft], None]) -> Draft:
    """Change the draft as it is at this moment, so that two pages open at once lose nothing of each other."""
    now = timestamp(service.clock.now())
    with service.database.transaction(visit_id) as tx:
        kept = _own_draft(tx, service, person_id, visit_id)
        change(kept.content)
        store.save_draft(tx, replace(kept, saved_at=now))
        return kept.content


def has_draft(service: Service, person_id: str, visit_id: str) -> bool:
    """Whether this volunteer is filling in, or correcting, that visit."""
    with service.database.reading() as tx:
        kept = store.draft(tx, visit_id)
    return kept is not None and kept.volunteer_key == key_of(service, kept.exercise_id, person_id)


def throw_away(service: Service, person_id: str, visit_id: str) -> None:
    """Forget what was filled in and not sent. Raises Refusal 404."""
    with service.database.transaction(visit_id) as tx:
        _own_draft(tx, service, person_id, visit_id)
        store.remove_draft(tx, visit_id)


def add_photo(service: Service, person_id: str, visit_id: str, zone: str, body: bytes) -> str:
    """Keep a photo with the draft; its id. Raises Refusal 404, 413 or 422 (also `no-photos-here`)."""
    opened = open_draft(service, person_id, visit_id)
    if not opened.site.photos_allowed:
        raise Refusal(422, "no-photos-here", Sentence("No photos may be taken at this place."))
    if len(opened.content["photos"]) >= service.settings.photos_per_visit:
        raise Refusal(
            422,
            "too-many-photos",
            Sentence("A visit has room for %(most)s photos.", most=service.settings.photos_per_visit),
        )
    photo_id = new_id()
    key = key_of(service, opened.exercise.id, person_id)
    listed = photos.draft_photo(service, key, opened.exercise.id, visit_id, photo_id, zone, body)
    change_draft(service, person_id, visit_id, lambda draft: draft["photos"].append(_entry(listed)))
    return photo_id


def _entry(listed: ListedPhoto) -> dict[str, Any]:
    return {
        "photo_id": listed.photo_id,
        "sha256": listed.sha256,
        "media_type": listed.media_type,
        "bytes": listed.size,
        "zone": listed.zone,
        "annotations": [],
    }


def photo_copy(service: Service, person_id: str, visit_id: str, photo_id: str, size: str) -> bytes:
    """The cleaned copy of a photo of one's own draft or visit. Raises Refusal 404 or 409 `not-cleaned-yet`."""
    with service.database.reading() as tx:
        if store.draft(tx, visit_id) is None:
            record = own_record(tx, service, person_id, visit_id)
            if record.withdrawn_at is not None:
                raise not_found()
        else:
            _own_draft(tx, service, person_id, visit_id)
        one = photo_store.photo(tx, visit_id, photo_id)
    if one is None:
        raise not_found()
    return photos.copy_of(service, one, size)


def send_draft(service: Service, person_id: str, visit_id: str) -> None:
    """Send what was filled in, by the same use cases as the API. Raises Refusal as they do."""
    opened = open_draft(service, person_id, visit_id)
    visit = read_visit(drafts.visit_of(opened.content, opened.instrument), service.settings)
    corrects = opened.content["corrects"]
    if corrects is None:
        visits.send_visit(service, person_id, visit_id, visit)
        return
    visits.amend_visit(service, person_id, visit_id, corrects, visit)
    with service.database.transaction(visit_id) as tx:
        store.remove_draft(tx, visit_id)


def correct_what_is_now(service: Service, person_id: str, visit_id: str) -> None:
    """Let a correction go on from the version there is now, after somebody's other program changed the visit."""
    record = visits.own_visit(service, person_id, visit_id).record

    def change(draft: Draft) -> None:
        draft["corrects"] = etag(record.version, record.digest)

    change_draft(service, person_id, visit_id, change)


def correct_visit(service: Service, person_id: str, visit_id: str) -> None:
    """Open a visit that was sent, to correct it; what was sent stays until the correction is. Raises Refusal."""
    now = timestamp(service.clock.now())
    with service.database.transaction(visit_id) as tx:
        record = own_record(tx, service, person_id, visit_id)
        if store.draft(tx, visit_id) is not None:
            return
        exercise = directory.exercise(tx, record.exercise_id)
        last = store.content(tx, visit_id, record.version)
        if last is None or exercise is None:
            raise conflict("withdrawn", WITHDRAWN)
        refuse_correction(record, exercise)
        content = drafts.draft_of(last, etag(record.version, record.digest))
        store.save_draft(tx, KeptDraft(visit_id, record.volunteer_key, record.exercise_id, "", content, now))


def may_correct(own: OwnVisit) -> bool:
    """Whether a correction of this visit may be begun, or gone on with, as things stand."""
    if own.exercise is None:
        return False
    try:
        refuse_correction(own.record, own.exercise)
    except Refusal:
        return False
    return True
