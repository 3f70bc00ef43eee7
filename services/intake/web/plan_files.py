"""The plan as a file, out and in, and the beginning of a new exercise."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.plan import ZONES
from services.intake.domain.plan_rules import line_of_thought
from services.intake.use_cases.directory import new_id
from services.intake.use_cases.plan import export_plan, value_of
from services.intake.use_cases.plan_changes import begin_exercise, import_as, known_partners, may_begin
from services.intake.web.api import service
from services.intake.web.page_forms import chosen
from services.intake.web.plan_editing import beside, on_page
from services.intake.web.plan_pages import KINDS, decision_fields
from shared.contracts.refusals import FieldError, Refusal, invalid, not_found
from shared.web.gate import current_person, requires, signed_in

blueprint = Blueprint("plan_files", __name__)
LARGEST = 2_000_000


@blueprint.get("/exercises/<uuid:exercise_id>/plan/file")
@requires("exercise.plan")
def export(exercise_id: UUID) -> Response:
    """The plan file of this exercise, with everybody's names: for the lead only."""
    text = json.dumps(export_plan(service(), str(exercise_id)), ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": f'attachment; filename="plan-{exercise_id}.json"'}
    return Response(text, mimetype="application/json", headers=headers)


@blueprint.get("/exercises/new")
@signed_in
def new() -> ResponseReturnValue:
    """Begin a new exercise, or bring one in as a file."""
    _must_lead()
    return _page()


@blueprint.post("/exercises/new")
@signed_in
def begin() -> ResponseReturnValue:
    """Make the exercise with its first site and wave."""
    _must_lead()
    try:
        begun = begin_exercise(service(), current_person().id, _first())
    except Refusal as refused:
        if not refused.errors:
            raise
        return _page(_faults(refused), request.form.to_dict()), 422
    flash("The exercise is begun. Add people, scenarios and assignments now.")
    return redirect(url_for("plan_pages.overview", exercise_id=begun.exercise_id), 303)


@blueprint.post("/exercises/import")
@signed_in
def bring_in() -> ResponseReturnValue:
    """Take a plan file in: a new exercise, or a change of one's own."""
    _must_lead()
    try:
        done = import_as(service(), current_person().id, _uploaded())
    except Refusal as refused:
        if not refused.errors:
            raise
        return _page(file_faults=[_sentence(fault) for fault in refused.errors]), refused.status
    said = {"created": "The plan is in.", "updated": "The plan is changed.", "unchanged": "Nothing was different."}
    flash(said[done.change])
    return redirect(url_for("plan_pages.overview", exercise_id=done.exercise_id), 303)


def _sentence(fault: FieldError) -> str:
    if fault.pointer == "/file":
        return f"This {fault.detail}"
    return f"{line_of_thought(fault.pointer)}: {fault.detail}"


def _uploaded() -> Any:
    file = request.files.get("file")
    text = b""
    if file is not None:
        text = file.read(LARGEST + 1)
        file.close()  # a big one is a file of its own until then
    if len(text) > LARGEST:
        raise invalid([FieldError("/file", "is bigger than a plan can be.")])
    try:
        return value_of(text)
    except Refusal as refused:
        # What stands twice is told as it is; anything else that cannot be read is no plan file.
        told = refused.errors or [FieldError("/file", "is not a plan file. It must be JSON text.")]
        raise invalid(told) from None


def _must_lead() -> None:
    if not may_begin(service(), current_person().id):
        raise not_found()


def _first() -> dict[str, Any]:
    """A plan file of what the form says; ids are new, except that of a partner chosen from the list."""
    known = {each["id"]: each for each in known_partners(service(), current_person().id)}
    fresh = {"id": new_id(), "name": chosen("partner_name") or "", "kind": chosen("kind") or ""}
    return {
        "partner": known.get(request.form.get("partner", ""), fresh),
        "sites": [
            {
                "id": new_id(),
                "name": chosen("site_name") or "",
                "zones": [zone for zone in ZONES if zone in request.form.getlist("zones")],
                "photos_allowed": request.form.get("photos_allowed") == "true",
            }
        ],
        "exercise": {
            "id": new_id(),
            "title": chosen("title") or "",
            "mode": chosen("mode") or "",
            **decision_fields(),
            "waves": [{"number": 1, "opens": chosen("opens") or "", "closes": chosen("closes") or ""}],
        },
    }


_FIELDS = {
    "/partner/name": ("partner_name", "Name of the partner"),
    "/partner/kind": ("kind", "What kind of service"),
    "/sites/0/name": ("site_name", "Name of the building"),
    "/sites/0/zones": ("zones", "Parts of the building"),
    "/exercise/title": ("title", "Title"),
    "/exercise/mode": ("mode", "Are staff told?"),
    "/exercise/sponsor_decision": ("reason", "The sponsor’s decision"),
    "/exercise/sponsor_decision/on": ("on", "Date of the decision"),
    "/exercise/sponsor_decision/reason": ("reason", "Reason"),
    "/exercise/waves/0/opens": ("opens", "First day"),
    "/exercise/waves/0/closes": ("closes", "Last day"),
}


_ON_THE_PAGE = [
    *("title", "partner_name", "kind", "mode", "on", "reason"),
    *("site_name", "zones", "opens", "closes"),
]
"""The fields from top to bottom, so that the list of faults has the same order."""


def _faults(refused: Refusal) -> list[dict[str, str]]:
    found = []
    for fault in refused.errors:
        name, label = _FIELDS.get(fault.pointer, ("", line_of_thought(fault.pointer)))
        found.append({"name": name, "text": on_page(label, fault.detail)})
    return sorted(found, key=lambda fault: _ON_THE_PAGE.index(fault["name"]) if fault["name"] in _ON_THE_PAGE else 99)


def _page(
    errors: list[dict[str, str]] | None = None,
    values: dict[str, Any] | None = None,
    file_faults: list[str] | None = None,
) -> str:
    return render_template(
        "intake/plan_new.html",
        partners=known_partners(service(), current_person().id),
        kinds=KINDS,
        zones=ZONES,
        chosen_zones=request.form.getlist("zones") or list(ZONES),
        values=values or {},
        errors=errors or [{"name": "file", "text": text} for text in file_faults or []],
        beside=beside(errors or []),
    )
