"""Turns the content of a document into bytes: canonical JSON, and HTML that stands alone and reads aloud well."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader

from services.reporting.documents.direction import direction
from services.reporting.documents.photos import as_data_uri

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
CONTENT_SECURITY_POLICY = f"{_POLICY}; sandbox"
"""For a document alone: its own style sheet inside it, its own pictures, no script, no address outside."""
PDF_SECURITY_POLICY = _POLICY
"""Safari shows an empty window for a PDF in a sandbox. We make the file, there is no script in it, and the browser's
viewer is no page of ours."""


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of what the document says, whatever its version and the day it was made."""
    return hashlib.sha256(_canonical(content)).hexdigest()


def as_json(content: Mapping[str, Any], version: int, made_at: datetime) -> bytes:
    """The document as JSON: the same arguments give the same bytes."""
    stamp = {"version": version, "made_at": made_at.isoformat()}
    return _canonical({**content, **stamp}, indent=1) + b"\n"


def as_html(
    content: Mapping[str, Any],
    version: int,
    made_on: date,
    words: Mapping[str, Mapping[str, str]],
    pictures: Mapping[str, bytes],
) -> bytes:
    """The document as one HTML file. `words` are plain words for codes, `pictures` JPEG files by photo id.

    The same arguments give the same bytes.
    """
    template = _templates().get_template(f"{content['document']}.html")
    inside = {photo_id: as_data_uri(jpeg) for photo_id, jpeg in pictures.items()}
    page = template.render(content=content, version=version, made_on=made_on, words=words, pictures=inside)
    return (page + "\n").encode()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"day": day_in_words, "direction": direction}
    return templates


def day_in_words(day: str) -> str:
    """“21 July 2026” for an ISO date; what is none stays as it is."""
    try:
        read = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{read.day} {read:%B %Y}"


def _canonical(content: Mapping[str, Any], indent: int | None = None) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=indent).encode()
