"""What somebody sees of an exercise, and of themselves: reading only, cut to their roles and the stage."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.intake.domain.closure import to_unwind
from services.intake.domain.plan import Plan, as_file
from services.intake.domain.plan_views import HOST, still_to_do, visible_plan
from services.intake.store import assignments as assignment_store
from services.intake.store import exercises as exercise_store
from services.intake.store import people as people_store
from services.intake.use_cases.directory import timestamp
from services.intake.use_cases.exercises import state_of, still_missing
from services.intake.use_cases.plan import plan_of
from shared.access import directory
from shared.access.roles import Role
from shared.access.rules import embargoed, roles_allowed
from shared.access.stages import Stage
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who may read an exercise. `roles` are those that allow it, `all_roles` all they have there."""

    person_id: str
    exercise_id: str
    roles: Collection[str]
    all_roles: Collection[str]
    representative: bool
    stage: str


def see_exercise(service: Service, viewer: Viewer) -> dict[str, Any]:
    """The plan as far as this person may see it (wire.md §2), with the stage."""
    with service.database.reading() as tx:
        seen = _exercise(tx, viewer)
    if embargoed(Stage(seen["stage"])) and "people" in seen:
        note_read(service, viewer, "the plan with its people")
    return seen


def _exercise(tx: Connection, viewer: Viewer) -> dict[str, Any]:
    exercise_id = viewer.exercise_id
    plan, state = plan_of(tx, exercise_id), state_of(tx, exercise_id)
    names = bool(roles_allowed("people.read", [Role(role) for role in viewer.all_roles], Stage(state.stage)))
    seen = visible_plan(
        plan,
        state.stage,
        roles=viewer.roles,
        person_id=viewer.person_id,
        names=names,
        opened=opened_waves(tx, exercise_id),
    )
    states = {asked.id: asked.state for asked in assignment_store.assignments_in(tx, exercise_id)}
    for assignment in seen.get("assignments", ()):
        assignment["state"] = states[assignment["id"]]
    seen["exercise"] |= {"stage": state.stage, "wave_releases": sorted(state.wave_releases)}
    seen |= {"id": exercise_id, "stage": state.stage, "version": state.version}
    if HOST & set(viewer.roles) or viewer.representative:
        waiting = dict.fromkeys(act.release for act in exercise_store.open_acts(tx, exercise_id))
        seen["releases"] = [
            {"to": release.to, "wave": release.wave, "missing": list(still_missing(tx, exercise_id, release))}
            for release in waiting
        ]
    if HOST & set(viewer.roles):
        signed = exercise_store.closure(tx, exercise_id) is not None
        seen["closure"] = {"unwind": to_unwind(plan), "signed": signed}
    return seen


def opened_waves(tx: Connection, exercise_id: str) -> frozenset[int]:
    """The waves that the partner may read of today."""
    exercise = directory.exercise(tx, exercise_id)
    return (
        frozenset(wave.number for wave in exercise.waves if exercise.opened(wave.number)) if exercise else frozenset()
    )


def note_read(service: Service, viewer: Viewer, what: str) -> None:
    """Write down a read of something under embargo (domain.md §4, hard rule 5)."""
    with service.database.transaction(()) as tx:
        at = timestamp(service.clock.now())
        exercise_store.write_read(tx, viewer.exercise_id, viewer.person_id, what, at)


def assignment_states(service: Service, exercise_id: str) -> dict[str, str]:
    """Assignment id → what the volunteer said to it."""
    with service.database.reading() as tx:
        return {asked.id: asked.state for asked in assignment_store.assignments_in(tx, exercise_id)}


def see_myself(service: Service, person_id: str) -> dict[str, Any]:
    """Person, roles, exercises and open assignments of the caller."""
    with service.database.reading() as tx:
        mine = directory.exercises_of(tx, person_id)
        return {
            "person": {"id": person_id, "name": people_store.name(tx, person_id)},
            "roles": sorted({role for _, membership in mine for role in membership.roles}),
            "exercises": [
                {
                    "id": exercise.id,
                    "title": exercise.title,
                    "stage": exercise.stage,
                    "roles": sorted(membership.roles),
                    "representative": membership.representative,
                }
                for exercise, membership in mine
                if roles_allowed("exercise.read", membership.roles, exercise.stage)
            ],
            "assignments": open_assignments(tx, person_id),
        }


def open_assignments(tx: Connection, person_id: str) -> list[dict[str, Any]]:
    """What this volunteer is still asked to do, with everything needed to do it, by wave."""
    found = []
    plans: dict[str, Plan] = {}
    for asked in assignment_store.assignments_of(tx, person_id):
        exercise = directory.exercise(tx, asked.exercise_id)
        if exercise is None or asked.state == "declined":
            continue
        if not still_to_do(exercise.stage, asked.wave, opened=exercise.opened(asked.wave)):
            continue
        site, wave = exercise.site(asked.site), exercise.wave(asked.wave)
        assert site is not None
        assert wave is not None
        if asked.exercise_id not in plans:
            plans[asked.exercise_id] = plan_of(tx, asked.exercise_id)
        scenarios = as_file(plans[asked.exercise_id])["scenarios"]
        found.append(
            {
                "id": asked.id,
                "exercise_id": asked.exercise_id,
                "site_id": asked.site,
                "site": site.name,
                "wave": asked.wave,
                "opens": wave.opens.isoformat(),
                "closes": wave.closes.isoformat(),
                "kind": asked.kind,
                "scenario": next((each for each in scenarios if each["id"] == asked.scenario), None),
                "state": asked.state,
            }
        )
    return found
