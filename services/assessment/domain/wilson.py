"""How far a share of few visits could be from the truth: the 95 % Wilson interval (domain.md §3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from services.assessment.domain.rounding import percent, whole

Z = Decimal("1.959964")
_SHOWN = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Prevalence:
    """k of n visits in per cent, with both ends of the interval, each to one decimal."""

    percent: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        """The shape of `prevalence` in wire.md §4."""
        return {"percent": self.percent, "low": self.low, "high": self.high}


@lru_cache(maxsize=8192)
def prevalence(k: int, n: int) -> Prevalence:
    """The share k/n and its interval, clamped to 0-100. Raises ValueError unless 0 ≤ k ≤ n and n > 0."""
    share = percent(k, n)
    if share is None or not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a share")
    with localcontext() as exact:
        exact.prec = 50
        p, z2 = Decimal(k) / n, Z * Z
        middle = p + z2 / (2 * n)
        reach = Z * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
        scale = 1 + z2 / n
        low, high = (middle - reach) / scale, (middle + reach) / scale
        return Prevalence(share, _shown(low), _shown(high))


def _shown(share: Decimal) -> float:
    inside = min(max(share, Decimal(0)), Decimal(1))
    return float((inside * 100).quantize(_SHOWN, rounding=ROUND_HALF_UP))


def in_words(k: int, n: int) -> str:
    """Frequency as a person would say it: words first, and never a percentage from one visit (domain.md §3.9)."""
    visits = f"{k} of {n} visits" if n != 1 else f"{k} of 1 visit"
    if n == 0:
        return "Nobody could say."
    if n == 1:
        return f"{visits}; this is one person's view"
    high = whole(prevalence(k, n).high)
    if high >= 100:
        return f"{visits}, every time" if k == n else f"{visits}; it could be nearly every visit"
    if k == 0:
        return f"{visits}; it could still happen on up to {high}% of visits"
    return f"{visits}; it could be up to {high}% of visits"
