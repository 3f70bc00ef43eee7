"""A volunteer's way there and back: get ready, check in, stop or pause at any point, check out, talk it over twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Connection

from services.intake.domain.acceptance import refuse_unless_open
from services.intake.domain.care_news import CALL_ME, TOLD_TO_BUDDY
from services.intake.domain.wellbeing import FACES, Act, State, Trip, move
from services.intake.store import assignments
from services.intake.store import people as people_store
from services.intake.store import visits as visit_store
from services.intake.store import wellbeing as store
from services.intake.store.assignments import Asked
from services.intake.store.wellbeing import Feeling, Kept
from services.intake.use_cases import letters
from services.intake.use_cases.directory import new_id
from services.intake.use_cases.drafts import own_assignment
from services.intake.use_cases.visits import key_of, own_record
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.roles import Role
from shared.contracts.refusals import Refusal, not_found
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a volunteer can call. `number` is empty when they gave none."""

    name: str
    number: str | None
    buddy: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A trip as its volunteer sees it. `kept.trip` is only planned, and `begun` false, until they get ready."""

    kept: Kept
    begun: bool
    exercise: ExerciseEntry
    site: str
    kind: str
    contact: Contact | None

    @property
    def trip(self) -> Trip:
        """Where they are on it."""
        return self.kept.trip


def own_trip(tx: Connection, person_id: str, trip_id: str) -> Kept:
    """A trip of this volunteer's own. Raises Refusal 404 for anybody else's."""
    kept = store.trip(tx, trip_id)
    if kept is None or kept.volunteer != person_id or kept.assignment_id is None:
        raise not_found()
    return kept


def going(tx: Connection, asked: Asked) -> tuple[Kept, bool]:
    """The trip that is under way for this assignment, or a new one as the answer stands; and whether it was begun."""
    last = store.latest(tx, asked.id)
    if last is not None and not last.trip.over:
        return last, True
    new = Trip(State(asked.state))
    return Kept(new_id(), asked.exercise_id, asked.site, asked.id, asked.volunteer, asked.buddy, new, {}), False


def carers(tx: Connection, kept: Kept) -> list[str]:
    """Who looks after somebody on this trip: their buddy, or the leads where the plan names none."""
    return [kept.buddy] if kept.buddy else store.leads_of(tx, kept.exercise_id)


def keep(tx: Connection, kept: Kept, act: Act, by: str, now: datetime, happened: datetime | None = None) -> None:
    """Keep a trip after an act, with the step written down and its carers told. `happened`: when, if not now."""
    save(tx, kept, now)
    store.add_step(tx, kept.id, act, by, happened or now, told_at=now)
    if by == "volunteer" and act in TOLD_TO_BUDDY:
        for person_id in carers(tx, kept):
            store.add_notice(tx, kept.id, person_id, TOLD_TO_BUDDY[act], now)
            letters.tell_of_care(tx, person_id, TOLD_TO_BUDDY[act], kept.id, now)


def save(tx: Connection, kept: Kept, now: datetime) -> None:
    """Keep a trip as it is now, for as long as its round and its end allow."""
    asked = assignments.assignment(tx, kept.assignment_id) if kept.assignment_id else None
    exercise = directory.exercise(tx, kept.exercise_id)
    wave = exercise.wave(asked.wave) if asked and exercise else None
    closes = datetime.combine(wave.closes, time(23, 59), UTC) if wave else now
    store.save(tx, kept, now, closes)


def prepare(service: Service, person_id: str, assignment_id: str, prepared: Mapping[str, Any]) -> None:
    """Keep what the volunteer tells their buddy for the day. Raises Refusal 404, or 409 before a yes."""
    now = service.clock.now()
    with service.database.transaction(assignment_id) as tx:
        asked, _ = own_assignment(tx, person_id, assignment_id)
        kept, _ = going(tx, asked)
        kept = replace(kept, trip=move(kept.trip, Act.PREPARE, now), prepared=dict(prepared))
        keep(tx, kept, Act.PREPARE, "volunteer", now)


def check_in(service: Service, person_id: str, assignment_id: str, face: int | None, minutes: int | None) -> str:
    """Going in now: how they feel (1–5 or not said), and for how many minutes. Returns the trip's id.

    Raises Refusal: 404, 409 when no visits are taken or nothing was prepared, 422 for minutes that are not on offer.
    """
    now = service.clock.now()
    with service.database.transaction(assignment_id) as tx:
        asked, exercise = own_assignment(tx, person_id, assignment_id)
        refuse_unless_open(exercise.stage, asked.wave, opened=exercise.opened(asked.wave))
        kept, _ = going(tx, asked)
        kept = replace(kept, trip=move(kept.trip, Act.CHECK_IN, now, minutes))
        keep(tx, kept, Act.CHECK_IN, "volunteer", now)
        _feel(tx, kept, "check-in", face, None)
        return kept.id


def _feel(tx: Connection, kept: Kept, point: str, face: int | None, words: str | None) -> None:
    if face in FACES or words:
        store.add_feeling(tx, kept.id, Feeling(point, face if face in FACES else None, words))


def about(service: Service, trip_id: str) -> str:
    """What a transaction on this trip is about: its assignment, the same for everybody who writes to it."""
    with service.database.reading() as tx:
        kept = store.trip(tx, trip_id)
    return (kept.assignment_id if kept else None) or trip_id


def act_on_trip(service: Service, person_id: str, trip_id: str, act: Act, minutes: int | None = None) -> Trip:
    """Stop, pause, go on, stay longer or check out. Raises Refusal 404, 409 or 422; a stop is never refused."""
    now = service.clock.now()
    with service.database.transaction(about(service, trip_id)) as tx:
        kept = own_trip(tx, person_id, trip_id)
        after = replace(kept, trip=move(kept.trip, act, now, minutes))
        if after != kept:
            keep(tx, after, act, "volunteer", now)
            if act == Act.STOP:
                stop_drafts(tx, service, person_id, after, now)
        return after.trip


def stop_drafts(tx: Connection, service: Service, person_id: str, kept: Kept, now: datetime) -> None:
    """What was written down for this trip and not sent is not used unless its volunteer says so later."""
    for draft in visit_store.drafts_by(tx, [key_of(service, kept.exercise_id, person_id)]):
        if draft.assignment_id == kept.assignment_id and draft.content["keep_answers"] is None:
            draft.content["stopped_early"] = True
            visit_store.save_draft(tx, replace(draft, saved_at=now.isoformat(timespec="microseconds")))


def stop_visit(service: Service, person_id: str, visit_id: str) -> None:
    """Stop from a page of the visit: the draft is marked, the buddy told. Raises Refusal 404."""
    now = service.clock.now()
    assignment_id, key = _assignment_of_draft(service, person_id, visit_id)
    with service.database.transaction({visit_id, assignment_id or visit_id}) as tx:
        draft = visit_store.draft(tx, visit_id)
        if draft is None or draft.volunteer_key != key:
            raise not_found()
        draft.content["stopped_early"] = True
        visit_store.save_draft(tx, replace(draft, saved_at=now.isoformat(timespec="microseconds")))
        asked = assignments.assignment(tx, assignment_id) if assignment_id else None
        if asked is None:
            return
        last = store.latest(tx, asked.id)
        kept = last if last is not None and last.trip.state != State.CLOSED else going(tx, asked)[0]
        after = replace(kept, trip=move(kept.trip, Act.STOP, now))
        if after != kept:
            keep(tx, after, Act.STOP, "volunteer", now)


def go_on_after_stop(service: Service, person_id: str, visit_id: str) -> None:
    """The volunteer goes on with a visit after all: so does the trip it belongs to, if that was stopped."""
    assignment_id, _ = _assignment_of_draft(service, person_id, visit_id)
    if assignment_id is None:
        return
    now = service.clock.now()
    with service.database.transaction(assignment_id) as tx:
        last = store.latest(tx, assignment_id)
        if last is not None and last.trip.state == State.STOPPED:
            keep(tx, replace(last, trip=move(last.trip, Act.GO_ON, now)), Act.GO_ON, "volunteer", now)


def _assignment_of_draft(service: Service, person_id: str, visit_id: str) -> tuple[str | None, str]:
    with service.database.reading() as tx:
        draft = visit_store.draft(tx, visit_id)
        key = key_of(service, draft.exercise_id, person_id) if draft else ""
        if draft is None or draft.volunteer_key != key:
            raise not_found()
        if draft.assignment_id:
            return draft.assignment_id, key
        asked = _asked_like(tx, person_id, draft.exercise_id, draft.content)
        return (asked.id if asked else None), key


def _asked_like(tx: Connection, person_id: str, exercise_id: str, visit: Mapping[str, Any]) -> Asked | None:
    place = (exercise_id, visit["site_id"], visit["wave"], visit["kind"])
    found = assignments.assignments_of(tx, person_id)
    return next((one for one in found if (one.exercise_id, one.site, one.wave, one.kind) == place), None)


def talk_over(
    service: Service,
    person_id: str,
    trip_id: str,
    act: Act,
    *,
    face: int | None,
    words: str | None,
    call_me: bool,
) -> None:
    """The talk after a visit (`Act.DEBRIEF`) or a week later (`Act.DEBRIEF_AGAIN`). Raises Refusal 404 or 409."""
    now = service.clock.now()
    with service.database.transaction(about(service, trip_id)) as tx:
        kept = own_trip(tx, person_id, trip_id)
        kept = replace(kept, trip=move(kept.trip, act, now))
        keep(tx, kept, act, "volunteer", now)
        _feel(tx, kept, "debrief" if act == Act.DEBRIEF else "second-debrief", face, words)
        if call_me:
            for carer in carers(tx, kept):
                store.add_notice(tx, kept.id, carer, CALL_ME, now)
                letters.tell_of_care(tx, carer, CALL_ME, kept.id, now)


def way_of_assignment(service: Service, person_id: str, assignment_id: str) -> Way:
    """The trip of an assignment, begun or not. Raises Refusal 404."""
    with service.database.reading() as tx:
        asked, _ = own_assignment(tx, person_id, assignment_id)
        kept, begun = going(tx, asked)
        return _way(tx, kept, begun)


def way_of_trip(service: Service, person_id: str, trip_id: str) -> Way:
    """One trip of one's own. Raises Refusal 404."""
    with service.database.reading() as tx:
        return _way(tx, own_trip(tx, person_id, trip_id), True)


def ways_home(service: Service, person_id: str) -> list[Way]:
    """What stands first on the volunteer's page: where they are inside, then talks that are due."""
    now = service.clock.now()
    with service.database.reading() as tx:
        ways = [_way(tx, kept, True) for kept in store.trips_of(tx, person_id) if kept.assignment_id]
    inside = [way for way in ways if way.trip.inside]
    return inside + [way for way in ways if not way.trip.inside and talk_due(way.trip, now)]


def under_way(service: Service, person_id: str) -> dict[str, State]:
    """Assignment id → how far this volunteer is on the way that was begun under it and is not over."""
    with service.database.reading() as tx:
        trips = [kept for kept in store.trips_of(tx, person_id) if kept.assignment_id and not kept.trip.over]
    return {kept.assignment_id: kept.trip.state for kept in reversed(trips) if kept.assignment_id}


def talk_due(trip: Trip, now: datetime) -> Act | None:
    """The talk that is due now, if any."""
    if trip.state == State.CHECKED_OUT or (trip.state == State.STOPPED and not trip.inside):
        return Act.DEBRIEF
    due = trip.second_debrief_on
    if trip.state == State.DEBRIEFED and due is not None and now >= due:
        return Act.DEBRIEF_AGAIN
    return None


def _way(tx: Connection, kept: Kept, begun: bool) -> Way:
    exercise = directory.exercise(tx, kept.exercise_id)
    asked = assignments.assignment(tx, kept.assignment_id) if kept.assignment_id else None
    if exercise is None:
        raise not_found()
    site = exercise.site(kept.site_id)
    kind = asked.kind if asked else "environment"
    return Way(kept, begun, exercise, site.name if site else "", kind, _contact(tx, carers(tx, kept), kept))


def _contact(tx: Connection, people: list[str], kept: Kept) -> Contact | None:
    for person_id in people:
        name = people_store.name(tx, person_id)
        if name:
            return Contact(name, store.number_of(tx, person_id), person_id == kept.buddy)
    return None


def who_to_call(service: Service, person_id: str, place: str | None) -> Contact | None:
    """Whom this volunteer can call: from the page of a trip, an assignment or a visit, or wherever they are now."""
    with service.database.reading() as tx:
        asked = _asked_at(tx, service, person_id, place) if place else None
        if asked is None:
            mine = assignments.assignments_of(tx, person_id)
            inside = [kept.assignment_id for kept in store.trips_of(tx, person_id) if kept.trip.inside]
            open_ = [one for one in mine if _still_theirs(tx, person_id, one)]
            asked = next((one for one in open_ if one.id in inside), next(iter(open_), None))
        if asked is None:
            return None
        kept = going(tx, asked)[0]
        return _contact(tx, carers(tx, kept), kept)


def _still_theirs(tx: Connection, person_id: str, asked: Asked) -> bool:
    exercise = directory.exercise(tx, asked.exercise_id)
    member = directory.membership(tx, person_id, asked.exercise_id)
    return bool(exercise and member and exercise.stage != "closed" and Role.VOLUNTEER in member.roles)


def _asked_at(tx: Connection, service: Service, person_id: str, place: str) -> Asked | None:
    asked = assignments.assignment(tx, place)
    kept = store.trip(tx, place)
    draft = visit_store.draft(tx, place)
    if asked is None and kept is not None and kept.assignment_id:
        asked = assignments.assignment(tx, kept.assignment_id)
    if asked is None and draft is not None and draft.assignment_id:
        asked = assignments.assignment(tx, draft.assignment_id)
    if asked is None and draft is None:
        try:
            record = own_record(tx, service, person_id, place)
        except Refusal:
            return None
        like = {"site_id": record.site_id, "wave": record.wave, "kind": record.kind}
        asked = _asked_like(tx, person_id, record.exercise_id, like)
    return asked if asked is not None and asked.volunteer == person_id else None
