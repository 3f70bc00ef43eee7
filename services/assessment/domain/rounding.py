"""Exact figures become shown figures here and nowhere else: round half up, one decimal, at display (domain.md §3.8).

Everything before this is integers and fractions, so that no figure depends on how a float was rounded.
"""

from __future__ import annotations

from fractions import Fraction


def one_decimal(value: Fraction) -> float:
    """`value` to one decimal. Of a number below zero it is the size that is rounded: -17.35 becomes -17.4."""
    tenths = (20 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return tenths / (10 if value >= 0 or tenths == 0 else -10)


def percent(points: int, maximum: int) -> float | None:
    """100 × points ÷ maximum to one decimal; None where the maximum is 0: neither 0 % nor 100 % would be true."""
    if maximum == 0:
        return None
    return ((2000 * points + maximum) // (2 * maximum)) / 10


def decimals(value: Fraction, places: int) -> float:
    """`value` to that many decimals, half up."""
    scale: int = 10**places
    shown = (2 * scale * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return shown / (scale if value >= 0 or shown == 0 else -scale)


def whole(value: float) -> int:
    """A figure of one decimal as a whole number, half up, for use in a sentence."""
    return (round(value * 10) + 5) // 10


def plain_number(value: Fraction) -> int | float:
    """A median: a whole number as one, the mean of two neighbours as a half."""
    return value.numerator if value.denominator == 1 else float(value)
