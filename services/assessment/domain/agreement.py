"""How far volunteers who saw the same agree: per cent always, Krippendorff's alpha where it means something.

It serves wording and training, and never overrules a felt answer (domain.md §3.6). Alpha is computed in
fractions from histograms: a unit is what was said of one item in one zone, however many people said it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from services.assessment.domain.rounding import decimals, percent

UNITS_FOR_ALPHA = 10
GOOD, TENTATIVE = Fraction(4, 5), Fraction(667, 1000)
HIGH_AGREEMENT = 80.0
NOMINAL, ORDINAL, INTERVAL = "nominal", "ordinal", "interval"

Unit = Mapping[int, int]
"""Value -> how many raters gave it."""

WHY = {
    "too-few": "Alpha needs at least two people and ten questions that two or more of them answered.",
    "everyone-agreed": "Everyone agreed, so there is nothing to measure alpha against.",
}
NOTE = "Nearly all answers were the same, so alpha is low although people agreed."


def alpha(units: Iterable[Unit], level: str) -> Fraction | None:
    """Krippendorff's alpha over units with two values or more; None when the answers do not vary at all.

    `level` is nominal, ordinal or interval; the metric is [HK]'s, and the published vectors of domain.md
    §3.10 hold it.
    """
    paired = [unit for unit in units if sum(unit.values()) >= 2]
    totals: Counter[int] = Counter()
    for unit in paired:
        totals.update(unit)
    values = sorted(totals)
    distance = _distance(level, totals, values)
    apart = {(a, b): distance(a, b) for a in values for b in values if a < b}
    expected = sum(totals[a] * totals[b] * far for (a, b), far in apart.items())
    if expected == 0:
        return None
    observed: Counter[int] = Counter()
    for unit in paired:
        raters = sum(unit.values())
        found = sorted(unit)
        observed[raters] += sum(unit[a] * unit[b] * apart[a, b] for a in found for b in found if a < b)
    seen = sum((Fraction(far, raters - 1) for raters, far in observed.items()), Fraction(0))
    return 1 - seen * (totals.total() - 1) / expected


def _distance(level: str, totals: Mapping[int, int], values: list[int]) -> Callable[[int, int], int]:
    if level == NOMINAL:
        return lambda a, b: 1
    if level == INTERVAL:
        return lambda a, b: (a - b) ** 2

    def ordinal(a: int, b: int) -> int:
        # Twice the number of ranks between a and b; the factor of four falls out of the quotient.
        between = sum(totals[value] for value in values if a <= value <= b)
        return (2 * between - totals[a] - totals[b]) ** 2

    return ordinal


def summary(units: Iterable[Unit], level: str, *, within_one: bool) -> dict[str, Any]:
    """One half of `agreement` in wire.md §4: percentages over all pairs within units, and alpha if it may be.

    Alpha is given to three decimals. Where it is null, `says` and `why` tell why.
    """
    paired = [unit for unit in units if sum(unit.values()) >= 2]
    pairs = exact = near = 0
    values: set[int] = set()
    for unit in paired:
        raters = sum(unit.values())
        pairs += raters * (raters - 1) // 2
        same = sum(count * (count - 1) // 2 for count in unit.values())
        exact += same
        near += same + sum(unit[value] * unit.get(value + 1, 0) for value in unit)
        values.update(value for value, count in unit.items() if count)
    shown: Fraction | None = None
    if len(paired) < UNITS_FOR_ALPHA:
        says = "too-few"
    elif len(values) < 2:
        says = "everyone-agreed"
    else:
        shown = alpha(paired, level)
        says = _says(shown)
    exact_percent = percent(exact, pairs)
    found: dict[str, Any] = {"pairs": pairs, "exact_percent": exact_percent}
    if within_one:
        found["within_one_percent"] = percent(near, pairs)
    found |= {
        "units": len(paired),
        "alpha": None if shown is None else decimals(shown, 3),
        "level": level,
        "says": says,
        "why": WHY.get(says),
        "note": NOTE if says == "talk-it-over" and (exact_percent or 0) >= HIGH_AGREEMENT else None,
    }
    return found


def _says(value: Fraction | None) -> str:
    if value is None:
        return "everyone-agreed"
    if value >= GOOD:
        return "good"
    return "tentative" if value >= TENTATIVE else "talk-it-over"


def as_facts(unit: Unit) -> Unit:
    """Strengths told as present or absent, for checkable facts (wire.md §4 pin 8)."""
    absent = unit.get(0, 0)
    present = sum(unit.values()) - absent
    return {value: count for value, count in ((0, absent), (1, present)) if count}
