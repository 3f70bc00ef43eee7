"""The page of a photo: the picture with its numbered marks, and a form to add and take away marks one at a time. With
JavaScript it is marked as on the phone, and this hands over what changed.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf

from services.intake.domain.annotations import MOST_MARKS, Mark, MarkRefused, as_annotation, read_mark
from services.intake.domain.draft import Draft
from services.intake.photos import CLEAN_MEDIA_TYPE
from services.intake.use_cases import drafts, photos
from services.intake.use_cases.covering import cover_photo
from services.intake.use_cases.drafts import OpenDraft
from services.intake.web import marking, phone_script
from services.intake.web.api import service
from services.intake.web.visit_pages import opened
from services.intake.web.visit_views import part_name, photo_view
from shared.contracts.refusals import Refusal, conflict, not_found
from shared.contracts.sentences import Sentence
from shared.web.gate import current_person, signed_in
from shared.web.languages import language

blueprint = Blueprint("photo_pages", __name__, url_prefix="/visits/<uuid:visit_id>/photo/<uuid:photo_id>")

_ROWS = (("top", 0.0, 33.0), ("middle", 33.0, 34.0), ("bottom", 67.0, 33.0))
_COLUMNS = (("left", 0.0, 33.0), ("centre", 33.0, 34.0), ("right", 67.0, 33.0))
PARTS = {
    f"{row}-{column}": (left, top, width, height) for row, top, height in _ROWS for column, left, width in _COLUMNS
}
"""The nine parts of a picture, for those who cannot or would not draw a box: left, top, width, height in per cent."""
PART_WORDS = {
    "top-left": _l("top left"),
    "top-centre": _l("top centre"),
    "top-right": _l("top right"),
    "middle-left": _l("middle left"),
    "middle-centre": _l("middle centre"),
    "middle-right": _l("middle right"),
    "bottom-left": _l("bottom left"),
    "bottom-centre": _l("bottom centre"),
    "bottom-right": _l("bottom right"),
}


def _entry(content: Draft, photo_id: UUID | str) -> dict[str, Any]:
    for photo in content["photos"]:
        if photo["photo_id"] == str(photo_id):
            found: dict[str, Any] = photo
            return found
    raise not_found()


@blueprint.get("")
@signed_in
def page(visit_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """The photo, what is marked on it, and a form for one more mark."""
    found = opened(visit_id)
    return render_template("intake/visit_photo.html", **_view(found, photo_id, {}, {}))


def _view(found: OpenDraft, photo_id: UUID, typed: dict[str, str], faults: dict[str, str]) -> dict[str, Any]:
    photo = photo_view(found, _entry(found.content, photo_id))
    asked = marking.asked_about(found, photo["zone"])
    return {
        "visit": found,
        "photo": photo,
        "zone_name": part_name(found, photo["zone"]) if photo["zone"] in found.parts else "",
        "items": asked,
        "parts": [(code, PART_WORDS[code]) for code in PARTS],
        "typed": typed,
        "errors": faults,
        "room": len(photo["marks"]) < MOST_MARKS,
        "desk": _desk(found, photo, [item.code for item in asked]) if photo["shown"] and not faults else None,
        "said": phone_script.address(found.instrument, language()),
    }


def _desk(found: OpenDraft, photo: dict[str, Any], items: list[str]) -> dict[str, Any]:
    """What the script of the page is told; its questions and sentences stand in the phone's own script."""
    here = {"visit_id": found.visit_id, "photo_id": photo["id"]}
    back = {"visit_id": found.visit_id, "part": photo["zone"]}
    return {
        "id": photo["id"],
        "src": photo["src"],
        "annotations": _entry(found.content, photo["id"])["annotations"],
        "items": items,
        "longest": service().settings.words_characters,
        "token": generate_csrf(),
        "marks": url_for("photo_pages.change_marks", **here),
        "cover": url_for("photo_pages.cover", **here),
        "away": url_for("photo_pages.take_away", **here),
        "back": url_for("visit.part", **back)
        if photo["zone"] in found.parts
        else url_for("visit.page", visit_id=found.visit_id),
        "not_kept": _("The last thing you did is not safe yet: it did not reach us. Keep this page open."),
        "try_again": _("Try again"),
        "elsewhere": _("This photo was changed in another window."),
        "open_again": _("Show it as it is now"),
    }


@blueprint.post("")
@signed_in
def add_mark(visit_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """One more mark."""
    found = opened(visit_id)
    entry = _entry(found.content, photo_id)
    typed = marking.typed_in("where", "box")
    mark, faults = _mark(found, typed)
    if mark is None or len(entry["annotations"]) >= MOST_MARKS:
        return render_template("intake/visit_photo.html", **_view(found, photo_id, typed, faults)), 422

    def change(draft: Draft) -> None:
        _entry(draft, photo_id)["annotations"].append(as_annotation(mark))

    drafts.change_draft(service(), current_person().id, str(visit_id), change)
    flash(_("The mark is on the photo."))
    return redirect(url_for("photo_pages.page", visit_id=visit_id, photo_id=photo_id), 303)


def _mark(found: OpenDraft, typed: dict[str, str]) -> tuple[Mark | None, dict[str, str]]:
    faults = marking.faults_in(found, typed)
    where = typed["box"] or ",".join(f"{side:g}" for side in PARTS.get(typed["where"], ()))
    if not where:
        faults = {"where": _("Say which part of the photo."), **faults}
    if faults:
        return None, faults
    annotation = {
        "body": {"purpose": "tagging", **marking.said_in(typed)},
        "target": {"selector": f"xywh=percent:{where.replace(' ', '')}"},
    }
    try:
        return read_mark(annotation, found.instrument, service().settings.words_characters), {}
    except MarkRefused as refused:
        if "target" in refused.faults:
            return None, {
                "box": _("Write four numbers from 0 to 100: from the left, from the top, how wide, how high.")
            }
        return None, {"words": _("These words are too long, or have something in them that cannot be kept.")}


@blueprint.post("/marks")
@signed_in
def change_marks(visit_id: UUID, photo_id: UUID) -> Response:
    """All marks of the photo anew. Refused when they are no longer what the page knew, so that two windows lose nothing
    of each other.
    """
    found = opened(visit_id)
    wanted = _annotations(request.form.get("annotations", ""))
    before = _annotations(request.form.get("before", ""))
    if len(wanted) > MOST_MARKS:
        raise _no_marks()
    longest = service().settings.words_characters
    try:
        marks = [as_annotation(read_mark(one, found.instrument, longest)) for one in wanted]
    except MarkRefused as refused:
        raise _no_marks() from refused

    def change(draft: Draft) -> None:
        entry = _entry(draft, photo_id)
        if entry["annotations"] not in (before, marks):
            raise conflict("changed-elsewhere", Sentence("This photo was changed in another window."))
        entry["annotations"] = marks

    drafts.change_draft(service(), current_person().id, str(visit_id), change)
    return jsonify({"annotations": marks})


def _annotations(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise _no_marks()
    return found


def _no_marks() -> Refusal:
    return Refusal(422, "no-marks", Sentence("These are no marks that we can keep."))


@blueprint.post("/cover")
@signed_in
def cover(visit_id: UUID, photo_id: UUID) -> Response:
    """The same photo with something on it covered, in its place; what was there is erased."""
    file = request.files.get("photo")
    made = cover_photo(service(), current_person().id, str(visit_id), str(photo_id), file.read() if file else b"")
    flash(_("Covered. What was there is gone from this photo."))
    return jsonify({"page": url_for("photo_pages.page", visit_id=visit_id, photo_id=made)})


@blueprint.post("/take-mark-away")
@signed_in
def take_mark_away(visit_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """One mark less."""
    asked = request.form.get("number", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0

    def change(draft: Draft) -> None:
        marks = _entry(draft, photo_id)["annotations"]
        if 1 <= number <= len(marks):
            del marks[number - 1]

    drafts.change_draft(service(), current_person().id, str(visit_id), change)
    return redirect(url_for("photo_pages.page", visit_id=visit_id, photo_id=photo_id), 303)


@blueprint.post("/take-away")
@signed_in
def take_away(visit_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """The photo is not sent; its bytes are erased with the draft."""
    zone = ""

    def change(draft: Draft) -> None:
        nonlocal zone
        zone = _entry(draft, photo_id)["zone"]
        draft["photos"] = [photo for photo in draft["photos"] if photo["photo_id"] != str(photo_id)]

    drafts.change_draft(service(), current_person().id, str(visit_id), change)
    flash(_("The photo is gone."))
    if zone in opened(visit_id).parts:
        return redirect(url_for("visit.part", visit_id=visit_id, part=zone), 303)
    return redirect(url_for("visit.page", visit_id=visit_id), 303)


@blueprint.get("/image")
@signed_in
def image(visit_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """The cleaned copy, to its own volunteer."""
    size = request.args.get("size", "display")
    if size not in photos.SIZES:
        raise not_found()
    copy = drafts.photo_copy(service(), current_person().id, str(visit_id), str(photo_id), size)
    return Response(copy, mimetype=CLEAN_MEDIA_TYPE)
