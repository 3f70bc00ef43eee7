"""What waits for somebody of the host charity, oldest first, and the exercises they look after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.intake.domain.exercise import Release
from services.intake.domain.exercise_next import next_stage
from services.intake.store import assignments as assignment_store
from services.intake.store import exercises as exercise_store
from services.intake.store import letters as letter_store
from services.intake.store import people as people_store
from services.intake.store import voice_notes
from services.intake.store.rested import received_at
from services.intake.store.words import waiting_photos, waiting_words
from services.intake.use_cases.buddies import late_in, stopped_without_buddy
from services.intake.use_cases.directory import timestamp
from services.intake.use_cases.exercises import still_missing
from shared.access import directory
from shared.access.directory import ExerciseEntry, Membership
from shared.access.roles import Role
from shared.access.rules import roles_allowed
from shared.access.volunteer_key import volunteer_key
from shared.contracts.days import day_here
from shared.contracts.refusals import not_found
from shared.runtime.service import Service

MOST = 200


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits; the kinds are those of `web.today`. `since` is RFC 3339 or a date."""

    kind: str
    exercise_id: str
    title: str
    since: str
    count: int = 1
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mine:
    """One of somebody's exercises, as far as they may know of it."""

    exercise: ExerciseEntry
    roles: frozenset[Role]
    representative: bool


@dataclass(frozen=True, slots=True)
class Today:
    """A person's first page. `name` is their own."""

    name: str
    mine: tuple[Mine, ...]
    waiting: tuple[Waits, ...]

    @property
    def roles(self) -> frozenset[Role]:
        """All roles of the person, in any exercise they may know of."""
        return frozenset(role for each in self.mine for role in each.roles)


def today(service: Service, person_id: str) -> Today:
    """What this person finds first. Raises Refusal (404) for somebody we do not know any more."""
    now = service.clock.now()
    with service.database.reading() as tx:
        name = people_store.name(tx, person_id)
        if name is None:
            raise not_found()
        found = directory.exercises_of(tx, person_id)
        mine = [
            Mine(exercise, membership.roles, membership.representative)
            for exercise, membership in found
            if roles_allowed("exercise.read", membership.roles, exercise.stage)
        ]
        waiting = [
            waits for exercise, membership in found for waits in _waiting(service, tx, exercise, membership, now)
        ]
    return Today(name, tuple(mine), tuple(sorted(waiting, key=lambda waits: waits.since)))


def _waiting(
    service: Service, tx: Connection, exercise: ExerciseEntry, membership: Membership, now: datetime
) -> Iterator[Waits]:
    if roles_allowed("care-queue.work", membership.roles, exercise.stage):
        yield from _care_queue(service, tx, exercise, membership.person_id)
    if Role.LEAD in membership.roles:
        yield from _people(tx, exercise, membership.person_id)
        yield from _answers(tx, exercise)
        yield from _letters(tx, exercise)
        yield from _may_move(exercise, now)
    yield from _releases(tx, exercise, membership)


def _care_queue(service: Service, tx: Connection, exercise: ExerciseEntry, person_id: str) -> Iterator[Waits]:
    own = volunteer_key(service.settings.identity_key, exercise.id, person_id)
    photos = waiting_photos(tx, exercise.id, own, MOST)
    if photos:
        yield Waits("photos", exercise.id, exercise.title, photos[0].finished_at or "", len(photos))
    words = waiting_words(tx, exercise.id, own, MOST)
    if words:
        yield Waits("words", exercise.id, exercise.title, received_at(tx, words[0].visit_id) or "", len(words))
    voices = voice_notes.waiting(tx, exercise.id, own, MOST)
    if voices:
        yield Waits("voices", exercise.id, exercise.title, voices[0].safe_at or "", len(voices))


def _people(tx: Connection, exercise: ExerciseEntry, lead: str) -> Iterator[Waits]:
    """Who is late coming out, and who stopped or asked for a call where the plan names no buddy. Nothing they felt."""
    for kept in late_in(tx, exercise.id):
        due = kept.trip.due_out
        yield Waits("late", exercise.id, exercise.title, timestamp(due) if due else "", words=kept.id)
    calls = stopped_without_buddy(tx, exercise.id, lead)
    if calls:
        yield Waits("stopped", exercise.id, exercise.title, calls[-1].at, len(calls))


def _answers(tx: Connection, exercise: ExerciseEntry) -> Iterator[Waits]:
    for state, kind in (("swap-asked", "swap"), ("declined", "declined")):
        said = [asked for asked in assignment_store.assignments_in(tx, exercise.id) if asked.state == state]
        if said:
            since = min(asked.state_at or "" for asked in said)
            yield Waits(kind, exercise.id, exercise.title, since, len(said))


def _letters(tx: Connection, exercise: ExerciseEntry) -> Iterator[Waits]:
    """Letters to people of this exercise that could not be sent."""
    failed = letter_store.failed_in(tx, [exercise.id], MOST)
    if failed:
        yield Waits("letters", exercise.id, exercise.title, timestamp(failed[-1].made), len(failed))


def _may_move(exercise: ExerciseEntry, now: datetime) -> Iterator[Waits]:
    following = next_stage(exercise.stage)
    if following is None or following.two_keys or not exercise.waves:
        return
    first = exercise.waves[0]
    today_ = day_here(now)
    if exercise.stage == "plan" and first.opens <= today_:
        since, words = first.opens.isoformat(), "The first round has opened."
    elif exercise.stage == "fieldwork" and first.closes < today_:
        since, words = first.closes.isoformat(), "The first round is over."
    else:
        return
    yield Waits("may-move", exercise.id, exercise.title, since, words=words)


def _releases(tx: Connection, exercise: ExerciseEntry, membership: Membership) -> Iterator[Waits]:
    """A release that waits for this person's key: they hold the missing one and have not acted."""
    acts = exercise_store.open_acts(tx, exercise.id)
    releases: dict[Release, str] = {}
    for act in acts:
        releases.setdefault(act.release, act.given_at)
    for release, since in releases.items():
        missing = still_missing(tx, exercise.id, release)
        acted = any(act.person_id == membership.person_id for act in acts if act.release == release)
        holds = ("lead" in missing and Role.LEAD in membership.roles) or (
            "representative" in missing and membership.representative
        )
        if holds and not acted:
            yield Waits("release", exercise.id, exercise.title, since, words=release.to)
