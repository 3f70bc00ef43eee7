"""Stops words that point at one member of staff: the work tests the system and not them (domain.md §4, rule 3).

It catches the plain cases only; a person still reads everything before a partner does.
"""

from __future__ import annotations

import re

_SIGNS = (
    (re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx)\.? [A-Z][a-z]+"), "This looks like somebody's name. Write what they do."),
    (
        re.compile(r"\b(?:desk|counter|booth|badge|window)\s+(?:number\s+|no\.?\s*)?\d+\b", re.IGNORECASE),
        "This points at one desk. Write “the front desk” or “front of house”.",
    ),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "This looks like an email address. Leave it out."),
    (re.compile(r"(?<!\d)(?:\+44\s?|0)\d{3,4}[\s-]?\d{3}[\s-]?\d{3,4}(?!\d)"), "This looks like a phone number."),
)


def describes_a_person(text: str) -> str | None:
    """A sentence on what to change when `text` points at one person, else None."""
    for sign, told in _SIGNS:
        if sign.search(text):
            return told
    return None
