"""Answers with a released photo, read from the object store by its key for whoever may see the finding it shows."""

from __future__ import annotations

from flask import Response

from services.assessment.use_cases import reading
from services.assessment.web.asking import reader, service
from shared.contracts.refusals import FieldError, invalid, not_found
from shared.storage.blobs.port import ObjectMissing

SIZES = ("display", "thumbnail")


def photo_response(site_id: str, photo_id: str, size: str) -> Response:
    """The picture. Raises Refusal: 404, or 422 for a size there is not."""
    if size not in SIZES:
        raise invalid([FieldError("/size", f"must be one of: {', '.join(SIZES)}.")])
    try:
        copy = reading.photo(service(), reader(), site_id, photo_id, size)
    except ObjectMissing:
        raise not_found() from None
    # It may be held back at any time, so it is asked for anew each time.
    kept_nowhere = {"Cache-Control": "no-store"}
    if copy.link:
        return Response(status=303, headers=kept_nowhere | {"Location": copy.link})
    return Response(copy.body, mimetype=copy.media_type, headers=kept_nowhere)
