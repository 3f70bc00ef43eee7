"""Covering something on a photo of a visit that is not sent yet: a covered copy takes the place of what was there."""

from __future__ import annotations

from typing import Any

from services.intake.domain.draft import Draft
from services.intake.use_cases import photos
from services.intake.use_cases.directory import new_id
from services.intake.use_cases.drafts import change_draft, open_draft
from services.intake.use_cases.visits import key_of
from shared.contracts.refusals import not_found
from shared.runtime.service import Service


def cover_photo(service: Service, person_id: str, visit_id: str, photo_id: str, body: bytes) -> str:
    """Keep `body` in the place of this photo, with its zone and marks; the id of the new one.

    The bytes of the old one are erased at once, unless a visit that was sent names it: those go when the correction is
    sent. Raises Refusal 404, 413 or 422.
    """
    opened = open_draft(service, person_id, visit_id)
    zone = _place(opened.content, photo_id)[1]["zone"]
    key = key_of(service, opened.exercise.id, person_id)
    made = photos.draft_photo(service, key, opened.exercise.id, visit_id, new_id(), zone, body)

    def change(draft: Draft) -> None:
        at, entry = _place(draft, photo_id)
        named = {"photo_id": made.photo_id, "sha256": made.sha256, "media_type": made.media_type, "bytes": made.size}
        draft["photos"][at] = {**entry, **named}

    change_draft(service, person_id, visit_id, change)
    old = opened.photos.get(photo_id)
    if old is not None and not old.listed:
        photos.erase_left_out(service, old)
    return made.photo_id


def _place(content: Draft, photo_id: str) -> tuple[int, dict[str, Any]]:
    for at, photo in enumerate(content["photos"]):
        if photo["photo_id"] == photo_id:
            return at, photo
    raise not_found()
