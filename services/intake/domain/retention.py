"""How long what ties a person to what they said is kept, where no rule of a thing of its own says it (domain.md §4)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

DRAFT_KEPT = timedelta(days=90)
"""A draft is raw notes: it goes this long after it was last changed."""
LINK_KEPT_MONTHS = 6
"""So long after an exercise was closed it is still known which visits were whose."""


def drafts_gone_before(now: datetime) -> datetime:
    """Drafts that were last changed at this moment or before are erased now."""
    return now - DRAFT_KEPT


def links_gone_before(now: datetime) -> datetime:
    """The links of exercises that were closed at this moment or before are cut now: six calendar months ago.

    31 August less six months is the last day of February.
    """
    months = now.year * 12 + now.month - 1 - LINK_KEPT_MONTHS
    year, month = months // 12, months % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))


def without_raw_notes(visit: Mapping[str, Any]) -> dict[str, Any]:
    """A visit as it is kept when nobody knows any more whose it was: what was answered, no word, no mark, no day."""
    kept = dict(visit) | {"visited_on": None, "first_impressions": {}}
    kept["answers"] = [_without_words(answer) for answer in visit["answers"]]
    kept["photos"] = [{**photo, "annotations": []} for photo in visit["photos"]]
    if "pins" in visit:
        kept["pins"] = [_without_words(pin) for pin in visit["pins"]]
    return kept


def _without_words(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name != "words"}
