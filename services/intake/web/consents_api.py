"""The API by which a volunteer says anew what may be done with a visit; an addition to wire.md §3 (ADR 0022)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from services.intake.domain.visit import etag
from services.intake.forms.consents import ConsentsAnswer, ConsentsForm, read_consents
from services.intake.use_cases import consents
from services.intake.use_cases.consents import Allowed
from services.intake.web.api import ApiBlueprint, service
from services.intake.web.visits_api import visit_body
from shared.web.gate import current_person, signed_in
from shared.web.openapi import PROBLEM, Problem

blueprint = ApiBlueprint("consents_api", __name__, url_prefix="/api/intake/v1/visits", description="Visits")


@blueprint.route("/<uuid:visit_id>/consents")
@signed_in
@blueprint.alt_response(200, schema=ConsentsAnswer, description="What is allowed now.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
def get_consents(visit_id: UUID) -> Response:
    """What the volunteer allows of this visit."""
    return _answer(consents.consents_of(service(), current_person().id, str(visit_id)))


@blueprint.route("/<uuid:visit_id>/consents", methods=["POST"])
@signed_in
@blueprint.doc(requestBody={"required": True, "content": {"application/json": {"schema": ConsentsForm}}})
@blueprint.alt_response(200, schema=ConsentsAnswer, description="Kept; the same again is fine.")
@blueprint.alt_response(400, schema=Problem, content_type=PROBLEM, description="Not JSON.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
@blueprint.alt_response(
    409,
    schema=Problem,
    content_type=PROBLEM,
    description="`not-open` or `withdrawn`: nothing more can be allowed now. Taking back is always possible.",
)
@blueprint.alt_response(413, schema=Problem, content_type=PROBLEM, description="Too big.")
@blueprint.alt_response(415, schema=Problem, content_type=PROBLEM, description="Not application/json.")
@blueprint.alt_response(422, schema=Problem, content_type=PROBLEM, description="Wrong content; `errors` points at it.")
def post_consents(visit_id: UUID) -> Response:
    """Take single consents back, at any time, or give them while the visit may be corrected. The others stay."""
    person_id = current_person().id
    consents.consents_of(service(), person_id, str(visit_id))
    wanted = read_consents(visit_body())
    return _answer(consents.change_consents(service(), person_id, str(visit_id), wanted))


def _answer(allowed: Allowed) -> Response:
    record = allowed.record
    found: dict[str, Any] = {
        "visit_id": record.visit_id,
        "version": record.version,
        "consents": dict(allowed.consents),
        "may_give": allowed.may_give,
        "detail": allowed.said or None,
    }
    response = jsonify(found)
    response.headers["ETag"] = etag(record.version, record.digest)
    return response
