"""Makes each format that a document comes in. Without the page to read and the file for programs there is no document;
any other that cannot be made is told of and stops none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from services.reporting.documents import as_html, as_json
from services.reporting.documents.formats import HTML, JSON, PDF, SLIDES, TABLE, Format
from services.reporting.documents.pdf import CannotPrint, as_pdf
from services.reporting.documents.slides import as_pptx
from services.reporting.documents.spreadsheet import as_xlsx
from services.reporting.documents.words import words_for_documents
from shared.contracts.days import day_here

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a version says: its content, without where photos lie in the store, and these as JPEG files by their id."""

    content: Mapping[str, Any]
    version: int
    made_at: datetime
    pictures: Mapping[str, bytes]


def every_format(draft: Draft, wanted: Collection[Format]) -> dict[Format, bytes]:
    """The bytes of each format that is wanted and can be made. The same draft gives the same bytes.

    Raises whatever the page to read or the file for programs raises.
    """
    made: dict[Format, bytes] = {}
    page = _html(draft)
    makers: Mapping[Format, Callable[[], bytes]] = {
        HTML: lambda: page,
        JSON: lambda: as_json(draft.content, draft.version, draft.made_at),
        PDF: lambda: as_pdf(page),
        SLIDES: lambda: as_pptx(draft.content, draft.version, draft.made_at, words_for_documents(), draft.pictures),
        TABLE: lambda: as_xlsx(draft.content, draft.version, draft.made_at, words_for_documents()),
    }
    for one in wanted:
        try:
            made[one] = makers[one]()
        except CannotPrint:
            continue  # said once in the log by what draws it
        except Exception as fault:
            if one in (HTML, JSON):
                raise
            _log.error("one format of a document could not be made", ending=one.ending, exc_info=fault)
    return made


def _html(draft: Draft) -> bytes:
    return as_html(draft.content, draft.version, day_here(draft.made_at), words_for_documents(), draft.pictures)
