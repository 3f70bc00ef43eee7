"""The photos API of wire.md §3: raw bytes in, a cleaned copy out, and only to the visit's own volunteer."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify, request

from services.intake.forms.visit_answers import PhotoAnswer
from services.intake.photos import CLEAN_MEDIA_TYPE
from services.intake.use_cases import photos
from services.intake.web.api import ApiBlueprint, service
from shared.contracts.refusals import FieldError, invalid
from shared.web.bodies import body_of
from shared.web.gate import current_person, signed_in
from shared.web.openapi import PROBLEM, Problem

blueprint = ApiBlueprint("photo_api", __name__, url_prefix="/api/intake/v1/visits", description="Photos of visits")

_BYTES = {"required": True, "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}
_SIZE = {"in": "query", "name": "size", "schema": {"type": "string", "enum": list(photos.SIZES), "default": "display"}}


@blueprint.route("/<uuid:visit_id>/photos/<uuid:photo_id>", methods=["PUT"])
@signed_in
@blueprint.doc(requestBody=_BYTES)
@blueprint.alt_response(201, schema=PhotoAnswer, description="Safe with us.")
@blueprint.alt_response(200, schema=PhotoAnswer, description="It was safe with us already.")
@blueprint.alt_response(
    404, schema=Problem, content_type=PROBLEM, description="The visit does not name it, or is not yours to know of."
)
@blueprint.alt_response(409, schema=Problem, content_type=PROBLEM, description="The visit was taken back.")
@blueprint.alt_response(413, schema=Problem, content_type=PROBLEM, description="Too big.")
@blueprint.alt_response(
    422, schema=Problem, content_type=PROBLEM, description="`hash-differs`, `not-an-image` or `too-many-pixels`."
)
def put_photo(visit_id: UUID, photo_id: UUID) -> tuple[Response, int]:
    """Send the raw bytes of a photo that the visit names."""
    person_id = current_person().id
    listed = photos.listed_photo(service(), person_id, str(visit_id), str(photo_id))
    received = photos.receive_photo(service(), listed, body_of(service().settings.photo_bytes))
    answer = {"photo_id": received.photo_id, "state": received.state, "why": None}
    return jsonify(answer), 201 if received.new else 200


@blueprint.route("/<uuid:visit_id>/photos/<uuid:photo_id>")
@signed_in
@blueprint.doc(parameters=[_SIZE])
@blueprint.alt_response(200, content_type=CLEAN_MEDIA_TYPE, description="The cleaned copy.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
@blueprint.alt_response(409, schema=Problem, content_type=PROBLEM, description="`not-cleaned-yet`.")
@blueprint.alt_response(422, schema=Problem, content_type=PROBLEM, description="There is no such size.")
def get_photo(visit_id: UUID, photo_id: UUID) -> Response:
    """One's own photo, cleaned."""
    size = request.args.get("size", "display")
    if size not in photos.SIZES:
        raise invalid([FieldError("/size", f"must be one of: {', '.join(photos.SIZES)}.")])
    copy = photos.own_copy(service(), current_person().id, str(visit_id), str(photo_id), size)
    return Response(copy, mimetype=CLEAN_MEDIA_TYPE)
