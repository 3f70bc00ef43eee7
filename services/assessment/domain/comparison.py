"""Before and after of one site: matched items only, flags first, totals last (domain.md §3.7, wire.md §5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from math import comb
from typing import Any

from services.assessment.domain import keys
from services.assessment.domain.items import AMBER, RED, ItemCount
from services.assessment.domain.result import cut_points
from services.assessment.domain.rounding import decimals, one_decimal, percent
from services.assessment.domain.sureness import VISITS_FOR_A_PERCENT, WHY_NOTHING_TO_COUNT, WHY_ONE_VISIT
from services.assessment.domain.waves import Place, Wave, open_reds
from shared.contracts.instruments import Scoring

BETTER, SAME, WORSE = "better", "same", "worse"
RESOLVED, STILL_OPEN, CANNOT_TELL = "resolved", "still-open", "cannot-tell"
NEW_RED, NEW_AMBER, NONE = "new-red", "new-amber", "none"
NOT_BEFORE, NOT_AFTER, OTHER_VERSION = "not-seen-before", "not-seen-after", "other-version"

ITEMS_FOR_A_SIGN_TEST = 6
_VISITS = keys.wave("environment")

WARN_TOTALS = "Read the single questions first: totals of different rounds are not a league table."
WARN_FEW = "One of the two rounds has fewer than 3 visits, so a change may be one odd day."
WARN_VERSIONS = "The two rounds used different versions of the questions, so these are not compared."
WARN_PEOPLE = "One of the two rounds was seen by one person only. A change may be in who went, not in the place."


VisitsBehind = Callable[[int, Collection[Place]], int]
"""How many visits of a wave could answer any of these items-in-zones."""


def comparison(waves: Sequence[Wave], start: int, end: int, visits_behind: VisitsBehind) -> dict[str, Any]:
    """From wave `start` to wave `end`; `waves` holds every wave up to the later of the two, in order.

    `visits_behind` is asked only where counts alone cannot tell whether one visit is all there is.
    Raises StopIteration for a wave that is not among them.
    """
    before = next(wave for wave in waves if wave.number == start)
    after = next(wave for wave in waves if wave.number == end)
    open_before = open_reds([wave for wave in waves if wave.number <= start])
    same_version = _comparable(before, after)
    sums = _Sums()
    items: list[dict[str, Any]] = []
    unmatched: list[dict[str, Any]] = []
    for place in _places(before, after):
        was, now = before.by_place.get(place), after.by_place.get(place)
        n_was, n_now = was.n if was else 0, now.n if now else 0
        if not n_was and not n_now:
            continue
        head = {"item": place[0], "zone": place[1]}
        flag = _flag(place, was, now, open_before) if same_version else _flag(place, was, None, open_before)
        if was and now and n_was and n_now and same_version:
            items.append(head | sums.take(was, now, cut_points(after.environment)) | {"flag": flag})
        else:
            missing = NOT_BEFORE if not n_was else NOT_AFTER
            unmatched.append(head | {"why": OTHER_VERSION if not same_version else missing, "flag": flag})
    places = [(item["item"], item["zone"]) for item in items]
    was_shown, now_shown = (_by_several(wave, places, visits_behind) for wave in (before, after))
    shown = was_shown and now_shown
    return {
        "from": start,
        "to": end,
        "matched": len(items),
        "trigger_from": _load(sums.points_was, sums.maximum_was, was_shown),
        "trigger_to": _load(sums.points_now, sums.maximum_now, now_shown),
        "change": sums.change() if shown else None,
        BETTER: sums.verdicts[BETTER],
        SAME: sums.verdicts[SAME],
        WORSE: sums.verdicts[WORSE],
        "sign_test": sign_test(sums.falls, sums.rises),
        "items": items,
        "unmatched": unmatched,
        "warnings": _warnings(before, after, same_version),
        "why": None if shown else WHY_ONE_VISIT if items else WHY_NOTHING_TO_COUNT,
    }


class _Sums:
    def __init__(self) -> None:
        self.points_was = self.maximum_was = self.points_now = self.maximum_now = 0
        self.falls = self.rises = 0
        self.verdicts = {BETTER: 0, SAME: 0, WORSE: 0}

    def take(self, was: ItemCount, now: ItemCount, cuts: Scoring) -> dict[str, Any]:
        self.points_was += was.points
        self.maximum_was += was.maximum
        self.points_now += now.points
        self.maximum_now += now.maximum
        numbers = {"from_n": was.n, "to_n": now.n, "from_k": was.k, "to_k": now.k}
        people = {"from_volunteers": was.volunteers, "to_volunteers": now.volunteers}
        if min(was.n, now.n) < VISITS_FOR_A_PERCENT:
            empty = dict.fromkeys(("from_percent", "to_percent", "change", "verdict"))
            return empty | numbers | people | {"why": WHY_ONE_VISIT}
        change = 100 * (Fraction(now.points, now.maximum) - Fraction(was.points, was.maximum))
        verdict = BETTER if change <= -cuts.change else WORSE if change >= cuts.change else SAME
        self.verdicts[verdict] += 1
        self.falls += change < 0
        self.rises += change > 0
        return {
            "from_percent": percent(was.points, was.maximum),
            "to_percent": percent(now.points, now.maximum),
            "change": one_decimal(change),
            "verdict": verdict,
            **numbers,
            **people,
            "why": None,
        }

    def change(self) -> float | None:
        if not self.maximum_was or not self.maximum_now:
            return None
        return one_decimal(
            100 * (Fraction(self.points_now, self.maximum_now) - Fraction(self.points_was, self.maximum_was))
        )


def _by_several(wave: Wave, places: Sequence[Place], visits_behind: VisitsBehind) -> bool:
    """Whether more than one visit stands behind the matched total: no percentage from one visit (§3.9)."""
    if len(places) < 2 or any(wave.by_place[place].n > 1 for place in places):
        return any(wave.by_place[place].n > 1 for place in places)
    return visits_behind(wave.number, places) > 1


def _places(before: Wave, after: Wave) -> list[Place]:
    # X- items stay out of every sum over waves; comfort items have no trigger to compare.
    places = dict.fromkeys([*after.environment.places, *before.environment.places])
    found = []
    for code, zone in places:
        item = after.environment.item_in(code, zone) or before.environment.item_in(code, zone)
        if item is not None and item.takes_trigger and not item.local:
            found.append((code, zone))
    return found


def _comparable(before: Wave, after: Wave) -> bool:
    was, now = (wave.versions.get(wave.environment.name, []) for wave in (before, after))
    return not was or not now or was == now


def _flag(place: Place, was: ItemCount | None, now: ItemCount | None, open_before: dict[Place, int]) -> str:
    if place in open_before:
        if now is None or now.n == 0:
            return CANNOT_TELL
        return RESOLVED if now.resolves else STILL_OPEN
    if now is not None and now.flag == RED:
        return NEW_RED
    if now is not None and now.flag == AMBER and (was is None or was.flag not in (RED, AMBER)):
        return NEW_AMBER
    return NONE


def _load(points: int, maximum: int, shown: bool) -> dict[str, Any]:
    return {"points": points, "maximum": maximum, "percent": percent(points, maximum) if shown else None}


def sign_test(falls: int, rises: int) -> dict[str, Any] | None:
    """The sign test [SGN] from six untied items on, two-sided, p to four decimals; else None."""
    untied = falls + rises
    if untied < ITEMS_FOR_A_SIGN_TEST:
        return None
    tail = sum(comb(untied, i) for i in range(min(falls, rises) + 1))
    p = min(Fraction(2 * tail, 2**untied), Fraction(1))
    return {"untied": untied, "better": falls, "p": decimals(p, 4), "note": "rough guide"}


def _warnings(before: Wave, after: Wave, same_version: bool) -> list[str]:
    warnings = [WARN_TOTALS]
    if min(wave.tally.visits(_VISITS) for wave in (before, after)) < 3:
        warnings.append(WARN_FEW)
    if min(wave.tally.volunteers(_VISITS) for wave in (before, after)) == 1:
        warnings.append(WARN_PEOPLE)
    return warnings if same_version else [*warnings, WARN_VERSIONS]
