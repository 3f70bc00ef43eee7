"""Visits travel from the log to the wire: results in the shape of wire.md §4, for whoever may see them."""

from __future__ import annotations

from tests.service.assessment.house import House
from tests.unit.assessment.sent import EXERCISE, SITE, environment, talk

THREE_AT_RECEPTION = (
    {"RE-01": "fine", "RE-02": "t1", "RE-03": "t3", "RE-04": "t1"},
    {"RE-01": "fine", "RE-02": "fine", "RE-03": "fine", "RE-04": "did-not-see"},
    {"RE-01": "fine", "RE-02": "t1", "RE-03": "fine", "RE-04": "fine"},
)


def test_a_wave_that_nobody_visited_is_there_and_empty(house: House) -> None:
    found = house.wave(2)
    assert found["visits"] == 0
    assert found["sure"] is None
    assert found["items"] == []
    assert [zone["state"] for zone in found["zones"]] == ["nothing-seen"] * 9
    assert found["mystery_shop"]["visits"] == 0


def test_what_is_not_there_is_not_found(house: House) -> None:
    site = f"/exercises/{EXERCISE}/sites/{SITE}"
    for path in (
        f"{site}/waves/9",
        f"{site}/waves/0",
        f"{site}/waves/x",
        f"/exercises/{EXERCISE}/sites/{EXERCISE}/waves/1",
        f"/exercises/{SITE}/sites/{SITE}/waves/1",
        f"{site}/comparison?from=1&to=7",
    ):
        assert house.get(path, status=404)["code"] == "not-found"


def test_example_two_over_the_wire(house: House) -> None:
    house.send(*(environment(at, answers) for at, answers in enumerate(THREE_AT_RECEPTION, 1)))
    found = house.wave()
    zone = next(zone for zone in found["zones"] if zone["zone"] == "RE")
    assert zone["trigger"]["points"] == 6
    assert zone["trigger"]["maximum"] == 33
    assert zone["red"] == ["P-RE-03"]
    desk = next(item for item in found["items"] if item["item"] == "P-RE-03")
    assert desk["triggers"] == [0, 0, 3]
    assert desk["prevalence"] == {"percent": 33.3, "low": 6.1, "high": 79.2}
    assert found["site"]["open_red"] == [{"item": "P-RE-03", "zone": "RE", "since_wave": 1}]


def test_a_mystery_shop_over_the_wire(house: House) -> None:
    house.send(talk(1, {"WE-03": "0"}, faces={"WE": 2}), talk(2, {"WE-03": "1"}, faces={"WE": 4}))
    shop = house.wave()["mystery_shop"]
    assert (shop["points"], shop["maximum"], shop["percent"]) == (1, 4, 25.0)
    asked = next(item for item in shop["items"] if item["item"] == "M-WE-03")
    assert asked["flag"] == "red"
    stage = next(stage for stage in shop["stages"] if stage["stage"] == "WE")
    assert (stage["face_median"], stage["faces"]) == (3, 2)
