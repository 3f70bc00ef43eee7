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

JSON_TYPE, HTML_TYPE = "application/json", "text/html"
ENDINGS = {JSON_TYPE: "json", HTML_TYPE: "html"}

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
"""For the HTML document alone: its own style sheet inside it, its own pictures, no script, no address outside."""


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
    pictures: Mapping[str, str],
) -> bytes:
    """The document as one HTML file. `words` are plain words for codes, `pictures` data URIs by photo id.

    The same arguments give the same bytes.
    """
    template = _templates().get_template(f"{content['document']}.html")
    page = template.render(content=content, version=version, made_on=made_on, words=words, pictures=pictures)
    return (page + "\n").encode()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _canonical(content: Mapping[str, Any], indent: int | None = None) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=indent).encode()
