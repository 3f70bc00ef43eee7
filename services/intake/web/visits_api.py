"""The visits API of wire.md §3: a visit, its receipt, its correction, its withdrawal. Only for its own volunteer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from services.intake.domain.visit import etag
from services.intake.forms.visit import read_visit, visit_form
from services.intake.forms.visit_answers import ReceiptAnswer, VisitAnswer, WithdrawalAnswer, WithdrawalForm
from services.intake.store.photos import Photo
from services.intake.store.voice_notes import VoiceNote
from services.intake.use_cases import visits
from services.intake.use_cases.visits import OwnVisit, Receipt, Sent
from services.intake.web.api import ApiBlueprint, service
from shared.contracts.refusals import FieldError, invalid
from shared.runtime.settings import Settings
from shared.web.bodies import json_body
from shared.web.gate import current_person, signed_in
from shared.web.openapi import PROBLEM, Problem

blueprint = ApiBlueprint("visits_api", __name__, url_prefix="/api/intake/v1/visits", description="Visits")

_LIMITS = Settings.__dataclass_fields__
_VISIT_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": visit_form(_LIMITS["words_characters"].default, _LIMITS["photos_per_visit"].default)
        }
    },
}


def visit_body() -> Any:
    """The JSON value that was sent, as long as a visit may be. Raises HTTPException and Refusal as `json_body` does."""
    return json_body(service().settings.visit_bytes)


@blueprint.route("/<uuid:visit_id>", methods=["PUT"])
@signed_in
@blueprint.doc(requestBody=_VISIT_BODY)
@blueprint.alt_response(201, schema=ReceiptAnswer, description="Taken in.")
@blueprint.alt_response(200, schema=ReceiptAnswer, description="The same content again.")
@blueprint.alt_response(400, schema=Problem, content_type=PROBLEM, description="Not JSON.")
@blueprint.alt_response(403, schema=Problem, content_type=PROBLEM, description="No such visit was asked of the caller.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
@blueprint.alt_response(409, schema=Problem, content_type=PROBLEM, description="`not-open`, or `visit-differs`.")
@blueprint.alt_response(413, schema=Problem, content_type=PROBLEM, description="Too big.")
@blueprint.alt_response(415, schema=Problem, content_type=PROBLEM, description="Not application/json.")
@blueprint.alt_response(422, schema=Problem, content_type=PROBLEM, description="Wrong content; `errors` points at it.")
def put_visit(visit_id: UUID) -> tuple[Response, int]:
    """Send a visit. Sending the same again is harmless."""
    visit = read_visit(visit_body(), service().settings)
    sent = visits.send_visit(service(), current_person().id, str(visit_id), visit)
    return _answer_sent(sent, visit), 201 if sent.new else 200


def _answer_sent(sent: Sent, visit: dict[str, Any]) -> Response:
    if sent.new and not visit["photos"] and not visit.get("voice_notes"):
        answer = _receipt(Receipt(sent.record, "safe", [], []))
    else:
        answer = _receipt(visits.receipt(service(), current_person().id, sent.record.visit_id))
    response = jsonify(answer)
    response.headers["ETag"] = etag(sent.record.version, sent.record.digest)
    return response


def _receipt(receipt: Receipt) -> dict[str, Any]:
    record = receipt.record
    return {
        "visit_id": record.visit_id,
        "version": record.version,
        "state": receipt.state,
        "photos": [_photo(one) for one in receipt.photos],
        "voice_notes": [_voice(one) for one in receipt.voice_notes],
        "received_at": record.received_at.isoformat(),
        "withdrawn_at": record.withdrawn_at.isoformat() if record.withdrawn_at else None,
    }


def _photo(one: Photo) -> dict[str, Any]:
    return {"photo_id": one.photo_id, "state": one.state, "why": one.why}


def _voice(one: VoiceNote) -> dict[str, Any]:
    return {"voice_id": one.voice_id, "state": one.state, "why": one.why}


@blueprint.route("/<uuid:visit_id>")
@signed_in
@blueprint.alt_response(200, schema=VisitAnswer, description="The volunteer's own copy, with its versions.")
@blueprint.alt_response(304, description="If-None-Match names the last ETag: nothing changed.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
def get_visit(visit_id: UUID) -> AnyResponse:
    """The volunteer's own copy, with its versions and an ETag."""
    own = visits.own_visit(service(), current_person().id, str(visit_id))
    return _answer_own(own).make_conditional(request)


def _answer_own(own: OwnVisit) -> Response:
    record = own.record
    now = own.versions[-1]
    response = jsonify(
        {
            **(now.content or {}),
            "visit_id": record.visit_id,
            "version": record.version,
            "received_at": record.received_at.isoformat(),
            "withdrawn_at": record.withdrawn_at.isoformat() if record.withdrawn_at else None,
            "versions": [
                {"version": old.version, "at": old.at.isoformat(), "by": "volunteer", "visit": old.content}
                for old in own.versions
            ],
        }
    )
    response.headers["ETag"] = etag(record.version, record.digest)
    return response


@blueprint.route("/<uuid:visit_id>/receipt")
@signed_in
@blueprint.alt_response(200, schema=ReceiptAnswer, description="What is safe with us.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
def get_receipt(visit_id: UUID) -> Response:
    """How far the visit and each of its photos and voice notes have got."""
    return jsonify(_receipt(visits.receipt(service(), current_person().id, str(visit_id))))


@blueprint.route("/<uuid:visit_id>/amendment", methods=["PUT"])
@signed_in
@blueprint.doc(
    requestBody=_VISIT_BODY,
    parameters=[{"in": "header", "name": "If-Match", "required": True, "schema": {"type": "string"}}],
)
@blueprint.alt_response(200, schema=VisitAnswer, description="Kept as a new version.")
@blueprint.alt_response(400, schema=Problem, content_type=PROBLEM, description="Not JSON.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
@blueprint.alt_response(
    409, schema=Problem, content_type=PROBLEM, description="The round was shared, or the visit was taken back."
)
@blueprint.alt_response(412, schema=Problem, content_type=PROBLEM, description="If-Match is not the last ETag.")
@blueprint.alt_response(413, schema=Problem, content_type=PROBLEM, description="Too big.")
@blueprint.alt_response(415, schema=Problem, content_type=PROBLEM, description="Not application/json.")
@blueprint.alt_response(422, schema=Problem, content_type=PROBLEM, description="Wrong content; `errors` points at it.")
def put_amendment(visit_id: UUID) -> Response:
    """The whole visit again, corrected: a new version. The old one is kept."""
    person_id = current_person().id
    visits.own_visit(service(), person_id, str(visit_id))
    visit = read_visit(visit_body(), service().settings)
    visits.amend_visit(service(), person_id, str(visit_id), request.headers.get("If-Match"), visit)
    return _answer_own(visits.own_visit(service(), person_id, str(visit_id)))


@blueprint.route("/<uuid:visit_id>/withdrawal", methods=["POST"])
@signed_in
@blueprint.doc(requestBody={"content": {"application/json": {"schema": WithdrawalForm}}})
@blueprint.alt_response(200, schema=WithdrawalAnswer, description="Taken back; again is fine.")
@blueprint.alt_response(400, schema=Problem, content_type=PROBLEM, description="Not JSON.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
@blueprint.alt_response(413, schema=Problem, content_type=PROBLEM, description="Too big.")
@blueprint.alt_response(415, schema=Problem, content_type=PROBLEM, description="Not application/json.")
@blueprint.alt_response(422, schema=Problem, content_type=PROBLEM, description="There is nothing to say in the body.")
def post_withdrawal(visit_id: UUID) -> Response:
    """Take the visit back. No reason is asked."""
    person_id = current_person().id
    visits.own_visit(service(), person_id, str(visit_id))
    if request.content_length or request.content_type:
        given = visit_body()
        if not isinstance(given, dict):
            raise invalid([FieldError("", "must be an object with named fields.")])
        if given:
            raise invalid([FieldError(f"/{min(given)}"[:100], "is not a field here.")])
    record, shared, said = visits.withdraw_visit(service(), person_id, str(visit_id))
    assert record.withdrawn_at is not None
    return jsonify(
        {
            "visit_id": record.visit_id,
            "withdrawn_at": record.withdrawn_at.isoformat(),
            "totals_shared": shared,
            "detail": said,
        }
    )
