"""What is wrong with a form is said in a whole sentence, never in the words of the API."""

from __future__ import annotations

import pytest

from services.reporting.web.faults import beside


@pytest.mark.parametrize(
    ("field", "detail", "said"),
    [
        ("to", "Must be one of: draft, agreed, shared.", "Choose your answer: yes, yes in part, another way, or no."),
        ("kind", "must be one of: culture, practice.", "Choose one."),
        ("note-planned", "may not be empty.", "Please write something first."),
        ("title", "must be 1 to 200 characters long.", "What should change must be 1 to 200 characters long."),
        ("note", "must be at most 4,000 characters long.", "This must be at most 4,000 characters long."),
        ("date", "Say by when.", "Say by when."),
    ],
)
def test_a_fault_is_a_whole_sentence(field: str, detail: str, said: str) -> None:
    assert beside(field, detail) == said
