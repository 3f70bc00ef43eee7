"""The arithmetic that both references share: exact fractions, rounding half up at the last moment, Wilson intervals,
and `Either`, which says that the specification leaves a value open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

WILSON_Z = Decimal("1.959964")


@dataclass(frozen=True)
class Either:
    """Several answers the two pages allow."""

    values: tuple[Any, ...]


def rounded(value: Fraction | Decimal | None, places: int = 1) -> float | None:
    """Half up, as on paper; of a negative number the size is rounded."""
    if value is None:
        return None
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value
        return float(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)) + 0.0


def share(points: int, maximum: int) -> Fraction | None:
    """Points as an exact percentage of the maximum; nothing when there was nothing to score."""
    return Fraction(100 * points, maximum) if maximum else None


def wilson(k: int, n: int) -> tuple[float | None, float | None]:
    """The 95 % Wilson interval in percent, one decimal."""
    with localcontext() as context:
        context.prec = 40
        p, size, zz = Decimal(k) / Decimal(n), Decimal(n), WILSON_Z * WILSON_Z
        centre = (p + zz / (2 * size)) / (1 + zz / size)
        half = WILSON_Z * (p * (1 - p) / size + zz / (4 * size * size)).sqrt() / (1 + zz / size)
        low, high = max(Decimal(0), centre - half), min(Decimal(1), centre + half)
        return rounded(low * 100), rounded(high * 100)


def median(values: Sequence[int]) -> float | None:
    """The middle, or the mean of the middle two."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return float(ordered[half]) if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
