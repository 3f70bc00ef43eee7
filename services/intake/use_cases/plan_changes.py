"""Changing a plan piece by piece, as the lead's pages do: each change is the whole plan again, with the same rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from services.intake.domain.plan import Plan, as_file
from services.intake.forms.plan import read_plan
from services.intake.store import people as people_store
from services.intake.store import plan as plan_store
from services.intake.use_cases.exercises import state_of
from services.intake.use_cases.plan import Imported, plan_of, refusal_of, write_plan
from shared.access import directory
from shared.access.roles import Role
from shared.contracts.refusals import conflict, not_found
from shared.runtime.service import Service

PlanFile = dict[str, Any]


def change_plan(
    service: Service, person_id: str, exercise_id: str, seen_version: int, edit: Callable[[PlanFile], PlanFile]
) -> Imported:
    """Apply `edit`, by somebody who leads this exercise, to its plan file and keep the result.

    Raises Refusal: 409 when somebody changed the exercise since `seen_version`, else like `import_as`.
    """
    with service.database.transaction() as tx:
        plan, state = plan_of(tx, exercise_id), state_of(tx, exercise_id)
        if state.version != seen_version:
            raise conflict("changed-meanwhile", "Somebody changed this exercise while you had the page open.")
        changed, faults = read_plan(edit(as_file(plan)))
        if changed is None:
            raise refusal_of(faults)
        return _written(service, tx, person_id, changed)


def import_as(service: Service, person_id: str, file: Any) -> Imported:
    """Import a plan file as a lead: a new exercise, or one that this person leads.

    Raises Refusal: 404 for somebody who leads nothing or not this exercise; 422 also for people of exercises that they
    do not lead, whom they may neither bring in nor rename; else like `import_plan`.
    """
    if not may_begin(service, person_id):
        raise not_found()
    # Before the transaction: while a big file is read, visits of others are taken in.
    plan, faults = read_plan(file)
    if plan is None:
        raise refusal_of(faults)
    with service.database.transaction() as tx:
        known = plan_store.load_plan(tx, plan.exercise.id) is not None
        membership = directory.membership(tx, person_id, plan.exercise.id)
        if known and (membership is None or Role.LEAD not in membership.roles):
            raise not_found()
        return _written(service, tx, person_id, plan)


def _written(service: Service, tx: Connection, person_id: str, plan: Plan) -> Imported:
    key = service.settings.identity_key
    return write_plan(tx, plan, now=service.clock.now(), identity_key=key, planner_id=person_id)


def may_begin(service: Service, person_id: str) -> bool:
    """Whether this person may plan a new exercise: they lead one already."""
    with service.database.reading() as tx:
        return any(Role.LEAD in membership.roles for _, membership in directory.exercises_of(tx, person_id))


def begin_exercise(service: Service, person_id: str, first: PlanFile) -> Imported:
    """Begin a new exercise with its first site and wave; whoever begins it leads it. Raises Refusal.

    `first` is a plan file without people.
    """
    with service.database.reading() as tx:
        name = people_store.name(tx, person_id)
    lead = {"id": person_id, "name": name or "", "roles": ["lead"], "representative": False}
    return import_as(service, person_id, {**first, "people": [lead], "scenarios": [], "assignments": []})


def known_partners(service: Service, person_id: str) -> list[dict[str, str]]:
    """Partners of the exercises this person leads, to choose from."""
    with service.database.reading() as tx:
        found = directory.exercises_of(tx, person_id)
    return list(
        {
            entry.partner["id"]: dict(entry.partner) for entry, membership in found if Role.LEAD in membership.roles
        }.values()
    )


def plan_and_version(service: Service, exercise_id: str) -> tuple[Plan, int]:
    """The plan with the version a page was drawn from. Raises Refusal (404)."""
    with service.database.reading() as tx:
        return plan_of(tx, exercise_id), state_of(tx, exercise_id).version


def with_entry(file: PlanFile, section: str, entry: dict[str, Any]) -> PlanFile:
    """The plan file with this entry put in the place of the one with the same id, or at the end."""
    entries = list(file[section])
    places = [place for place, each in enumerate(entries) if each["id"] == entry["id"]]
    if places:
        entries[places[0]] = entry
    else:
        entries.append(entry)
    return {**file, section: entries}


def without_entry(file: PlanFile, section: str, entry_id: str) -> PlanFile:
    """The plan file without this entry."""
    return {**file, section: [each for each in file[section] if each["id"] != entry_id]}
