"""Tells which way a text runs, for what makes files does not find it out as a browser does."""

from __future__ import annotations

import unicodedata


def direction(text: str) -> str:
    """`rtl` or `ltr`, by the first letter that says; `ltr` when none does."""
    sides = (unicodedata.bidirectional(letter) for letter in text)
    return "rtl" if next((side for side in sides if side in ("L", "R", "AL")), "L") != "L" else "ltr"
