"""The library of suggestions answers what the instruments ask, and refuses malformed data by name."""

from __future__ import annotations

import pytest
import yaml

from services.reporting.domain.recommendation import PIE_AREAS
from services.reporting.suggestions import LibraryRefused, library, parse
from shared.contracts.instruments import load

ITEMS = {item.code: item for name in ("pie-environment", "mystery-shop") for item in load(name, 1).items}


def test_every_item_that_can_be_found_wanting_has_a_suggestion() -> None:
    for code, item in ITEMS.items():
        if item.scored:
            assert library().answering([code]), code


def test_every_item_it_answers_exists() -> None:
    assert {code for one in library().suggestions for code in one.items} <= set(ITEMS)


def test_areas_are_those_of_the_instruments() -> None:
    assert {area.code for area in load("pie-environment", 1).pie_areas} == set(PIE_AREAS)


def test_the_cheapest_come_first_and_a_strength_is_kept() -> None:
    found = [one.cost_band for one in library().answering(["P-RE-03"])]
    assert found == sorted(found, key=["none", "under-100", "under-1000", "more"].index)
    assert [one.id for one in library().answering(["P-WA-07"], strength=True)] == ["keep-it"]


GOOD = {
    "id": "one",
    "title": "Do it",
    "why": "Because",
    "kind": "culture",
    "pie_area": "physical-environment",
    "cost_band": "none",
    "items": ["P-WA-01"],
}


def refused(*rows: object, **head: object) -> list[str]:
    """The faults that a library with these rows has."""
    data = {"version": 1, "suggestions": list(rows)} | head
    with pytest.raises(LibraryRefused) as told:
        parse(yaml.safe_dump(data), lambda code: code in ITEMS)
    return told.value.faults


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "magic"}, "kind must be one of"),
        ({"cost_band": "free"}, "cost_band must be one of"),
        ({"pie_area": "elsewhere"}, "pie_area must be one of"),
        ({"title": " "}, "title must be words"),
        ({"items": []}, "answers no item"),
        ({"items": "P-WA-01"}, "items must be a list"),
        ({"items": ["P-XX-99"]}, "there is no item P-XX-99"),
        ({"price": 3}, "price is not known"),
        ({"answers_strengths": "yes"}, "answers_strengths must be true or false"),
    ],
)
def test_a_malformed_suggestion_is_named(change: dict[str, object], words: str) -> None:
    faults = refused(GOOD | change)
    assert len(faults) == 1
    assert faults[0].startswith("suggestion 1 (one)")
    assert words in faults[0]


def test_what_is_missing_or_twice_or_no_library_is_said() -> None:
    assert refused({k: v for k, v in GOOD.items() if k != "why"}) == ["suggestion 1 (one): why is missing"]
    assert "used twice" in refused(GOOD, GOOD)[0]
    assert refused("words") == ["suggestion 1: is not a suggestion"]
    assert refused(GOOD, version=0)
    assert refused(GOOD, more=1)
    with pytest.raises(LibraryRefused):
        parse("{")
