"""What shows that a recommendation was carried out, in the few words that a card and a table have room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.reporting.domain.recommendation import Entry
from services.reporting.domain.standing import shown_for

_SHOWN = {
    "photo": ("a photo", "photos"),
    "policy": ("a policy", "policies"),
    "training": ("training", "trainings"),
    "date": ("a date", "dates"),
    "other": ("something else", "other things"),
}


def evidence_words(history: Sequence[Entry]) -> str:
    """What shows that it is done, in a few words: “2 photos, a policy”; empty for nothing."""
    counted = Counter(one.kind for one in shown_for(history))
    return ", ".join(_SHOWN[kind][0] if many == 1 else f"{many} {_SHOWN[kind][1]}" for kind, many in counted.items())
