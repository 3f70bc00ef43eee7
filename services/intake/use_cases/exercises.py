"""Moving an exercise through its stages, lifting an embargo with two keys, and closing it formally."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from services.intake.domain.closure import closure_faults, to_unwind
from services.intake.domain.exercise import (
    Act,
    Release,
    State,
    check_move,
    check_release,
    missing_keys,
    opens,
)
from services.intake.store import exercises as store
from services.intake.store.exercises import Closure, Move
from services.intake.use_cases import letters
from services.intake.use_cases.announcing import announce_what_waits
from services.intake.use_cases.directory import tell_exercise, timestamp
from services.intake.use_cases.plan import plan_of
from shared.access import directory
from shared.access.roles import Role
from shared.contracts.refusals import conflict, forbidden, invalid, not_found
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Released:
    """How a release stands after an act. `missing` names the keys that still have to act; empty: it is done."""

    exercise_id: str
    release: Release
    stage: str
    missing: tuple[str, ...]


def move_exercise(service: Service, exercise_id: str, person_id: str, to: str, reason: str | None) -> State:
    """Move an exercise as its lead: to the next stage, or back by one with a reason (wire.md §2). Raises Refusal."""
    now = service.clock.now()
    with service.database.transaction() as tx:
        state = state_of(tx, exercise_id)
        signed = store.closure(tx, exercise_id) is not None
        check_move(state.stage, to, reason, closure_signed=signed)
        return _move(tx, state, to, person_id, reason, now)


def _move(tx: Connection, state: State, to: str, person_id: str, reason: str | None, now: datetime) -> State:
    store.add_move(tx, state.id, Move(state.stage, to, None, person_id, reason, timestamp(now)))
    # An act asked for under other circumstances must not lift an embargo later on.
    for act in store.open_acts(tx, state.id):
        store.take_back_act(tx, act.number, timestamp(now))
    moved = tell_exercise(tx, replace(state, stage=to, shared_before=state.shared_before or to == "shared"), now)
    letters.tell_of_stage(tx, state.stage, moved, now)
    return moved


def state_of(tx: Connection, exercise_id: str) -> State:
    """Where the exercise stands. Raises Refusal (404)."""
    state = store.state(tx, exercise_id)
    if state is None:
        raise not_found()
    return state


def give_key(service: Service, exercise_id: str, person_id: str, release: Release) -> Released:
    """Record one person's act for a release; the second key, by somebody else, opens it (domain.md §4, rule 2).

    The same act again changes nothing. Raises Refusal: 403 for somebody who holds no key, 409 when it is not the
    time, 422 for a wave that is none.
    """
    now = service.clock.now()
    with service.database.transaction() as tx:
        state = state_of(tx, exercise_id)
        if not _keys(tx, exercise_id, person_id):
            raise forbidden("Only a lead or a volunteers' representative can do this.", "no-key")
        if _already_done(tx, state, release, person_id):
            return Released(exercise_id, release, state.stage, ())
        waves = [wave.number for wave in plan_of(tx, exercise_id).exercise.waves]
        check_release(release, state.stage, waves=waves, released=state.wave_releases)
        if person_id not in {act.person_id for act in store.open_acts(tx, exercise_id, release)}:
            store.add_act(tx, exercise_id, release, person_id, timestamp(now))
        missing = still_missing(tx, exercise_id, release)
        if not missing:
            state = _open(tx, state, release, person_id, now)
        return Released(exercise_id, release, state.stage, missing)


def _already_done(tx: Connection, state: State, release: Release, person_id: str) -> bool:
    """Whether this is one of the two people sending their act again after it has worked."""
    there = state.stage == release.to if release.wave is None else release.wave in state.wave_releases
    return there and store.completed_by(tx, state.id, release, person_id)


def _open(tx: Connection, state: State, release: Release, person_id: str, now: datetime) -> State:
    acts = store.open_acts(tx, state.id, release)
    store.complete_acts(tx, [act.number for act in acts], timestamp(now))
    # A visit waits for its files at most until now: one that came into an open round later would stand out in it.
    announce_what_waits(tx, state.id, opens(release, state.wave_releases), now)
    if release.wave is None:
        return _move(tx, state, release.to, person_id, None, now)
    store.add_move(tx, state.id, Move(state.stage, "shared", release.wave, person_id, None, timestamp(now)))
    released = tell_exercise(tx, replace(state, wave_releases=(*state.wave_releases, release.wave)), now)
    letters.tell_of_wave(tx, released, release.wave, now)
    return released


def still_missing(tx: Connection, exercise_id: str, release: Release) -> tuple[str, ...]:
    """Which keys still have to act. A key counts only while its holder still has that role."""
    acts = store.open_acts(tx, exercise_id, release)
    return missing_keys(Act(act.person_id, _keys(tx, exercise_id, act.person_id)) for act in acts)


def _keys(tx: Connection, exercise_id: str, person_id: str) -> frozenset[str]:
    membership = directory.membership(tx, person_id, exercise_id)
    held = set()
    if membership is not None and Role.LEAD in membership.roles:
        held.add("lead")
    if membership is not None and membership.representative and Role.VOLUNTEER in membership.roles:
        held.add("representative")
    return frozenset(held)


def take_key_back(service: Service, exercise_id: str, person_id: str, release: Release) -> Released:
    """Take one's own act back while the other is missing.

    Raises Refusal: 409 when the release has happened, 404 when there is no act of one's own.
    """
    now = service.clock.now()
    with service.database.transaction() as tx:
        state = state_of(tx, exercise_id)
        own = [act for act in store.open_acts(tx, exercise_id, release) if act.person_id == person_id]
        if not own and store.completed_by(tx, exercise_id, release, person_id):
            raise conflict("already-released", "Both have acted, so this cannot be taken back any more.")
        if not own:
            raise not_found()
        for act in own:
            store.take_back_act(tx, act.number, timestamp(now))
        return Released(exercise_id, release, state.stage, still_missing(tx, exercise_id, release))


def sign_closure(service: Service, exercise_id: str, person_id: str, ticked: list[str], statement: str) -> Closure:
    """Sign the formal closure: every record of the unwind list ticked, and a statement (domain.md §4).

    Raises Refusal: 422 naming what is not ticked; 409 before the exercise is in action, or when it is closed.
    """
    now = service.clock.now()
    with service.database.transaction() as tx:
        state = state_of(tx, exercise_id)
        if state.stage != "action":
            raise conflict(
                "not-in-action",
                f"The closure is signed while the exercise is in action; it is in {state.stage}.",
                stage=state.stage,
            )
        faults = closure_faults(to_unwind(plan_of(tx, exercise_id)), ticked, statement)
        if faults:
            raise invalid(faults, "closure-incomplete", "The closure is not complete yet.")
        signed = Closure(person_id, tuple(ticked), statement, timestamp(now))
        store.sign_closure(tx, exercise_id, signed)
        return signed
