"""The visits of an exercise for its lead and data keeper: what was said, without the name beside the answers."""

from __future__ import annotations

from itertools import chain, groupby
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.use_cases import visits_seen
from services.intake.use_cases.answers_out import answers_for_host
from services.intake.web.api import service, viewer
from services.intake.web.visit_views import seen_view
from shared.web.gate import requires

MARK_OF_UTF8 = "\ufeff"
"""Without it a spreadsheet reads Welsh letters and dashes as rubbish. At the command line there is none."""

blueprint = Blueprint("visits_seen", __name__, url_prefix="/exercises/<uuid:exercise_id>/visits")


@blueprint.get("")
@requires("visits.read")
def page(exercise_id: UUID) -> ResponseReturnValue:
    """The visits that may be used, by site and round, a page at a time."""
    found = visits_seen.visits_of(service(), viewer(), request.args.get("after"))
    groups = [(key, list(group)) for key, group in groupby(found.visits, key=lambda one: (one.site, one.wave))]
    return render_template("intake/visits_seen.html", found=found, exercise=found.exercise, groups=groups)


@blueprint.get("/answers.csv")
@requires("visits.read")
def table(exercise_id: UUID) -> Response:
    """Every answer as a table, without names, days, or words that nobody has read over."""
    headers = {"Content-Disposition": f'attachment; filename="answers-{exercise_id}.csv"'}
    pieces = answers_for_host(service(), viewer())
    return Response(chain([MARK_OF_UTF8], pieces), mimetype="text/csv", headers=headers)


@blueprint.get("/<uuid:visit_id>")
@requires("visits.read")
def one(exercise_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """What one visit says, part by part."""
    found = visits_seen.visit_of_host(service(), viewer(), str(visit_id))
    return render_template("intake/visit_seen.html", **seen_view(found))
