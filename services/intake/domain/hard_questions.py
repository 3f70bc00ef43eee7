"""Which questions can stir something up, as data: a page says so before it asks them (domain.md §4, wellbeing flow)."""

from __future__ import annotations

from collections.abc import Iterable

HARD_QUESTIONS = {
    "P-AP-02": "police or courts nearby",
    "P-AP-03": "cameras",
    "P-EN-01": "guards",
    "P-EN-02": "guards",
    "P-EN-03": "being stopped or searched",
    "P-EN-04": "doors that are locked or hard to open",
    "P-EN-07": "cameras",
    "P-WA-05": "people who are upset, drunk or loud",
    "P-WY-02": "feeling trapped",
    "P-WY-03": "locked doors",
    "P-TO-02": "feeling safe in the toilet",
    "P-EX-02": "being upset in front of others",
    "M-AR-03": "guards",
    "M-CV-05": "hard questions that they asked you",
    "M-CV-07": "being upset",
    "M-CV-08": "not being believed",
    "M-CV-10": "not being safe",
}
"""Item code -> what it is about, in the words of the notice."""


def hard_topics(codes: Iterable[str]) -> tuple[str, ...]:
    """What the hard ones among these questions are about, each once, in their order. Empty when none is hard."""
    return tuple(dict.fromkeys(HARD_QUESTIONS[code] for code in codes if code in HARD_QUESTIONS))
