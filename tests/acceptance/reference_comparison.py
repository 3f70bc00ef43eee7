"""An independent reading of `domain.md` §3.7 with `wire.md` §5: the exact answer of `GET …/comparison?from=1&to=2`."""

from collections.abc import Iterable
from fractions import Fraction
from math import comb
from typing import Any

from tests.acceptance.reference_items import ITEMS, items_in_zones
from tests.acceptance.reference_numbers import Either, rounded, share
from tests.acceptance.reference_scoring import ItemWave, Sent, collect, open_reds

Key = tuple[str, str]


def comparison(sent: Iterable[Sent], zones: list[str], start: int, end: int) -> dict[str, Any]:
    """Two waves of one site side by side; only items that ask for triggers take part."""
    visits = list(sent)
    waves = {number: collect(visits, zones, number) for number in range(1, end + 1)}
    opened = open_reds(visits, zones, start)
    still = open_reds(visits, zones, end)
    matched, unmatched, pooled = [], [], []
    loads: list[tuple[Fraction, Fraction]] = []
    for item, zone in items_in_zones(zones):
        key = (item.code, zone)
        if item.kind == "C":
            continue
        before = waves[start].get(key, ItemWave(ITEMS[item.code], zone))
        after = waves[end].get(key, ItemWave(ITEMS[item.code], zone))
        flag = _flag(key, before, after, opened, still, [waves[n] for n in range(start + 1, end + 1)])
        if before.seen and after.seen:
            pooled.append((before, after))
            both = len(before.seen) >= 2 and len(after.seen) >= 2
            if both and before.load is not None and after.load is not None:
                loads.append((before.load, after.load))
            matched.append({**_row(before, after, both), "flag": flag})
        elif before.seen or after.seen:
            why = "not-seen-before" if after.seen else "not-seen-after"
            unmatched.append({"item": item.code, "zone": zone, "why": why, "flag": flag})
    verdicts = [row["verdict"] for row in matched]
    return {
        "from": start,
        "to": end,
        "matched": len(matched),
        **_totals([b for b, _ in pooled], [a for _, a in pooled]),
        **{word: verdicts.count(word) for word in ("better", "same", "worse")},
        "sign_test": _sign_test(loads),
        "items": matched,
        "unmatched": unmatched,
    }


def _totals(before: list[ItemWave], after: list[ItemWave]) -> dict[str, Any]:
    """The pooled bars and their change. §3.9: no percentage from one visit, so none where one visit is all there is;
    whether the other wave's own percentage is then shown is left open.
    """
    bars, lone = [], []
    for results in (before, after):
        points = sum(t for r in results for _, t, _ in r.seen)
        maximum = sum(3 * len(r.seen) for r in results)
        bars.append((points, maximum))
        lone.append(len(set().union(*(r.seen_by for r in results))) == 1)
    names = ("trigger_from", "trigger_to")
    shown = {
        name: {
            "points": points,
            "maximum": maximum,
            "percent": None if one else Either((rounded(share(points, maximum)), *([None] if any(lone) else []))),
        }
        for name, (points, maximum), one in zip(names, bars, lone, strict=True)
    }
    if not before or any(lone):
        return {**shown, "change": None}
    (first, out_of), (last, out_of_then) = bars
    return {**shown, "change": rounded(Fraction(100 * last, out_of_then) - Fraction(100 * first, out_of))}


def _row(before: ItemWave, after: ItemWave, both: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"item": before.item.code, "zone": before.zone}
    if not both or before.load is None or after.load is None:
        return {**row, "from_percent": None, "to_percent": None, "change": None, "verdict": None}
    change = after.load - before.load
    verdict = "better" if change <= -10 else "worse" if change >= 10 else "same"
    return {
        **row,
        "from_percent": rounded(before.load),
        "to_percent": rounded(after.load),
        "change": rounded(change),
        "verdict": verdict,
    }


def _flag(
    key: Key,
    before: ItemWave,
    after: ItemWave,
    opened: dict[Key, int],
    still: dict[Key, int],
    later: list[dict[Key, ItemWave]],
) -> Any:
    """What became of the item's flag; with a wave in between, §3.7's "later wave" has two readings."""
    if key in opened:
        seen_later = any(key in wave and wave[key].seen for wave in later)
        followed = ("still-open" if seen_later else "cannot-tell") if key in still else "resolved"
        last_only = "resolved" if after.resolves else "still-open" if after.seen else "cannot-tell"
        return followed if followed == last_only else Either((followed, last_only))
    if after.flag == "red":
        return "new-red"
    return "new-amber" if after.flag == "amber" and before.flag != "amber" else "none"


def _sign_test(loads: list[tuple[Fraction, Fraction]]) -> dict[str, Any] | None:
    """From six untied items on; two-sided, and never above one."""
    better, worse = sum(b > a for b, a in loads), sum(b < a for b, a in loads)
    untied = better + worse
    if untied < 6:
        return None
    p = min(Fraction(1), Fraction(2 * sum(comb(untied, i) for i in range(min(better, worse) + 1)), 2**untied))
    return {"untied": untied, "better": better, "p": rounded(p, 4), "note": "rough guide"}
