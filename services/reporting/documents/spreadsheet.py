"""Makes the table of recommendations that a working group sorts, filters and prints. What people wrote is text in it
and never a formula, whatever it begins with.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from services.reporting.documents.office import BY, as_xml_allows, without_the_clock

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MOST_IN_A_CELL = 32_000
"""UTF-16 units; programs refuse a file with more than 32,767 in one cell."""
CUT = " … (the rest is in Open Door)"
DAY = "d mmmm yyyy"

Value = str | int | date | None
Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet: its name, its columns with their widths in characters, and its rows."""

    name: str
    columns: Mapping[str, int]
    rows: Sequence[Sequence[Value]]


_RECOMMENDATIONS = {
    "What to change": 28,
    "Why": 30,
    "Where it stands": 14,
    "Who looks after it": 15,
    "Cost": 12,
    "Answer due by": 16,
    "To be done by": 16,
    "The last word": 30,
    "Said on": 16,
    "What shows it": 28,
}
_HISTORY = {
    "What to change": 32,
    "Day": 18,
    "Who": 20,
    "What happened": 22,
    "In their words": 48,
    "What shows it": 34,
}
_COUNTS = {"Where it stands": 34, "How many": 12}


def as_xlsx(content: Mapping[str, Any], version: int, made_at: datetime, words: Words) -> bytes:
    """The recommendations as a workbook; `content` as from `recommendations_document`, `words` by kind of code.

    The same arguments give the same bytes.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    title = f"Recommendations: {content['exercise']['title']}, version {version}"
    about = book.properties
    about.title, about.creator, about.lastModifiedBy, about.language = as_xml_allows(title), BY, BY, "en-GB"
    for sheet in _sheets(content, words):
        _write(book, sheet, title)
    out = io.BytesIO()
    book.save(out)
    return without_the_clock(out.getvalue(), made_at)


def _sheets(content: Mapping[str, Any], words: Words) -> Iterator[_Sheet]:
    recommendations = content["recommendations"]
    if recommendations:
        yield _Sheet("Recommendations", _RECOMMENDATIONS, [_recommendation(one, words) for one in recommendations])
        lines = [_line(one, line, words) for one in recommendations for line in one["history"]]
        yield _Sheet("What was said and done", _HISTORY, lines)
    counts = [(_capital(words["statuses"][status]), number) for status, number in sorted(content["by_status"].items())]
    yield _Sheet("How things stand", _COUNTS, counts or [("Nothing was shared with the partner yet.", None)])


def _recommendation(one: Mapping[str, Any], words: Words) -> Sequence[Value]:
    spoken = [line for line in one["history"] if line["words"]]
    last = spoken[-1] if spoken else None
    return (
        one["title"],
        one["why"],
        _capital(one["status_in_words"]),
        one["owner_post"] or "Nobody yet",
        _capital(words["costs"].get(one["cost_band"], "not said")),
        _day(one["reply_due"]),
        _day(one["due"]),
        last and last["words"],
        last and _day(last["at"]),
        "\n".join(shown for line in one["history"] for shown in _shown(line)),
    )


def _line(one: Mapping[str, Any], line: Mapping[str, Any], words: Words) -> Sequence[Value]:
    return (
        one["title"],
        _day(line["at"]),
        _capital(words["roles"].get(line["role"], line["role"])),
        _capital(words["statuses"][line["status"]]),
        line["words"],
        "\n".join(_shown(line)),
    )


def _shown(line: Mapping[str, Any]) -> Iterator[str]:
    for shown in line["evidence"]:
        yield f"{_capital(shown['kind'])}: {shown['text']}" if shown["text"] else _capital(shown["kind"])


def _day(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _write(book: Workbook, sheet: _Sheet, title: str) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    page: Worksheet = book.create_sheet(sheet.name)
    line = Side("thin", "D8CDB8")
    for number, (heading, width) in enumerate(sheet.columns.items(), 1):
        cell = page.cell(1, number, heading)
        cell.font, cell.fill = Font(bold=True, color="FFFCF5"), PatternFill("solid", "1F4D45")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(number)].width = width
    for at, row in enumerate(sheet.rows, 2):
        for number, value in enumerate(row, 1):
            cell = page.cell(at, number)
            _fill(cell, value)
            cell.alignment = Alignment(vertical="top", horizontal="left", wrap_text=True)
            cell.font, cell.border = Font(bold=number == 1, color="2B2620"), Border(bottom=line)
    page.freeze_panes = "B2"
    page.auto_filter.ref = page.dimensions
    _to_print(page, title)


def _fill(cell: Cell, value: Value) -> None:
    if not isinstance(value, str):
        cell.value = value
        if value is not None and not isinstance(value, int):
            cell.number_format = DAY
        return
    cell.value = _that_fits(as_xml_allows(value))
    cell.data_type = "s"  # whatever it looks like
    cell.quotePrefix = True  # text even after somebody has gone into the cell and pressed Enter


def _that_fits(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) // 2 <= MOST_IN_A_CELL:
        return text
    return units[: 2 * MOST_IN_A_CELL].decode("utf-16-le", "ignore") + CUT


def _to_print(page: Worksheet, title: str) -> None:
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    page.page_margins.left = page.page_margins.right = 0.4
    # "&" begins an instruction there, and more than 255 characters are refused.
    page.oddFooter.left.text = as_xml_allows(" ".join(title[:90].split())).replace("&", "&&")
    page.oddFooter.right.text = "Page &P of &N"
