"""Voice notes on the pages of a visit, for browsers that run no script: a file goes in with its part, can be heard
again, and thrown away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from services.intake.use_cases import draft_voice
from services.intake.use_cases.drafts import OpenDraft
from services.intake.web.api import service
from services.intake.web.said_and_pinned import prompt_of, recordings_in
from services.intake.web.voice_api import sound
from shared.contracts.refusals import Refusal
from shared.web.gate import current_person, signed_in
from shared.web.languages import in_its_language

blueprint = Blueprint("voice_pages", __name__, url_prefix="/visits/<uuid:visit_id>/voice/<uuid:voice_id>")
FIELD = "voice"
THROW_AWAY = "throw_voice_away"


@blueprint.get("")
@signed_in
def recording(visit_id: UUID, voice_id: UUID) -> Response:
    """A recording of a visit that is being filled in, to its own volunteer."""
    return sound(*draft_voice.recording_of_draft(service(), current_person().id, str(visit_id), str(voice_id)))


def file_in(field: str) -> bytes:
    """What was made just now or chosen for a field that offers both; empty when neither was."""
    for name in (f"{field}_taken", f"{field}_chosen"):
        file = request.files.get(name)
        body: bytes = file.read() if file is not None else b""
        if body:
            return body
    return b""


def changed(visit_id: str, part: str, faults: dict[str, str]) -> bool:
    """Keep a recording that came with the form of a part, or throw one away; whether there was one. What is wrong with
    it goes to `faults`."""
    person_id = current_person().id
    if gone := request.form.get(THROW_AWAY):
        try:
            erased = draft_voice.throw_voice_away(service(), person_id, visit_id, gone)
        except Refusal:
            return True  # pressed twice: it was gone already
        if erased:
            flash(_("It is gone. Nothing of it is left."))
        else:
            flash(_("It is out of your correction. What you sent before goes when you send the correction."))
        return True
    body = file_in(FIELD)
    if not body:
        return False
    try:
        draft_voice.add_voice(service(), person_id, visit_id, part, body)
    except Refusal as refused:
        faults[FIELD] = in_its_language(refused.detail)
        return False
    flash(_("Your recording is safe with us. You can listen to it below."))
    return True


def voices_view(found: OpenDraft, part: str) -> list[dict[str, Any]]:
    """The recordings of one part, for its page; `src` is None for one that is not with us any more."""
    here = recordings_in(found, part)
    kept = draft_voice.playable(service(), found.visit_id) if here else set()
    return [
        {
            "id": one["voice_id"],
            "src": _address(found, one["voice_id"]) if one["voice_id"] in kept else None,
            "seconds": one["seconds"],
            "prompt": prompt_of(found, one.get("item")),
        }
        for one in here
    ]


def _address(found: OpenDraft, voice_id: str) -> str:
    return url_for("voice_pages.recording", visit_id=found.visit_id, voice_id=voice_id)
