"""The plan on one page, and its first pieces: what the exercise is, and its waves. Each piece saves by itself."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.plan import PARTNER_KINDS, Plan, as_file
from services.intake.domain.plan_conflicts import conflicts, gaps
from services.intake.use_cases.people import links_of_plan
from services.intake.use_cases.plan_changes import PlanFile, plan_and_version
from services.intake.use_cases.plan_missing import missing_in
from services.intake.use_cases.seen import assignment_states, note_read
from services.intake.web.api import service, viewer
from services.intake.web.page_forms import chosen
from services.intake.web.plan_editing import beside, faults_of, save, saved
from shared.access.rules import embargoed
from shared.access.stages import Stage
from shared.contracts.refusals import Refusal
from shared.web.gate import current_person, requires

blueprint = Blueprint("plan_pages", __name__, url_prefix="/exercises/<uuid:exercise_id>/plan")

KINDS = {"jobcentre": "Jobcentre", "housing": "Housing office", "health": "Health service", "other": "Another service"}
assert set(KINDS) == set(PARTNER_KINDS)


@blueprint.get("")
@requires("exercise.plan")
def overview(exercise_id: UUID) -> ResponseReturnValue:
    """Everything in the plan, each piece with its way to change it."""
    plan, version = plan_and_version(service(), str(exercise_id))
    states = assignment_states(service(), str(exercise_id))
    seen_by = viewer()
    if embargoed(Stage(seen_by.stage)):
        note_read(service(), seen_by, "the plan with its people")
    return render_template(
        "intake/plan.html",
        plan=plan,
        version=version,
        exercise_id=str(exercise_id),
        kinds=KINDS,
        conflicts=conflicts(plan, states),
        stage=seen_by.stage,
        missing=still_missing(exercise_id),
        me=current_person().id,
        links=links_of_plan(service(), str(exercise_id)),
        later=[] if seen_by.stage == Stage.CLOSED else gaps(plan, states, first=False),
    )


def still_missing(exercise_id: UUID) -> list[dict[str, str]]:
    """What the plan lacks, each with the page where it is put right."""
    overview_ = url_for("plan_pages.overview", exercise_id=exercise_id)
    places = {
        "my-number": url_for("buddy.number"),
        "assignments": url_for("plan_assignments.grid", exercise_id=exercise_id),
    }
    return [
        {
            "text": each.words,
            "href": places.get(each.section)
            or (f"{overview_}/{each.section}/{each.entry}" if each.entry else f"{overview_}#{each.section}"),
        }
        for each in missing_in(service(), str(exercise_id))
    ]


@blueprint.get("/about")
@requires("exercise.plan")
def about(exercise_id: UUID) -> ResponseReturnValue:
    """Title, partner, and whether staff are told."""
    return _about_page(exercise_id)


@blueprint.post("/about")
@requires("exercise.plan")
def save_about(exercise_id: UUID) -> ResponseReturnValue:
    """Keep title, partner and mode."""

    def edit(file: PlanFile) -> PlanFile:
        partner = {**file["partner"], "name": chosen("name") or "", "kind": chosen("kind") or ""}
        exercise = {**file["exercise"], "title": chosen("title") or "", "mode": chosen("mode") or ""}
        exercise.pop("sponsor_decision", None)
        return {**file, "partner": partner, "exercise": exercise | decision_fields()}

    refused = save(exercise_id, edit)
    return (_about_page(exercise_id, refused), 422) if refused else saved(exercise_id)


def decision_fields() -> dict[str, Any]:
    """The sponsor's decision from the form; nothing when neither its date nor its reason was filled in."""
    on, reason = chosen("on"), chosen("reason")
    if on is None and reason is None:
        return {}
    return {"sponsor_decision": {"on": on or "", "reason": reason or ""}}


def _about_page(exercise_id: UUID, refused: Refusal | None = None) -> str:
    plan, version = plan_and_version(service(), str(exercise_id))
    decision = plan.exercise.sponsor_decision
    values = {
        "title": plan.exercise.title,
        "name": plan.partner.name,
        "kind": plan.partner.kind,
        "mode": plan.exercise.mode,
        "on": decision.on if decision else "",
        "reason": decision.reason if decision else "",
    }
    faults = faults_of(refused)
    return render_template(
        "intake/plan_about.html",
        plan=plan,
        version=version,
        exercise_id=str(exercise_id),
        values=values | request.form.to_dict() if refused else values,
        kinds=KINDS,
        errors=faults,
        beside=beside(faults),
    )


@blueprint.get("/waves")
@requires("exercise.plan")
def waves(exercise_id: UUID) -> ResponseReturnValue:
    """The windows of visits."""
    return _waves_page(exercise_id)


@blueprint.post("/waves")
@requires("exercise.plan")
def save_waves(exercise_id: UUID) -> ResponseReturnValue:
    """Keep the waves; one with both days empty is left out."""
    given = _waves_given()
    plan, _ = plan_and_version(service(), str(exercise_id))
    filled = [
        {"number": number, "opens": opens, "closes": closes}
        for number, (opens, closes) in zip(_numbers(plan, len(given)), given, strict=True)
        if (opens, closes) != ("", "")
    ]
    refused = save(exercise_id, lambda file: {**file, "exercise": {**file["exercise"], "waves": filled}})
    return (_waves_page(exercise_id, refused, given), 422) if refused else saved(exercise_id)


def _numbers(plan: Plan, rows: int) -> list[int]:
    """The numbers of so many rows of the page: each wave keeps its own, and new ones go on from the last."""
    kept = [wave.number for wave in plan.exercise.waves]
    last = max(kept, default=0)
    return [*kept, *range(last + 1, last + 1 + rows)][:rows]


def _waves_given() -> list[tuple[str, str]]:
    opens, closes = request.form.getlist("opens"), request.form.getlist("closes")
    return [(first.strip(), last.strip()) for first, last in zip(opens, closes, strict=False)][:99]


def _waves_page(exercise_id: UUID, refused: Refusal | None = None, given: list[tuple[str, str]] | None = None) -> str:
    plan, version = plan_and_version(service(), str(exercise_id))
    kept = [(wave["opens"], wave["closes"]) for wave in as_file(plan)["exercise"]["waves"]]
    rows = given if given is not None else [*kept, ("", "")]
    faults = [{**fault, "name": _day_of(fault["name"], rows)} for fault in faults_of(refused)]
    return render_template(
        "intake/plan_waves.html",
        plan=plan,
        version=version,
        exercise_id=str(exercise_id),
        rows=rows,
        numbers=_numbers(plan, len(rows)),
        errors=faults,
        beside=beside(faults),
    )


def _day_of(name: str, rows: list[tuple[str, str]]) -> str:
    """The field of the page that a fault of the plan means: rows with both days empty are not waves of the plan."""
    match = re.fullmatch(r"waves-(\d+)-(opens|closes)", name)
    filled = [place for place, row in enumerate(rows, 1) if row != ("", "")]
    return f"{match[2]}-{filled[int(match[1])]}" if match and int(match[1]) < len(filled) else ""
