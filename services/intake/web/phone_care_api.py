"""A stop, a break, going on and being out, told by the phone once it can reach us; saying it twice is harmless."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields

from services.intake.domain.wellbeing import Act
from services.intake.use_cases.care_from_phone import act_from_phone
from services.intake.web.api import ApiBlueprint, service
from shared.web.gate import current_person, signed_in
from shared.web.openapi import PROBLEM, Problem

blueprint = ApiBlueprint("phone_care_api", __name__, url_prefix="/api/intake/v1/phone", description="Care by phone")

_ACTS = {"stop": Act.STOP, "pause": Act.PAUSE, "go-on": Act.GO_ON, "check-out": Act.CHECK_OUT}


class CareAnswer(Schema):
    """Where the volunteer is now, as we know it."""

    state = fields.String(required=True)
    inside = fields.Boolean(required=True)


@blueprint.route("/assignments/<uuid:assignment_id>/<any(stop, pause, 'go-on', 'check-out'):act>", methods=["POST"])
@signed_in
@blueprint.alt_response(200, schema=CareAnswer, description="We know. Again is fine, and so is late.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
def tell(assignment_id: UUID, act: str) -> Response:
    """Stopped, a break, going on, or out. Never refused for being late."""
    trip = act_from_phone(service(), current_person().id, str(assignment_id), _ACTS[act])
    return jsonify({"state": trip.state.value, "inside": trip.inside})
