"""What a buddy sees and does for their own volunteers: who is inside, who was heard from, whom to call. No answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from services.intake.domain.care_news import lead_knows
from services.intake.domain.wellbeing import LONGER, Act, State, Step, late_steps_taken, move
from services.intake.store import assignments
from services.intake.store import people as people_store
from services.intake.store import wellbeing as store
from services.intake.store.wellbeing import Feeling, Kept, Notice
from services.intake.use_cases.wellbeing import about, carers, keep
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.roles import Role
from shared.contracts.refusals import FieldError, invalid, not_found
from shared.runtime.service import Service

ANSWERS = ("in", "out", "longer", "seen")
_OVER = frozenset({State.CLOSED, State.DECLINED, State.SWAP_ASKED})


@dataclass(frozen=True, slots=True)
class Cared:
    """Somebody who is looked after. `feelings` only for their buddy; `buddy` names one when the reader is not it.

    `late`: the late steps taken so far. `notices`: what the reader was told and has not put away.
    """

    kept: Kept
    name: str
    site: str
    exercise: str
    buddy: str | None
    late: tuple[Step, ...]
    feelings: tuple[Feeling, ...]
    notices: tuple[Notice, ...]
    number: str | None


@dataclass(frozen=True, slots=True)
class WithBuddy:
    """Somebody inside whom somebody else looks after, as the leads see it: where and until when, nothing they told.

    `late`: it has come to the lead, who may open it now.
    """

    trip_id: str
    name: str
    site: str
    exercise: str
    in_at: datetime | None
    due_out: datetime | None
    buddy: str
    number: str | None
    late: bool


def inside_with_buddies(service: Service, person_id: str) -> list[WithBuddy]:
    """Who is inside, with a buddy of their own, in the exercises this person leads; who is due out first, first."""
    with service.database.reading() as tx:
        led = [exercise for exercise, member in directory.exercises_of(tx, person_id) if Role.LEAD in member.roles]
        found = [
            _with_buddy(tx, kept, exercise)
            for exercise in led
            for kept in store.inside_in(tx, exercise.id)
            if kept.buddy and kept.buddy != person_id and kept.volunteer not in (None, person_id)
        ]
    return sorted(found, key=lambda one: (not one.late, one.due_out.isoformat() if one.due_out else ""))


def _with_buddy(tx: Connection, kept: Kept, exercise: ExerciseEntry) -> WithBuddy:
    site = exercise.site(kept.site_id)
    assert kept.volunteer
    assert kept.buddy
    return WithBuddy(
        kept.id,
        people_store.name(tx, kept.volunteer) or "",
        site.name if site else "",
        exercise.title,
        kept.trip.in_at,
        kept.trip.due_out,
        people_store.name(tx, kept.buddy) or "",
        store.number_of(tx, kept.buddy),
        _come_to_the_lead(kept),
    )


def cared_for(service: Service, person_id: str) -> list[Cared]:
    """Everybody this person looks after now: those inside first, then whoever waits longest."""
    with service.database.reading() as tx:
        led = [exercise.id for exercise, member in directory.exercises_of(tx, person_id) if Role.LEAD in member.roles]
        notices = store.notices_for(tx, person_id)
        found = [
            _cared(tx, kept, person_id, notices)
            for kept in store.trips_cared_for(tx, person_id, led)
            if kept.trip.state not in _OVER and _may_know(tx, kept, person_id)
        ]
    return sorted(found, key=lambda one: (not one.late, not one.kept.trip.inside))


def _may_know(tx: Connection, kept: Kept, person_id: str) -> bool:
    exercise = directory.exercise(tx, kept.exercise_id)
    member = directory.membership(tx, person_id, kept.exercise_id)
    return bool(exercise and member and (exercise.stage != "closed" or kept.trip.inside))


def _cared(tx: Connection, kept: Kept, person_id: str, notices: list[Notice]) -> Cared:
    exercise = directory.exercise(tx, kept.exercise_id)
    site = exercise.site(kept.site_id) if exercise else None
    own = kept.buddy == person_id
    return Cared(
        kept,
        (people_store.name(tx, kept.volunteer) if kept.volunteer else None) or "",
        site.name if site else "",
        exercise.title if exercise else "",
        people_store.name(tx, kept.buddy) if kept.buddy and not own else None,
        late_steps_taken(kept.trip),
        tuple(store.feelings(tx, kept.id)) if own else (),
        tuple(notice for notice in notices if notice.trip_id == kept.id),
        store.number_of(tx, kept.buddy) if kept.buddy and not own else None,
    )


def one_cared_for(service: Service, person_id: str, trip_id: str) -> Cared:
    """One of them; also for a lead, once it has come to the lead that somebody is late. Raises Refusal 404."""
    with service.database.reading() as tx:
        kept = _looked_after(tx, person_id, trip_id)
        return _cared(tx, kept, person_id, store.notices_for(tx, person_id))


def _looked_after(tx: Connection, person_id: str, trip_id: str) -> Kept:
    kept = store.trip(tx, trip_id)
    if kept is None or kept.volunteer is None or not _may_know(tx, kept, person_id):
        raise not_found()
    if person_id in carers(tx, kept):
        return kept
    if person_id in store.leads_of(tx, kept.exercise_id) and _come_to_the_lead(kept):
        return kept
    raise not_found()


def _come_to_the_lead(kept: Kept) -> bool:
    return kept.trip.inside and lead_knows(kept.trip.told, kept.buddy is not None)


def answer_for(service: Service, person_id: str, trip_id: str, said: str) -> None:
    """Say of somebody: heard from them (`in`), they are `out`, they stay `longer`; or the news was `seen`.

    Raises Refusal: 404 for somebody this person does not look after, 409 for what cannot be now, 422 for no answer.
    """
    if said not in ANSWERS:
        raise invalid([FieldError("/said", f"must be one of: {', '.join(ANSWERS)}.")])
    now = service.clock.now()
    with service.database.transaction(about(service, trip_id)) as tx:
        kept = _looked_after(tx, person_id, trip_id)
        acts = {"in": Act.CONFIRM, "out": Act.CHECK_OUT, "longer": Act.STAY_LONGER}
        if said in acts:
            after = move(kept.trip, acts[said], now, LONGER[1])
            by = "buddy" if kept.buddy == person_id else "lead"
            keep(tx, replace(kept, trip=after), acts[said], by, now)
        store.put_away(tx, trip_id, person_id, now)


def late_in(tx: Connection, exercise_id: str) -> list[Kept]:
    """Trips of an exercise on which somebody is so late that the lead has to know."""
    return [kept for kept in store.inside_in(tx, exercise_id) if _come_to_the_lead(kept)]


def stopped_without_buddy(tx: Connection, exercise_id: str, lead: str) -> list[Notice]:
    """Stops and calls for help that came to this lead because the plan names no buddy."""
    urgent = [one for one in store.notices_for(tx, lead) if one.kind in ("stopped", "call-me")]
    kept = {one.trip_id: store.trip(tx, one.trip_id) for one in urgent}
    return [one for one in urgent if (trip := kept[one.trip_id]) is not None and trip.exercise_id == exercise_id]


def own_number(service: Service, person_id: str) -> str | None:
    """The number this person gave for those they look after."""
    with service.database.reading() as tx:
        return store.number_of(tx, person_id)


def looks_after_anybody(service: Service, person_id: str) -> bool:
    """Whether this person is a buddy or a lead anywhere, so that others may have to call them.

    A volunteer is one as soon as an assignment of an exercise of theirs names them.
    """
    with service.database.reading() as tx:
        mine = directory.exercises_of(tx, person_id)
        if any(member.roles & {Role.BUDDY, Role.LEAD} for _, member in mine):
            return True
        named = assignments.exercises_with_buddy(tx, person_id)
    return any(exercise.id in named and exercise.stage != "closed" for exercise, _ in mine)


def keep_number(service: Service, person_id: str, number: str | None) -> None:
    """Keep the number on which this person wants to be called, or take it away. Raises Refusal 404 for others."""
    if not looks_after_anybody(service, person_id):
        raise not_found()
    now = service.clock.now()
    with service.database.transaction(person_id) as tx:
        store.keep_number(tx, person_id, number, now)
