"""Which questions can stir something up, as data: a page says so before it asks them (domain.md §4, wellbeing flow)."""

from __future__ import annotations

from collections.abc import Iterable

from shared.contracts.sentences import Sentence

HARD_QUESTIONS = {
    "P-AP-02": Sentence("police or courts nearby"),
    "P-AP-03": Sentence("cameras"),
    "P-EN-01": Sentence("guards"),
    "P-EN-02": Sentence("guards"),
    "P-EN-03": Sentence("being stopped or searched"),
    "P-EN-04": Sentence("doors that are locked or hard to open"),
    "P-EN-07": Sentence("cameras"),
    "P-WA-05": Sentence("people who are upset, drunk or loud"),
    "P-WY-02": Sentence("feeling trapped"),
    "P-WY-03": Sentence("locked doors"),
    "P-TO-02": Sentence("feeling safe in the toilet"),
    "P-EX-02": Sentence("being upset in front of others"),
    "M-AR-03": Sentence("guards"),
    "M-CV-05": Sentence("hard questions that they asked you"),
    "M-CV-07": Sentence("being upset"),
    "M-CV-08": Sentence("not being believed"),
    "M-CV-10": Sentence("not being safe"),
}
"""Item code -> what it is about, in the words of the notice."""


def hard_topics(codes: Iterable[str]) -> tuple[str, ...]:
    """What the hard ones among these questions are about, each once, in their order. Empty when none is hard."""
    return tuple(dict.fromkeys(HARD_QUESTIONS[code] for code in codes if code in HARD_QUESTIONS))
