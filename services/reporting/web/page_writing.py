"""The writing page: findings to start from with suggestions, the drafts beside them, and making several into one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.reporting.forms import RecommendationForm
from services.reporting.suggestions import library
from services.reporting.use_cases import merging, reading, writing
from services.reporting.use_cases.reading import Desk
from services.reporting.web.api import me, read_form, service
from services.reporting.web.faults import beside
from services.reporting.web.words import site_name
from shared.contracts.refusals import Refusal
from shared.web.gate import requires

blueprint = Blueprint("writing_page", __name__, url_prefix="/recommendations/write/<uuid:exercise_id>")
SUGGESTED = 4
"""So many suggestions for one finding at first; the cheapest first."""


@blueprint.route("")
@requires("recommendations.write")
def page(exercise_id: UUID) -> str:
    """Findings on the left, drafts on the right."""
    desk = reading.desk(service(), me(), str(exercise_id))
    return _page(desk, {})


def _again(exercise_id: UUID, errors: dict[str, str]) -> Response:
    return make_response(_page(reading.desk(service(), me(), str(exercise_id)), errors), 422)


def _page(desk: Desk, errors: dict[str, str]) -> str:
    return render_template(
        "reporting/write.html",
        errors=errors,
        typed=request.form.get("title", ""),
        ticked=request.form.getlist("draft"),
        exercise=desk.who.exercise,
        groups=_groups(desk),
        drafts=desk.drafts,
        others=desk.others,
    )


@blueprint.route("/drafts", methods=["POST"])
@requires("recommendations.write")
def start(exercise_id: UUID) -> Response:
    """Start a draft from a finding: from a suggestion, or from the reader's own words."""
    form = request.form
    suggestion = library().named(form.get("suggestion", ""))
    sent: dict[str, Any] = {
        "exercise_id": str(exercise_id),
        "site_id": form.get("site_id", ""),
        "findings": [one for one in form.getlist("finding") if one],
        "title": form.get("title", ""),
        "why": form.get("why", ""),
    }
    if suggestion is not None:
        sent |= {name: getattr(suggestion, name) for name in ("title", "why", "kind", "pie_area", "cost_band")}
        sent["suggestion"] = suggestion.id
    try:
        fields = read_form(RecommendationForm(), sent)
        fields["findings"] = tuple(dict.fromkeys(fields["findings"]))
        written = writing.write_recommendation(service(), me(), fields)
    except Refusal as refusal:
        if refusal.status != 422 or suggestion is not None:
            raise
        about = sent["findings"][0] if sent["findings"] else ""
        return _again(
            exercise_id, {f"title-{about}": " ".join(beside("title", error.detail) for error in refusal.errors)}
        )
    return redirect(f"/recommendations/{written.id}?said=written", 303)


@blueprint.route("/merges", methods=["POST"])
@requires("recommendations.write")
def merge(exercise_id: UUID) -> Response:
    """Make the ticked drafts one; the one that was written first keeps its words."""
    ticked = [one for one in request.form.getlist("draft") if _is_id(one)]
    if len(ticked) < 2:
        return _again(exercise_id, {"draft": "Tick at least two drafts."})
    kept = merging.merge_recommendations(service(), me(), ticked[0], ticked[1:])
    return redirect(f"/recommendations/{kept.id}?said=merged", 303)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _groups(desk: Desk) -> list[dict[str, Any]]:
    """Findings by building, each with the suggestions that answer it and whether it is taken up already."""
    taken = {finding for one in (*desk.drafts, *desk.others) for finding in one.findings}
    groups: dict[str, list[dict[str, Any]]] = {}
    for finding in desk.findings:
        strength = finding["kind"] == "strength"
        suggested = library().answering([finding["item"]], strength=strength)
        row = {"finding": finding, "suggestions": suggested[:SUGGESTED], "taken": finding["id"] in taken}
        groups.setdefault(finding["site_id"], []).append(row)
    return [
        {"site_id": site_id, "site": site_name(desk.who.exercise, site_id), "rows": rows}
        for site_id, rows in groups.items()
    ]
