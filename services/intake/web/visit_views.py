"""What the templates of a visit are given: words for codes, how far each part is, and everything said, in order."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import ngettext

from services.intake.domain import draft as drafts
from services.intake.domain.acceptance import ENVIRONMENT
from services.intake.domain.annotations import MarkRefused, read_mark
from services.intake.domain.draft import Draft
from services.intake.domain.hard_questions import hard_topics
from services.intake.store.photos import Photo
from services.intake.use_cases.drafts import OpenDraft
from services.intake.web.said_and_pinned import also_said
from services.intake.web.voice_pages import voices_view
from shared.contracts.instruments import Instrument


def part_name(found: OpenDraft, part: str) -> str:
    """The zone or stage in plain words, the same words as on every other page."""
    if found.content["kind"] == ENVIRONMENT:
        return found.instrument.zone(part).name
    return next(stage.name for stage in found.instrument.stages if stage.code == part)


def _common(found: OpenDraft) -> dict[str, Any]:
    return {"visit": found, "draft": found.content}


def visit_view(found: OpenDraft) -> dict[str, Any]:
    """For the page with all parts."""
    return {**_common(found), "parts": [_part_line(found, part) for part in found.parts]}


def _part_line(found: OpenDraft, part: str) -> dict[str, Any]:
    state, count, _ = drafts.part_state(found.content, found.instrument, part)
    return {
        "name": part_name(found, part),
        "href": url_for("visit.part", visit_id=found.visit_id, part=part),
        "state": state,
        "words": ngettext("%(num)s answered", "%(num)s answered", count) if count else None,
    }


def part_view(found: OpenDraft, part: str, content: Draft, faults: dict[str, str]) -> dict[str, Any]:
    """For the page of one part. `content` is the draft, with what was just typed laid over it."""
    items = drafts.items_in(content, found.instrument, part)
    given = drafts.answers_in(content, part, found.instrument)
    shown = [item.code for item in items]
    # An answer that the short form would not ask stays in sight, or nobody could take it back.
    extra = [found.instrument.item(code) for code in given if code not in shown]
    names = found.parts
    at = names.index(part)
    return {
        **_common(found),
        "part": part,
        "name": part_name(found, part),
        "number": at + 1,
        "of": len(names),
        "hard": hard_topics(shown),
        "core": [item for item in items if item.core],
        "items": [item for item in items if not item.core] + extra,
        "given": given,
        "first": content["first_impressions"].get(part, ""),
        "face": content["faces"].get(part),
        "everything": _everything(content, part),
        "photos": [photo_view(found, photo) for photo in content["photos"] if photo["zone"] == part],
        "voices": voices_view(found, part),
        "answer_words": found.instrument.answer_words,
        "errors": faults,
    }


def _everything(content: Draft, part: str) -> str | None:
    if part not in content["asked_if_everything"]:
        return None
    return "yes" if part in content["zones_complete"] else "no"


def photo_view(found: OpenDraft, photo: dict[str, Any]) -> dict[str, Any]:
    """A photo of the draft with its marks; `shown` once there is a cleaned copy to look at."""
    return one_photo(found.visit_id, photo, found.photos.get(photo["photo_id"]), found.instrument)


def one_photo(visit_id: str, photo: dict[str, Any], kept: Photo | None, instrument: Instrument) -> dict[str, Any]:
    """A photo with its marks, for a page. `kept` is what we have of it."""
    source = url_for("photo_pages.image", visit_id=visit_id, photo_id=photo["photo_id"])
    shown = kept is not None and kept.display is not None and kept.copies_erased_at is None
    display = (kept.display if kept else None) or {}
    thumbnail = (kept.thumbnail if kept else None) or {}
    return {
        "id": photo["photo_id"],
        "zone": photo["zone"],
        "href": url_for("photo_pages.page", visit_id=visit_id, photo_id=photo["photo_id"]),
        "src": f"{source}?size=display",
        "thumbnail": f"{source}?size=thumbnail",
        "shown": shown,
        "state": kept.state if kept else "missing",
        "why": kept.why if kept else None,
        "width": display.get("width", 0),
        "height": display.get("height", 0),
        "thumbnail_width": thumbnail.get("width", 0),
        "thumbnail_height": thumbnail.get("height", 0),
        "marks": marks_view(photo["annotations"], instrument),
    }


def marks_view(annotations: list[Any], instrument: Instrument) -> list[dict[str, Any]]:
    """Marks as the shared templates draw them."""
    found = []
    for annotation in annotations:
        try:
            mark = read_mark(annotation, instrument, len(str(annotation)))  # taken under the limit of its day
        except MarkRefused:  # a mark of an older version of the instrument, say; it cannot be drawn
            continue
        item = instrument.item(mark.item)
        found.append(
            {
                "kind": mark.felt,
                "x": mark.left,
                "y": mark.top,
                "w": mark.width,
                "h": mark.height,
                "strength": mark.strength,
                "words": mark.words,
                "item_words": item.prompt,
            }
        )
    return found


def seen_view(found: OpenDraft) -> dict[str, Any]:
    """For the host charity's page of one visit: what was said, by part; its photos come through the queue."""
    parts = [_said_in(found, part) for part in found.parts]
    return {**_common(found), "parts": parts, "whole": also_said(found, None), "besides": _besides(found)}


def check_view(found: OpenDraft, today: date, faults: dict[str, str]) -> dict[str, Any]:
    """For the page before sending: by part, what was said and how many questions were skipped."""
    return {
        **_common(found),
        "parts": [_said_in(found, part) for part in found.parts],
        "whole": also_said(found, None),
        "besides": _besides(found),
        "today": today.isoformat(),
        "errors": faults,
    }


def _besides(found: OpenDraft) -> list[tuple[str, str]]:
    """What hit somebody first in places that are no part of the form, as programs may say of a mystery shop."""
    return [(zone, words) for zone, words in found.content["first_impressions"].items() if zone not in found.parts]


def _said_in(found: OpenDraft, part: str) -> dict[str, Any]:
    content, instrument = found.content, found.instrument
    given = drafts.answers_in(content, part, instrument)
    _, count, of = drafts.part_state(content, instrument, part)
    everything = _everything(content, part)
    return {
        "code": part,
        "name": part_name(found, part),
        "href": url_for("visit.part", visit_id=found.visit_id, part=part),
        "first": content["first_impressions"].get(part),
        "face": content["faces"].get(part),
        "said": [
            {"prompt": instrument.item(code).prompt, **said, "in_words": instrument.answer_words(instrument.item(code))}
            for code, said in given.items()
        ],
        **also_said(found, part),
        "skipped": of - count,
        "everything": everything,
        "photos": [photo_view(found, photo) for photo in content["photos"] if photo["zone"] == part],
    }
