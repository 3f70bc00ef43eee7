"""What was wrong with a form, as sentences that stand beside the field: the API's own words are for programs."""

from __future__ import annotations

_SUBJECTS = {
    "title": "What should change",
    "owner_post": "The post",
    "due": "The day",
    "date": "The day",
    "effort": "The effort",
    "difference": "The difference",
    "evidence_text": "What shows it",
}


def beside(field: str, detail: str) -> str:
    """A whole sentence about `field`; fields of a move carry its name after a hyphen (`note-planned`)."""
    name = field.partition("-")[0]
    said = detail.lower()
    if name == "to" and "must be one of" in said:
        return "Choose your answer: yes, yes in part, another way, or no."
    if said.startswith("must be one of"):
        return "Choose one."
    if said.startswith("may not be empty"):
        return "Please write something first."
    if said.startswith(("must", "may", "is", "needs")):
        return f"{_SUBJECTS.get(name, 'This')} {detail[0].lower()}{detail[1:]}"
    return detail[:1].upper() + detail[1:]
