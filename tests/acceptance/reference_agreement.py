"""Agreement between volunteers as `domain.md` §3.6 and pin 8 of `wire.md` §4 state it, with Krippendorff's alpha worked
out from its coincidence table so that no library has to be believed.
"""

from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any, Protocol

from tests.acceptance.reference_numbers import rounded, share

Units = list[list[int]]


class Rated(Protocol):
    """What agreement needs to know of an item."""

    nature: str


def alpha(units: Units, level: str) -> Fraction | None:
    """Krippendorff's alpha over lists of values per unit; nothing when there is nothing to disagree about."""
    together: Counter[tuple[int, int]] = Counter()
    weights: dict[tuple[int, int], Fraction] = {}
    for values in units:
        for pair in permutations(values, 2):
            together[pair] += 1
            weights[pair] = weights.get(pair, Fraction(0)) + Fraction(1, len(values) - 1)
    totals: dict[int, Fraction] = {}
    for (first, _), weight in weights.items():
        totals[first] = totals.get(first, Fraction(0)) + weight
    n = sum(totals.values())
    observed = sum(weight * distance(pair, totals, level) for pair, weight in weights.items())
    expected = sum(totals[a] * totals[b] * distance((a, b), totals, level) for a in totals for b in totals)
    return 1 - (n - 1) * observed / expected if expected else None


def distance(pair: tuple[int, int], totals: dict[int, Fraction], level: str) -> Fraction:
    """The squared difference of two values."""
    low, high = min(pair), max(pair)
    if level == "nominal":
        return Fraction(low != high)
    if level == "interval":
        return Fraction((high - low) ** 2)
    between = sum((count for value, count in totals.items() if low <= value <= high), Fraction(0))
    return (between - (totals[low] + totals[high]) / 2) ** 2


def agreement_of(items: dict[str, Any], visits: list[tuple[str, dict[tuple[str, str], int]]]) -> dict[str, Any]:
    """Both blocks, from (volunteer, strengths by item-in-zone) of every environment visit in the order received."""
    first: dict[str, dict[tuple[str, str], int]] = {}
    for volunteer, strengths in visits:
        first.setdefault(volunteer, strengths)
    facts: dict[tuple[str, str], list[int]] = {}
    felt: dict[tuple[str, str], list[int]] = {}
    for strengths in first.values():
        for key, strength in strengths.items():
            if items[key[0]].nature == "F":
                facts.setdefault(key, []).append(int(strength >= 1))
            else:
                felt.setdefault(key, []).append(strength)
    return {"facts": _block(list(facts.values()), "nominal"), "felt": _block(list(felt.values()), "ordinal")}


def _block(units: Units, level: str) -> dict[str, Any]:
    paired = [values for values in units if len(values) >= 2]
    pairs = [pair for values in paired for pair in combinations(values, 2)]
    varied = len({value for values in paired for value in values}) > 1
    exact = alpha(paired, level) if len(paired) >= 10 and varied else None
    if len(paired) < 10:
        says = "too-few"
    elif exact is None:
        says = "everyone-agreed"
    else:
        says = "good" if exact >= Fraction(8, 10) else "tentative" if exact >= Fraction(667, 1000) else "talk-it-over"
    block = {
        "pairs": len(pairs),
        "exact_percent": rounded(share(sum(a == b for a, b in pairs), len(pairs))),
        "units": len(paired),
        "alpha": rounded(exact, 3),
        "level": level,
        "says": says,
    }
    if level == "ordinal":
        near = sum(abs(a - b) <= 1 for a, b in pairs)
        block["within_one_percent"] = rounded(share(near, len(pairs)))
    return block
