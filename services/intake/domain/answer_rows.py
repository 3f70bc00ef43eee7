"""The answers of an exercise as rows of a table, without a name, a day or a word that nobody has read over.

For the host charity's own sums; a partner never gets them (domain.md §4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
Place = tuple[str | None, str | None]
"""Item and zone where something was said; no item: about the zone or the visit as a whole."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(
    content: Mapping[str, Any],
    instrument: Instrument,
    *,
    site: str,
    visit_id: str,
    released: Mapping[Place, Sequence[str]],
) -> Iterator[tuple[str | int, ...]]:
    """One row per answer, and one for what was let through beside answers: first impressions, pins, spoken words.

    By COLUMNS. `released`: where words were said, to those that a second person let through.
    """
    said = dict(released)
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
                _together(said.pop((code, zone), ())),
            )
        )
    for (code, zone), words in said.items():
        item = instrument.find(code) if code else None
        beside = (zone or (item.stage if item else None) or "", code or "", item.prompt if item else "", "", "", "")
        yield tuple(safe(cell) for cell in (*about, *beside, _together(words)))


def _together(words: Sequence[str]) -> str:
    # Sorted, so that it tells nothing of who was read first.
    return " / ".join(sorted(words))


def safe(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
