"""The formats that documents come in: their order for readers, their endings, and how a browser is to take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.reporting.domain.pack import FINDINGS_PACK, KINDS, RECOMMENDATIONS


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `use` and `short` tell people what it is for and what it is called.

    `kinds`: the documents that come in it; `disposition`: inline, attachment, or as browsers like.
    """

    media_type: str
    ending: str
    use: str
    short: str
    kinds: tuple[str, ...] = KINDS
    disposition: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument"
_SLIDES, _TABLE = f"{_OFFICE}.presentationml.presentation", f"{_OFFICE}.spreadsheetml.sheet"
HTML = Format("text/html", "html", "To read", "web page")
PDF = Format("application/pdf", "pdf", "To print or send", "PDF", disposition="inline")
SLIDES = Format(_SLIDES, "pptx", "Slides to talk over", "PowerPoint", (FINDINGS_PACK,), "attachment")
TABLE = Format(_TABLE, "xlsx", "Table to sort and filter", "Excel", (RECOMMENDATIONS,), "attachment")
JSON = Format("application/json", "json", "For programs", "JSON")

FORMATS = (HTML, PDF, SLIDES, TABLE, JSON)
"""All of them, in the order in which they are listed for people."""
OF_TYPE = {one.media_type: one for one in FORMATS}

_NAMES = {FINDINGS_PACK: "what-volunteers-found"}


def formats_of(kind: str) -> Sequence[Format]:
    """The formats in which that kind of document is made, in the order of their listing."""
    return [one for one in FORMATS if kind in one.kinds]


def place_in_list(media_type: str) -> int:
    """Where a file of that type stands among those of its version."""
    return FORMATS.index(OF_TYPE[media_type])


def file_in_words(media_type: str, size: int) -> str:
    """What a file of `size` bytes is, such as “To print or send (PDF, 210 KB)”."""
    one = OF_TYPE[media_type]
    large = f"{size / 1_000_000:.1f}\u00a0MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))}\u00a0KB"
    return f"{one.use} ({one.short}, {large})"


def file_name(kind: str, version: int, ending: str) -> str:
    """What the file is called on the reader's machine, such as `what-volunteers-found-version-2.pdf`."""
    return f"{_NAMES.get(kind, kind)}-version-{version}.{ending}"
