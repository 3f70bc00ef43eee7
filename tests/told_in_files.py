"""Reads all that a file tells, in any format documents come in: a secret that is zipped or drawn is a secret told."""

from __future__ import annotations

import html
import io
import zipfile
from typing import Any, Protocol

from pypdf import PdfReader


class Answer(Protocol):
    """What both kinds of clients of the tests answer with."""

    @property
    def headers(self) -> Any: ...

    @property
    def content(self) -> bytes: ...


def told(answer: Answer) -> str:
    """All text of an answer; of a file every word in it, its properties and descriptions of pictures too."""
    return told_in(answer.content, answer.headers.get("Content-Type", ""))


def told_in(body: bytes, media_type: str) -> str:
    """The same for bytes of that type. Spaces and line ends come as one space each in files that are drawn."""
    if media_type == "application/pdf":
        read = PdfReader(io.BytesIO(body))
        pages = [page.extract_text() for page in read.pages]
        return " ".join(" ".join([*pages, *(str(value) for value in (read.metadata or {}).values())]).split())
    if "officedocument" in media_type:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            parts = [name.encode() + b" " + package.read(name) for name in package.namelist()]
        return html.unescape(b"\n".join(parts).decode("utf-8", "replace"))
    return body.decode("utf-8", "replace")
