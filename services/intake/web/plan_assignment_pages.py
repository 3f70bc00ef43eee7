"""Who goes where: the grid of volunteers and sites, with what is worth a second look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.domain.plan import Assignment, Plan
from services.intake.domain.plan_conflicts import conflicts, gaps
from services.intake.use_cases.directory import new_id
from services.intake.use_cases.plan_changes import PlanFile, plan_and_version, with_entry, without_entry
from services.intake.use_cases.seen import assignment_states
from services.intake.web.api import service
from services.intake.web.page_forms import chosen
from services.intake.web.plan_editing import beside, dropped, faults_of, save, saved
from shared.contracts.refusals import Refusal, not_found
from shared.web.gate import requires

blueprint = Blueprint("plan_assignments", __name__, url_prefix="/exercises/<uuid:exercise_id>/plan/assignments")
_HERE = "plan_assignments.grid"


@blueprint.get("")
@requires("exercise.plan")
def grid(exercise_id: UUID) -> ResponseReturnValue:
    """Volunteers by sites, one table a wave."""
    return _grid_page(exercise_id)


@blueprint.post("")
@requires("exercise.plan")
def add(exercise_id: UUID) -> ResponseReturnValue:
    """Ask somebody to go somewhere."""
    wave = request.form.get("wave", "")
    given = dropped(
        {
            "id": new_id(),
            "volunteer": chosen("volunteer") or "",
            "site": chosen("site") or "",
            "wave": int(wave) if wave.isascii() and wave.isdigit() and len(wave) < 3 else 0,
            "kind": chosen("kind") or "",
            "scenario": chosen("scenario") if chosen("kind") == "mystery-shop" else None,
            "buddy": chosen("buddy"),
        }
    )
    refused = save(exercise_id, lambda file: with_entry(file, "assignments", given))
    return (_grid_page(exercise_id, refused), 422) if refused else saved(exercise_id, _HERE)


@blueprint.post("/<uuid:assignment_id>/remove")
@requires("exercise.plan")
def remove(exercise_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Take an assignment out again."""
    refused = save(exercise_id, lambda file: without_entry(file, "assignments", str(assignment_id)))
    return (_grid_page(exercise_id, refused), 422) if refused else saved(exercise_id, _HERE)


@blueprint.post("/<uuid:assignment_id>/buddy")
@requires("exercise.plan")
def name_buddy(exercise_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Name the buddy of an assignment, another one, or none. What the volunteer said to it stays as it is."""
    buddy = chosen("buddy")

    def edit(file: PlanFile) -> PlanFile:
        kept = next((each for each in file["assignments"] if each["id"] == str(assignment_id)), None)
        if kept is None:
            raise not_found()
        return with_entry(file, "assignments", dropped({**kept, "buddy": buddy}))

    refused = save(exercise_id, edit)
    return (_grid_page(exercise_id, refused), 422) if refused else saved(exercise_id, _HERE)


def _grid_page(exercise_id: UUID, refused: Refusal | None = None) -> str:
    plan, version = plan_and_version(service(), str(exercise_id))
    states = assignment_states(service(), str(exercise_id))
    faults = faults_of(refused, "assignments")
    return render_template(
        "intake/plan_assignments.html",
        plan=plan,
        version=version,
        exercise_id=str(exercise_id),
        tables=[_table(plan, wave.number, states) for wave in plan.exercise.waves],
        conflicts=conflicts(plan, states),
        gaps=gaps(plan, states),
        values=request.form if refused else {},
        errors=faults,
        beside=beside(faults),
    )


def _table(plan: Plan, wave: int, states: dict[str, str]) -> dict[str, Any]:
    """One wave: a row for each volunteer, a cell for each site."""

    def cell(person_id: str, site_id: str) -> list[tuple[Assignment, str]]:
        return [
            (each, states.get(each.id, "offered"))
            for each in plan.assignments
            if (each.volunteer, each.site, each.wave) == (person_id, site_id, wave)
        ]

    volunteers = [person for person in plan.people if "volunteer" in person.roles]
    rows = [{"person": person, "cells": [cell(person.id, site.id) for site in plan.sites]} for person in volunteers]
    return {"wave": wave, "rows": rows}
