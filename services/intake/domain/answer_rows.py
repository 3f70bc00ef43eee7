"""The answers of an exercise as rows of a table, without a name, a day or a word that nobody has read over.

For the host charity's own sums; a partner never gets them (domain.md §4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.contracts.instruments import Instrument

COLUMNS = (
    "site",
    "round",
    "visit",
    "kind",
    "form",
    "channel",
    "part_of_day",
    "part",
    "item",
    "question",
    "answer",
    "got_to_me",
    "helped_me",
    "released_words",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(
    content: Mapping[str, Any],
    instrument: Instrument,
    *,
    site: str,
    visit_id: str,
    released: Mapping[tuple[str | None, str | None], str],
) -> Iterator[tuple[str | int, ...]]:
    """One row per answer, and per first impression that was let through, by COLUMNS.

    `released`: (item, zone) to the words a second person let through; the item is None for a first impression.
    """
    what = (content["kind"], content["form"], content["channel"], content["part_of_day"])
    about = (site, content["wave"], visit_id, *what)
    for answer in content["answers"]:
        code, zone = answer["item"], answer.get("zone")
        item = instrument.find(code)
        yield tuple(
            safe(cell)
            for cell in (
                *about,
                zone or (item.stage if item else None) or "",
                code,
                item.prompt if item else "",
                answer["answer"],
                answer.get("trigger", ""),
                answer.get("comfort", ""),
                released.get((code, zone), ""),
            )
        )
    for (code, zone), words in released.items():
        if code is None:
            yield tuple(safe(cell) for cell in (*about, zone or "", "", "What hit you first?", "", "", "", words))


def safe(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
