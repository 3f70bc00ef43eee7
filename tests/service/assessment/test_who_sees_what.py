"""Results and findings by role and stage: domain.md §4 and the embargo on each wave."""

from __future__ import annotations

from typing import Any

import pytest

from services.assessment.use_cases.sights import sight_of
from shared.access import directory
from shared.access.roles import PARTNER_ROLES, Role
from tests.service.assessment.house import ROLES, House
from tests.unit.assessment.sent import EXERCISE, SITE, environment, talk

PATH = f"/exercises/{EXERCISE}/sites/{SITE}"
STAGES = ("plan", "fieldwork", "sense-making", "manager-review", "shared", "action", "closed")
READERS = {
    "plan": {"lead", "data-keeper"},
    "fieldwork": {"lead", "data-keeper"},
    "sense-making": {"lead", "data-keeper", "volunteer"},
    "manager-review": {"lead", "data-keeper", "volunteer", "sponsor", "manager"},
    "shared": set(ROLES) - {"buddy"},
    "action": set(ROLES) - {"buddy"},
    "closed": set(ROLES) - {"buddy", "volunteer"},
}


def some_visits(wave: int = 1, start: int = 1) -> list[dict[str, Any]]:
    """Two visits by two people: a red flag, and no number for a partner."""
    return [environment(start + at, {"RE-02": "t1", "RE-03": "t3"}, wave=wave, volunteer=f"v{at}") for at in (0, 1)]


@pytest.mark.parametrize("stage", STAGES)
def test_who_may_read_at_each_stage(house: House, stage: str) -> None:
    house.send(*some_visits())
    house.plan(stage)
    for role in ROLES:
        status = 200 if role in READERS[stage] else 404
        for path in ("/waves/1", "/waves/1/explanation", "/findings"):
            house.get(PATH + path, role, status)


def test_the_partner_and_the_working_group_read_by_the_rule_of_three_and_volunteers_read_all(house: House) -> None:
    house.send(*some_visits())
    house.plan("shared")
    for role in ("sponsor", "manager", "working-group", "staff"):
        assert house.wave(role=role)["visits"] is None
        assert house.wave(role=role)["site"]["open_red"] == [{"item": "P-RE-03", "zone": "RE", "since_wave": 1}]
        (finding,) = house.findings(role)
        assert (finding["kind"], finding["k"]) == ("red", None)
    for role in ("volunteer", "lead", "data-keeper"):
        assert house.wave(role=role)["visits"] == 2


def test_somebody_of_the_partner_stays_one_whatever_else_they_are(house: House) -> None:
    house.send(*some_visits())
    house.plan("shared")
    with house.service.database.reading() as tx:
        exercise = directory.exercise(tx, EXERCISE)
    assert exercise is not None
    for role in PARTNER_ROLES:
        assert sight_of(exercise, {Role.VOLUNTEER, role}).as_partner
    assert not sight_of(exercise, {Role.VOLUNTEER, Role.WORKING_GROUP}).as_partner


def test_later_waves_stay_with_the_charity_until_two_keys_release_them(house: House) -> None:
    house.send(*some_visits(), *some_visits(2, 11), environment(21, {"QS-03": "t3"}, wave=2, zones=["QS"]))
    house.plan("action")
    for role in ("volunteer", "manager", "staff", "working-group", "sponsor"):
        house.get(f"{PATH}/waves/2", role, 404)
        house.get(f"{PATH}/comparison?from=1&to=2", role, 404)
        assert {wave for one in house.findings(role) for wave in one["waves"]} == {1}
    assert house.wave(2)["visits"] == 3
    assert house.compare()["matched"] == 2
    house.plan("action", releases=[2])
    for role in ("volunteer", "manager"):
        assert house.wave(2, role)["wave"] == 2
        assert house.compare(role=role)["from"] == 1
        assert {wave for one in house.findings(role) for wave in one["waves"]} == {1, 2}


def test_a_comparison_that_makes_no_sense_is_refused_with_its_place(house: House) -> None:
    for query, pointer in (("from=2&to=1", "/to"), ("from=1&to=x", "/to"), ("to=2", "/from"), ("from=0&to=2", "/from")):
        body = house.get(f"{PATH}/comparison?{query}", status=422)
        assert [error["pointer"] for error in body["errors"]] == [pointer]


def test_without_a_token_nothing_is_answered(house: House) -> None:
    client = house.app.test_client()
    assert client.get(f"/api/assessment/v1{PATH}/waves/1").status_code == 401
    refused = client.get(f"/api/assessment/v1{PATH}/waves/1", headers={"Authorization": "Bearer x"})
    assert refused.status_code == 401
    assert refused.mimetype == "application/problem+json"


def test_bad_bodies_are_refused_by_name(house: House) -> None:
    house.plan("shared")
    url = f"/api/assessment/v1{PATH}/findings/{EXERCISE}/reply"
    client, who = house.app.test_client(), house.bearer("manager")
    assert client.post(url, data="{", headers=who, content_type="application/json").status_code == 400
    assert client.post(url, data="text=x", headers=who).status_code == 415
    assert client.post(url, data="[" * 100_000, headers=who, content_type="application/json").status_code in (400, 413)
    assert client.post(url, json={"text": 3}, headers=who).status_code == 422
    assert client.post(url, json={"text": "x" * 4001}, headers=who).status_code == 422
    assert client.post(url, json={"text": "x" * 200_000}, headers=who).status_code == 413
    assert client.post(url, json={"text": "\ud800"}, headers=who).status_code == 422


def test_the_openapi_document_says_the_wire(house: House) -> None:
    document = house.app.test_client().get("/api/assessment/openapi.json").get_json()
    answer = document["components"]["schemas"]["WaveAnswer"]["properties"]
    assert set(answer) >= set(house.wave())
    assert "three decimals" in str(document["components"]["schemas"]["FactsAgreementAnswer"])
    compared = document["components"]["schemas"]["ComparisonAnswer"]["properties"]
    assert set(compared) == set(house.compare())


def test_before_and_after_tells_a_partner_nothing_of_a_round_that_one_person_made(house: House) -> None:
    first = [environment(at, {"RE-01": "fine", "RE-02": "t1"}) for at in (1, 2, 3)]
    house.send(*first, environment(11, {"RE-02": "t1"}, wave=2))
    house.plan("action", releases=[2])
    assert len(house.compare()["warnings"]) == 3
    for role in ("manager", "staff", "working-group"):
        found = house.compare(role=role)
        assert (found["items"], found["unmatched"], len(found["warnings"])) == ([], [], 1)
        page = house.page(f"/findings/{EXERCISE}/{SITE}/compare?from=1&to=2", role)
        assert "one person" not in page
        assert "fewer than 3 visits" not in page
        assert "Numbers are shown from 3 visits by 2 volunteers on" in page


def test_the_page_of_a_building_tells_a_partner_of_the_building_alone_while_one_talk_is_hidden(house: House) -> None:
    house.send(*(environment(at, {"RE-02": "t1"}) for at in (1, 2, 3)), talk(11, {"WE-01": "2"}))
    house.plan("shared")
    wave = house.wave(role="manager")
    assert (wave["visits"], wave["site"]["visits"], wave["mystery_shop"]["visits"]) == (None, 3, None)
    page = house.page(f"/findings/{EXERCISE}/{SITE}", "manager")
    assert "three visits by three volunteers" in page
    assert "four visits" not in page
    assert "four visits by four volunteers" in house.page(f"/findings/{EXERCISE}/{SITE}")
