"""A stop, a break, going on and being out, told by the phone once it can reach us; saying it twice is harmless."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Response, jsonify, request
from marshmallow import Schema, fields

from services.intake.domain.wellbeing import TOLD_LATE_AT_MOST, Act
from services.intake.use_cases.care_from_phone import act_from_phone
from services.intake.web.api import ApiBlueprint, service
from shared.web.gate import current_person, signed_in
from shared.web.openapi import PROBLEM, Problem

blueprint = ApiBlueprint("phone_care_api", __name__, url_prefix="/api/intake/v1/phone", description="Care by phone")

_ACTS = {"stop": Act.STOP, "pause": Act.PAUSE, "go-on": Act.GO_ON, "check-out": Act.CHECK_OUT}
_NO_LONGER = int(TOLD_LATE_AT_MOST.total_seconds())


class CareTold(Schema):
    """How many seconds ago it was done, as the phone counts. May be left out."""

    seconds_ago = fields.Integer(allow_none=True)


class CareAnswer(Schema):
    """Where the volunteer is now, as we know it."""

    state = fields.String(required=True)
    inside = fields.Boolean(required=True)


@blueprint.route("/assignments/<uuid:assignment_id>/<any(stop, pause, 'go-on', 'check-out'):act>", methods=["POST"])
@signed_in
@blueprint.doc(requestBody={"content": {"application/json": {"schema": CareTold}}, "required": False})
@blueprint.alt_response(200, schema=CareAnswer, description="We know. Again is fine, and so is late.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
def tell(assignment_id: UUID, act: str) -> Response:
    """Stopped, a break, going on, or out. Never refused for being late, nor for what is said beside it."""
    trip = act_from_phone(service(), current_person().id, str(assignment_id), _ACTS[act], _ago())
    return jsonify({"state": trip.state.value, "inside": trip.inside})


def _ago() -> timedelta | None:
    """None where nothing was said, as by phones that still have an older script, or nothing that can be counted."""
    told = request.get_json(silent=True)
    seconds = told.get("seconds_ago") if isinstance(told, dict) else None
    return timedelta(seconds=seconds) if type(seconds) is int and 0 <= seconds <= _NO_LONGER else None
