"""Voice notes through the API: raw bytes in, and the recording back to the visit's own volunteer, to nobody else."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify, request

from services.intake.domain.recording import MEDIA_TYPES
from services.intake.forms.visit_answers import VoiceAnswer
from services.intake.use_cases import voice_notes
from services.intake.web.api import ApiBlueprint, service
from shared.web.bodies import body_of
from shared.web.gate import current_person, signed_in
from shared.web.openapi import PROBLEM, Problem

blueprint = ApiBlueprint("voice_api", __name__, url_prefix="/api/intake/v1/visits", description="Voice notes of visits")

_SOUND = {"schema": {"type": "string", "format": "binary"}}
_BYTES = {"required": True, "content": dict.fromkeys(MEDIA_TYPES, _SOUND)}


def sound(body: bytes, media_type: str) -> Response:
    """The bytes of a recording, or the part of them that was asked for: some phones play nothing without parts."""
    answer = Response(body, mimetype=media_type)
    answer.make_conditional(request, accept_ranges=True, complete_length=len(body))
    return answer


@blueprint.route("/<uuid:visit_id>/voice-notes/<uuid:voice_id>", methods=["PUT"])
@signed_in
@blueprint.doc(requestBody=_BYTES)
@blueprint.alt_response(201, schema=VoiceAnswer, description="Safe with us.")
@blueprint.alt_response(200, schema=VoiceAnswer, description="It was safe with us already.")
@blueprint.alt_response(
    404, schema=Problem, content_type=PROBLEM, description="The visit does not name it, or is not yours to know of."
)
@blueprint.alt_response(409, schema=Problem, content_type=PROBLEM, description="The visit was taken back.")
@blueprint.alt_response(413, schema=Problem, content_type=PROBLEM, description="Too big.")
@blueprint.alt_response(
    422, schema=Problem, content_type=PROBLEM, description="`hash-differs`, `not-a-recording` or `too-long`."
)
def put_voice_note(visit_id: UUID, voice_id: UUID) -> tuple[Response, int]:
    """Send the raw bytes of a voice note that the visit names."""
    person_id = current_person().id
    voice_notes.listed_voice(service(), person_id, str(visit_id), str(voice_id))
    body = body_of(service().settings.voice_bytes)
    received = voice_notes.receive_voice(service(), person_id, str(visit_id), str(voice_id), body)
    answer = {"voice_id": received.voice_id, "state": received.state, "why": None}
    return jsonify(answer), 201 if received.new else 200


@blueprint.route("/<uuid:visit_id>/voice-notes/<uuid:voice_id>")
@signed_in
@blueprint.alt_response(200, content_type="audio/webm", description="The recording, as it came.")
@blueprint.alt_response(206, content_type="audio/webm", description="The part of it that was asked for.")
@blueprint.alt_response(404, schema=Problem, content_type=PROBLEM, description="Not there, or not yours to know of.")
@blueprint.alt_response(416, schema=Problem, content_type=PROBLEM, description="There is no such part of it.")
def get_voice_note(visit_id: UUID, voice_id: UUID) -> Response:
    """One's own recording, until it is erased."""
    return sound(*voice_notes.own_recording(service(), current_person().id, str(visit_id), str(voice_id)))
