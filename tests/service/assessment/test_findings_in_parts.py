"""A list of findings comes in pages, of 50 when nobody says how long (wire.md §1)."""

from __future__ import annotations

from typing import Any

import pytest

from services.assessment.use_cases import reading
from tests.service.assessment.house import House
from tests.unit.assessment.sent import EXERCISE, SITE, environment

PATH = f"/exercises/{EXERCISE}/sites/{SITE}/findings"


def test_an_empty_list_has_no_more_to_come(house: House) -> None:
    answer = house.get(PATH)
    assert answer == {"items": [], "next": None}


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=x", "after=-1"])
def test_a_part_that_makes_no_sense_is_refused(house: House, query: str) -> None:
    answer = house.app.test_client().get(f"/api/assessment/v1{PATH}?{query}", headers=house.bearer("lead"))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")


def test_parts_add_up_to_the_whole(house: House) -> None:
    house.send(environment(1, {f"WA-0{n}": "t3" for n in range(1, 6)}, zones=("WA",)))
    whole = house.get(PATH)["items"]
    assert len(whole) == 5
    parts: list[Any] = []
    after: str | None = "0"
    while after is not None:
        answer = house.get(f"{PATH}?limit=2&after={after}")
        parts += answer["items"]
        after = answer["next"]
    assert parts == whole


def test_a_page_is_of_fifty_when_nobody_says_how_long(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"id": str(number), "photos": []} for number in range(51)]
    monkeypatch.setattr(reading, "findings", lambda *_: many)
    first = house.get(PATH)
    assert (len(first["items"]), first["next"]) == (50, "50")
    assert house.get(f"{PATH}?after={first['next']}") == {"items": [{"id": "50", "photos": []}], "next": None}
