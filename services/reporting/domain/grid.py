"""The effort and difference grid: two axes that are kept apart, and the four fields they make (domain.md §5, [S2])."""

from __future__ import annotations

MIDDLE = 50
QUICK_WIN, BIG_CHANGE, SMALL_HELP, THINK_AGAIN = "quick-win", "big-change", "small-help", "think-again"
FIELDS = (QUICK_WIN, BIG_CHANGE, SMALL_HELP, THINK_AGAIN)


def field_of(effort: int, difference: int) -> str:
    """The field of a place on the grid; both axes run from 0 to 100. No score is made of the two."""
    if difference >= MIDDLE:
        return QUICK_WIN if effort < MIDDLE else BIG_CHANGE
    return SMALL_HELP if effort < MIDDLE else THINK_AGAIN
