"""Assessment's API of wire.md §4 to §6: a wave, how its numbers came about, before and after, findings, replies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from services.assessment.forms.comparison import ComparisonAnswer, ComparisonQuery
from services.assessment.forms.explanation import ExplanationAnswer
from services.assessment.forms.findings import FindingsAnswer, FindingsQuery, ReplyAnswer, ReplyForm
from services.assessment.forms.result import WaveAnswer
from services.assessment.use_cases import reading, replying
from services.assessment.web.asking import reader, service
from services.assessment.web.photo import photo_response
from shared.web.bodies import StrictBlueprint, StrictParser
from shared.web.gate import requires
from shared.web.openapi import PROBLEM, Problem

LONGEST_BODY = 100_000
"""Bytes; the longest reply is 4,000 characters."""


class ApiBlueprint(StrictBlueprint):
    """A blueprint that reads JSON strictly."""

    ARGUMENTS_PARSER = StrictParser(lambda: LONGEST_BODY)


NOT_THERE = {"schema": Problem, "content_type": PROBLEM, "description": "Not there, or not yours to know of."}
NOT_YOURS = {"schema": Problem, "content_type": PROBLEM, "description": "You may see it; replying is the manager's."}
PICTURE = {
    "schema": {"type": "string", "format": "binary"},
    "content_type": "image/jpeg",
    "description": "The picture.",
}

SITE = "/exercises/<uuid:exercise_id>/sites/<uuid:site_id>"
blueprint = ApiBlueprint(
    "assessment_api", __name__, url_prefix="/api/assessment/v1", description="What visits add up to"
)


@blueprint.route(f"{SITE}/waves/<int:number>")
@requires("findings.read")
@blueprint.response(200, WaveAnswer, description="Also for a wave that nobody has visited yet.")
@blueprint.alt_response(404, **NOT_THERE)
def wave(exercise_id: UUID, site_id: UUID, number: int) -> dict[str, Any]:
    """All there is to say of a wave of a site, as far as the caller may see it."""
    return reading.wave(service(), reader(), str(site_id), number)


@blueprint.route(f"{SITE}/waves/<int:number>/explanation")
@requires("findings.read")
@blueprint.response(200, ExplanationAnswer)
@blueprint.alt_response(404, **NOT_THERE)
def explanation(exercise_id: UUID, site_id: UUID, number: int) -> dict[str, Any]:
    """How each number of a wave came about: what counted, what did not and why."""
    return reading.explanation(service(), reader(), str(site_id), number)


@blueprint.route(f"{SITE}/comparison")
@requires("findings.read")
@blueprint.arguments(ComparisonQuery, location="query")
@blueprint.response(200, ComparisonAnswer)
@blueprint.alt_response(404, **NOT_THERE)
def comparison(query: dict[str, Any], exercise_id: UUID, site_id: UUID) -> dict[str, Any]:
    """Before and after: matched items only, flags, and totals last. `to` must be later than `from`."""
    return reading.comparison(service(), reader(), str(site_id), query["start"], query["end"])


@blueprint.route(f"{SITE}/findings")
@requires("findings.read")
@blueprint.arguments(FindingsQuery, location="query")
@blueprint.response(200, FindingsAnswer)
@blueprint.alt_response(404, **NOT_THERE)
def findings(query: dict[str, Any], exercise_id: UUID, site_id: UUID) -> dict[str, Any]:
    """What was found: red, amber, and strengths to keep."""
    everything = reading.findings(service(), reader(), str(site_id))
    end = query["after"] + query["limit"]
    found = everything[query["after"] : end]
    for one in (photo for finding in found for photo in finding["photos"]):
        one["href"] = url_for("assessment_api.photo", exercise_id=exercise_id, site_id=site_id, photo_id=one["id"])
    return {"items": found, "next": str(end) if end < len(everything) else None}


@blueprint.route(f"{SITE}/findings/<uuid:finding_id>/reply", methods=["POST"])
@requires("findings.reply")
@blueprint.arguments(ReplyForm)
@blueprint.response(201, ReplyAnswer)
@blueprint.alt_response(403, **NOT_YOURS)
@blueprint.alt_response(404, **NOT_THERE)
def reply(body: dict[str, Any], exercise_id: UUID, site_id: UUID, finding_id: UUID) -> dict[str, Any]:
    """Write beside a finding. It never changes the finding; a later reply stands in place of an earlier one."""
    text = body["text"]
    reply_id = replying.reply(service(), reader(), str(site_id), str(finding_id), text)
    return {"id": reply_id, "finding_id": str(finding_id), "text": text}


@blueprint.route(f"{SITE}/photos/<uuid:photo_id>")
@requires("findings.read")
@blueprint.alt_response(200, **PICTURE)
@blueprint.alt_response(303, description="Where the store gives it, by a link that is good for a minute.")
@blueprint.alt_response(404, **NOT_THERE)
def photo(exercise_id: UUID, site_id: UUID, photo_id: UUID) -> Response:
    """A released photo of a finding: the cleaned copy, or with `?size=thumbnail` a small one."""
    return photo_response(str(site_id), str(photo_id), request.args.get("size", "display"))
