"""Contents of both documents to make files of, with what people really write in them. Run as a program it prints the
hash of each format, so that two processes can be compared.
"""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from services.reporting.documents.formats import formats_of
from services.reporting.documents.making import Draft, every_format
from services.reporting.domain.pack import WHAT_THIS_IS_NOT

MADE_AT = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
PHOTO = "photo-1"


def a_finding(kind: str = "red", **more: Any) -> dict[str, Any]:
    """A finding as the pack holds it."""
    return {
        "item": "P-WA-07",
        "prompt": "Could you see the way out?",
        "zone": "WA",
        "kind": kind,
        "state": "open",
        "in_words": "2 of 3 visits.",
        "quotes": [],
        "photos": [],
        "reply": None,
    } | more


def with_photo(finding: dict[str, Any]) -> dict[str, Any]:
    """The same finding with a photo that has two marks."""
    marks = [
        {"kind": "trigger", "strength": 2, "words": "One step from the chairs.", "x": 1, "y": 1, "w": 30, "h": 30},
        {"kind": "comfort", "strength": 1, "words": "A plant.", "x": 50, "y": 50, "w": 30, "h": 30},
    ]
    return finding | {"photos": [{"id": PHOTO, "zone": "WA", "marks": marks}]}


def a_picture() -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (90, 60), (120, 140, 130)).save(out, "JPEG")
    return out.getvalue()


def a_pack(**groups: Any) -> dict[str, Any]:
    """A findings pack of one building; `groups` are its keep, red, amber."""
    zone = {"zone": "WA", "band": "calm", "trigger": {"points": 1, "maximum": 9, "percent": 11.1}, "red": []}
    site = {
        "name": "Harbour House",
        "in_a_sentence": "1 red flag is open.",
        "keep": [],
        "red": [],
        "amber": [],
        "waves": [{"wave": 1, "zones": [zone | {"comfort": None}]}],
        "before_and_after": None,
    }
    return {
        "document": "findings-pack",
        "exercise": {"title": "Seaside, first round", "partner": "Seaside Council"},
        "sites": [site | groups],
        "what_this_is_not": list(WHAT_THIS_IS_NOT),
    }


def recommendations(*changes: dict[str, Any]) -> dict[str, Any]:
    """The recommendations, one for each of the `changes`, which are told in its place."""
    line = {"status": "shared", "role": "lead", "at": "2026-06-23", "words": "", "evidence": []}
    shown = [{"kind": "policy", "text": "The welcome was rewritten."}]
    done = {"status": "doing", "role": "manager", "at": "2026-07-05", "words": "We began.", "evidence": shown}
    one = {
        "title": "Keep a space free",
        "why": "People stand too near.",
        "kind": "practice",
        "cost_band": "under-100",
        "owner_post": None,
        "status": "doing",
        "status_in_words": "being done",
        "reply_due": "2026-07-21",
        "due": None,
        "history": [line, done],
    }
    return {
        "document": "recommendations",
        "exercise": {"title": "Seaside, first round", "partner": "Seaside Council"},
        "by_status": {"doing": len(changes)} if changes else {"verified": 3},
        "recommendations": [one | change for change in changes],
    }


def draft(content: dict[str, Any]) -> Draft:
    """Version 2 of that, made on a fixed day; the photo has a picture."""
    return Draft(content, 2, MADE_AT, {PHOTO: a_picture()})


def files(content: dict[str, Any]) -> dict[str, bytes]:
    """Every format of a document, by its ending."""
    wanted = formats_of(content["document"])
    return {one.ending: body for one, body in every_format(draft(content), wanted).items()}


def hashes() -> dict[str, str]:
    """SHA-256 of every format of both documents."""
    red = with_photo(a_finding(quotes=["The whole queue turned round.", "كان الناس ينظرون إليّ."]))
    whole = [a_pack(red=[red], keep=[with_photo(a_finding("strength"))]), recommendations({}, {"title": "Say hello"})]
    return {
        f"{content['document']}.{ending}": hashlib.sha256(body).hexdigest()
        for content in whole
        for ending, body in files(content).items()
    }


if __name__ == "__main__":
    print(json.dumps(hashes()))  # noqa: T201
