"""Before and after of the talk: each must-have that was not always done, then and now. Counts and flags only, because
domain.md §3.7 compares how strongly something got to people, and the talk has no such strengths."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.assessment.domain.comparison import CANNOT_TELL, NEW_RED, RESOLVED, STILL_OPEN
from services.assessment.domain.findings import OPEN
from services.assessment.domain.items import RED

Json = Mapping[str, Any]


def talk_compared(
    was: Sequence[Json], now: Sequence[Json], before: Sequence[Json], after: Sequence[Json]
) -> list[Json]:
    """Must-haves that were a red flag at either end, in the order of the talk.

    `was`, `now`: `mystery_shop.items` of the two waves (wire.md §4), as the reader may see them; `before`, `after`: the
    findings as they stood after each. Each row: `item`, `flag` as in wire.md §5, and `then`, `now`: (visits on which
    it was not done, visits that could say), or None where the reader is not shown them.
    """
    open_before = {one["item"] for one in _of_the_talk(before) if one["state"] == OPEN}
    states = {one["item"]: one["state"] for one in _of_the_talk(after)}
    first, last = ({item["item"]: item for item in items} for items in (was, now))
    rows: list[Json] = []
    for item in dict.fromkeys((*first, *last)):
        flag = _flag(states.get(item), last.get(item), item in open_before)
        if flag is not None:
            then = _not_done(first.get(item))
            rows.append({"item": item, "flag": flag, "then": then, "now": _not_done(last.get(item))})
    return rows


def _of_the_talk(findings: Collection[Json]) -> list[Json]:
    return [one for one in findings if one["zone"] is None and one["kind"] == RED]


def _flag(state: str | None, now: Json | None, open_before: bool) -> str | None:
    if state is None:
        return None
    if state != OPEN:
        return RESOLVED if open_before else None
    if now is None or now["n"] == 0:
        return CANNOT_TELL
    return STILL_OPEN if open_before or now["flag"] != RED else NEW_RED


def _not_done(item: Json | None) -> tuple[int, int] | None:
    if item is None:
        return 0, 0
    return None if item["n"] is None else (item["n"] - item["ones_or_more"], item["n"])
