"""Trips there and back, with what was prepared, the feelings log, the steps, and who was told what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update

from services.intake.domain.wellbeing import State, Trip, feelings_until, next_look, times_until
from services.intake.store.tables import assignments, memberships
from services.intake.store.wellbeing_tables import (
    care_erasures,
    care_notices,
    care_numbers,
    trip_feelings,
    trip_steps,
    trips,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A trip with whose it is. `buddy`: as the plan has it now. `prepared`: what the volunteer told for that day."""

    id: str
    exercise_id: str
    site_id: str
    assignment_id: str | None
    volunteer: str | None
    buddy: str | None
    trip: Trip
    prepared: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feeling:
    """One entry of the feelings log. `point`: check-in, debrief or second-debrief."""

    point: str
    face: int | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """That somebody was told something. `at` is RFC 3339."""

    number: int
    trip_id: str
    person_id: str
    kind: str
    at: str


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="microseconds")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


_TRIPS = select(trips, assignments.c.buddy_id).outerjoin(assignments, assignments.c.id == trips.c.assignment_id)
_INSIDE = (trips.c.in_at.is_not(None), trips.c.out_at.is_(None), trips.c.state != State.CLOSED)


def _kept(row: Row[Any]) -> Kept:
    trip = Trip(
        state=State(row.state),
        before=State(row.before) if row.before else None,
        in_at=_moment(row.in_at),
        due_out=_moment(row.due_out),
        out_at=_moment(row.out_at),
        stopped_at=_moment(row.stopped_at),
        debriefed_at=_moment(row.debriefed_at),
        told=row.told,
        stop_told_at=_moment(row.stop_told_at),
        out_told_at=_moment(row.out_told_at),
    )
    return Kept(
        row.id,
        row.exercise_id,
        row.site_id,
        row.assignment_id,
        row.volunteer_id,
        row.buddy_id,
        trip,
        row.prepared or {},
    )


def _all(tx: Connection, query: Select[Any]) -> list[Kept]:
    return [_kept(row) for row in tx.execute(query)]


def trip(tx: Connection, trip_id: str) -> Kept | None:
    """The trip of that id, or None."""
    return next(iter(_all(tx, _TRIPS.where(trips.c.id == trip_id))), None)


def latest(tx: Connection, assignment_id: str) -> Kept | None:
    """The last trip that was begun under this assignment, or None."""
    query = _TRIPS.where(trips.c.assignment_id == assignment_id).order_by(trips.c.made_at.desc()).limit(1)
    return next(iter(_all(tx, query)), None)


def trips_of(tx: Connection, volunteer: str) -> list[Kept]:
    """All trips of this volunteer, the newest first."""
    return _all(tx, _TRIPS.where(trips.c.volunteer_id == volunteer).order_by(trips.c.made_at.desc()))


def gone_under(tx: Connection, assignment_ids: Iterable[str]) -> frozenset[str]:
    """Those of these assignments under which somebody has gone in, so that their buddy was told how they felt."""
    gone = or_(trips.c.in_at.is_not(None), trips.c.state.in_([State.CHECKED_OUT, State.DEBRIEFED, State.CLOSED]))
    query = select(trips.c.assignment_id).where(trips.c.assignment_id.in_(list(assignment_ids)), gone)
    return frozenset(tx.execute(query).scalars())


def trips_cared_for(tx: Connection, buddy: str, led: list[str]) -> list[Kept]:
    """Trips whose buddy this is, and those without a buddy in the exercises this person leads; the oldest first."""
    mine = or_(assignments.c.buddy_id == buddy, (assignments.c.buddy_id.is_(None)) & (trips.c.exercise_id.in_(led)))
    return _all(tx, _TRIPS.where(trips.c.volunteer_id.is_not(None), mine).order_by(trips.c.made_at))


def inside_in(tx: Connection, exercise_id: str) -> list[Kept]:
    """Trips of an exercise from which nobody has come out yet."""
    return _all(tx, _TRIPS.where(trips.c.exercise_id == exercise_id, *_INSIDE))


def to_look_at(tx: Connection, now: datetime, most: int) -> list[Kept]:
    """Trips on which somebody is late and a step is due, the longest waiting first."""
    query = _TRIPS.where(trips.c.look_at <= _text(now)).order_by(trips.c.look_at).limit(most)
    return _all(tx, query)


def looks_due(tx: Connection, now: datetime) -> int:
    """How many those are."""
    query = select(func.count()).select_from(trips).where(trips.c.look_at <= _text(now))
    return int(tx.execute(query).scalar_one())


def save(tx: Connection, kept: Kept, now: datetime, wave_closes: datetime) -> None:
    """Keep the trip as it is now, and until when each part of it may be kept."""
    trip = kept.trip
    values = {
        "state": trip.state.value,
        "before": trip.before.value if trip.before else None,
        "in_at": _text(trip.in_at),
        "due_out": _text(trip.due_out),
        "out_at": _text(trip.out_at),
        "stopped_at": _text(trip.stopped_at),
        "debriefed_at": _text(trip.debriefed_at),
        "told": trip.told,
        "stop_told_at": _text(trip.stop_told_at),
        "out_told_at": _text(trip.out_told_at),
        "look_at": _text(next_look(trip)),
        "prepared": kept.prepared or None,
        "times_until": _text(times_until(trip, now, wave_closes)),
        "feelings_until": _text(feelings_until(trip, now)),
    }
    if tx.execute(update(trips).where(trips.c.id == kept.id).values(values)).rowcount == 0:
        own = {"exercise_id": kept.exercise_id, "site_id": kept.site_id, "assignment_id": kept.assignment_id}
        tx.execute(insert(trips).values(id=kept.id, volunteer_id=kept.volunteer, made_at=_text(now), **own, **values))


def leads_of(tx: Connection, exercise_id: str) -> list[str]:
    """The leads of an exercise, in the order of its plan."""
    query = select(memberships).where(memberships.c.exercise_id == exercise_id).order_by(memberships.c.place)
    return [row.person_id for row in tx.execute(query) if "lead" in row.roles]


def add_step(tx: Connection, trip_id: str, act: str, by: str, at: datetime, told_at: datetime | None = None) -> None:
    """Write down that something happened on a trip, and when we heard of it, where that was later.

    `by`: volunteer, buddy, lead or clock.
    """
    later = _text(told_at) if told_at != at else None
    tx.execute(insert(trip_steps).values(trip_id=trip_id, act=act, by=by, at=_text(at), told_at=later))


def add_feeling(tx: Connection, trip_id: str, feeling: Feeling) -> None:
    """Write down how somebody felt."""
    values = {"point": feeling.point, "face": feeling.face, "words": feeling.words}
    tx.execute(insert(trip_feelings).values(trip_id=trip_id, **values))


def feelings(tx: Connection, trip_id: str) -> list[Feeling]:
    """The feelings log of a trip, in order. Only for its volunteer and their buddy."""
    query = select(trip_feelings).where(trip_feelings.c.trip_id == trip_id).order_by(trip_feelings.c.number)
    return [Feeling(row.point, row.face, row.words) for row in tx.execute(query)]


def add_notice(tx: Connection, trip_id: str, person_id: str, kind: str, at: datetime) -> None:
    """Tell somebody."""
    tx.execute(insert(care_notices).values(trip_id=trip_id, person_id=person_id, kind=kind, at=_text(at)))


def notices_for(tx: Connection, person_id: str) -> list[Notice]:
    """What this person was told and has not put away yet, the newest first."""
    query = select(care_notices).where(care_notices.c.person_id == person_id, care_notices.c.seen_at.is_(None))
    return [
        Notice(row.number, row.trip_id, row.person_id, row.kind, row.at)
        for row in tx.execute(query.order_by(care_notices.c.number.desc()).limit(200))
    ]


def put_away(tx: Connection, trip_id: str, person_id: str, at: datetime) -> None:
    """This person has seen everything they were told about this trip."""
    of = (care_notices.c.trip_id == trip_id, care_notices.c.person_id == person_id, care_notices.c.seen_at.is_(None))
    tx.execute(update(care_notices).where(*of).values(seen_at=_text(at)))


def number_of(tx: Connection, person_id: str) -> str | None:
    """The number on which this person wants to be called by those they look after."""
    return tx.execute(select(care_numbers.c.number).where(care_numbers.c.person_id == person_id)).scalar()


def with_number(tx: Connection, person_ids: Iterable[str]) -> frozenset[str]:
    """Those of these people who gave one. It does not say which."""
    query = select(care_numbers.c.person_id).where(care_numbers.c.person_id.in_(list(person_ids)))
    return frozenset(tx.execute(query).scalars())


def keep_number(tx: Connection, person_id: str, number: str | None, at: datetime) -> None:
    """Keep that number; None takes it away."""
    tx.execute(delete(care_numbers).where(care_numbers.c.person_id == person_id))
    if number:
        tx.execute(insert(care_numbers).values(person_id=person_id, number=number, at=_text(at)))


def due_for_erasure(tx: Connection, what: str, now: datetime, most: int) -> list[Kept]:
    """Trips whose times, or whose feelings log, have been kept long enough. `what`: times or feelings."""
    until = trips.c.times_until if what == "times" else trips.c.feelings_until
    return _all(tx, _TRIPS.where(until <= _text(now)).order_by(until).limit(most))


def erasures_due(tx: Connection, now: datetime) -> int:
    """1 while something is due, else 0."""
    due = or_(trips.c.times_until <= _text(now), trips.c.feelings_until <= _text(now))
    return int(tx.execute(select(trips.c.id).where(due).limit(1)).first() is not None)


def erase_times(tx: Connection, kept: Kept, at: datetime) -> None:
    """The hours of a trip go, and what was prepared for it, which closes it. That they went is written down."""
    trip_id = kept.id
    nothing = dict.fromkeys(
        (
            "before",
            "in_at",
            "due_out",
            "out_at",
            "out_told_at",
            "stopped_at",
            "stop_told_at",
            "debriefed_at",
            "look_at",
            "prepared",
            "times_until",
        )
    )
    tx.execute(update(trips).where(trips.c.id == trip_id).values(state=State.CLOSED.value, told=0, **nothing))
    tx.execute(update(trip_steps).where(trip_steps.c.trip_id == trip_id).values(at=None, told_at=None))
    tx.execute(delete(care_notices).where(care_notices.c.trip_id == trip_id))
    tx.execute(insert(care_erasures).values(trip_id=trip_id, what="times", at=_text(at)))
    if feelings_until(kept.trip, at) is None:  # they never went: nothing more needs the person
        tx.execute(update(trips).where(trips.c.id == trip_id).values(assignment_id=None, volunteer_id=None))


def erase_feelings(tx: Connection, trip_id: str, at: datetime) -> None:
    """The feelings log goes, and with it whose trip it was. That they went is written down."""
    tx.execute(delete(trip_feelings).where(trip_feelings.c.trip_id == trip_id))
    nobody = {"assignment_id": None, "volunteer_id": None, "feelings_until": None}
    tx.execute(update(trips).where(trips.c.id == trip_id).values(nobody))
    tx.execute(insert(care_erasures).values(trip_id=trip_id, what="feelings", at=_text(at)))
