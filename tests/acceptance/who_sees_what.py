"""`domain.md` §4 as a table that can be asked: for each kind of answer and each role, one letter per stage: y sees it,
n must not even know of it, ? left open by the table. And what an answer must never hold for a partner.
"""

from collections.abc import Iterator
from typing import Any

STAGES = ("plan", "fieldwork", "sense-making", "manager-review", "shared", "action", "closed")
PARTNER_ROLES = ("sponsor", "manager", "working-group", "staff")

_RESULTS = {
    "volunteer": "nnyyyy?",
    "buddy": "nnnnnnn",
    "lead": "yyyyyyy",
    "data-keeper": "yyyyyyy",
    "sponsor": "nnnyyyy",
    "manager": "nnnyyyy",
    "working-group": "nnnnyyy",
    "staff": "nnnnyyy",
}
_RECOMMENDATIONS = {
    "volunteer": "???yyy?",
    "buddy": "nnnnn?n",
    "lead": "yyyyyy?",
    "data-keeper": "yyyyyy?",
    "sponsor": "nnnyyy?",
    "manager": "nnnyyy?",
    "working-group": "nnnnyy?",
    "staff": "nnnnyy?",
}
SEES = {
    "exercise": {
        "volunteer": "yyyyyyy",
        "buddy": "yy?????",
        "lead": "yyyyyyy",
        "data-keeper": "yyyyyyy",
        "sponsor": "yy?yyyy",
        "manager": "nnnyyyy",
        "working-group": "nnnnyyy",
        "staff": "?nnnyyy",
    },
    "wave": _RESULTS,
    "explanation": _RESULTS,
    # The second wave of these tests is never released, so only those who see everything can compare it with the first.
    "comparison": {
        role: letters if role in ("lead", "data-keeper") else letters.replace("y", "?")
        for role, letters in _RESULTS.items()
    },
    "findings": {
        role: letters[:-1] + ("y" if role in ("lead", "data-keeper") else "n" if role == "buddy" else "?")
        for role, letters in _RESULTS.items()
    },
    "recommendations": _RECOMMENDATIONS,
    "documents": {
        "volunteer": "nn??yy?",
        "buddy": "nnnnnnn",
        "lead": "yyyyyyy",
        "data-keeper": "yyyyyyy",
        "sponsor": "nnn?yy?",
        "manager": "nnn?yy?",
        "working-group": "nnnnyy?",
        "staff": "nnnnyy?",
    },
}

# Numbers that say where, not what: they may stand in an answer that has no figures.
PLACES = {"wave", "waves", "since_wave", "from", "to", "instrument_versions", "version", "status"}


def figures(value: Any, path: str = "") -> Iterator[str]:
    """Every number in an answer that tells something of what visitors said."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in PLACES:
                yield from figures(part, f"{path}/{key}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from figures(part, f"{path}/{number}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{path} = {value}"
