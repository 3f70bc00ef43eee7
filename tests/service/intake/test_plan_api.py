"""The planning API to the letter of wire.md §2: stages, two keys, closure, and who sees how much of the plan."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.intake.planning import API, PLACE, House, an_intake
from tests.service.intake.plans import EXERCISE, an_id

EVERYBODY = (
    "volunteer-1",
    "volunteer-2",
    "buddy",
    "lead",
    "data-keeper",
    "sponsor",
    "manager",
    "working-group",
    "staff",
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(an_intake(tmp_path))


def test_the_exercise_goes_all_the_way(house: House) -> None:
    house.move("closed")
    seen = house.call("lead", "GET", PLACE).json
    assert seen["stage"] == seen["exercise"]["stage"] == "closed"
    assert seen["closure"]["signed"] is True


@pytest.mark.parametrize(
    ("stage", "readers"),
    [
        ("plan", {"volunteer-1", "volunteer-2", "buddy", "lead", "data-keeper", "sponsor"}),
        ("fieldwork", {"volunteer-1", "volunteer-2", "buddy", "lead", "data-keeper", "sponsor"}),
        ("manager-review", {"volunteer-1", "volunteer-2", "buddy", "lead", "data-keeper", "sponsor", "manager"}),
        ("shared", set(EVERYBODY)),
        ("closed", set(EVERYBODY)),
    ],
)
def test_who_may_know_of_the_exercise(house: House, stage: str, readers: set[str]) -> None:
    if stage != "plan":
        house.move(stage)
    answers = {who: house.call(who, "GET", PLACE).status_code for who in EVERYBODY}
    assert answers == {who: 200 if who in readers else 404 for who in EVERYBODY}


def test_not_yours_to_know_of_is_the_same_bytes_as_not_there(house: House) -> None:
    hidden = house.call("staff", "GET", PLACE)
    nowhere = house.call("staff", "GET", f"{API}/exercises/{an_id('nowhere')}")
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.data == nowhere.data


def test_everybody_sees_their_part_of_the_plan(house: House) -> None:
    lead = house.call("lead", "GET", PLACE).json
    assert {person["name"] for person in lead["people"]} >= {"The volunteer-1", "The manager"}
    assert len(lead["assignments"]) == 2
    keeper = house.call("data-keeper", "GET", PLACE).json
    assert not [person for person in keeper["people"] if "name" in person]
    volunteer = house.call("volunteer-2", "GET", PLACE).json
    assert [each["id"] for each in volunteer["assignments"]] == [an_id("assignment-2")]
    assert volunteer["scenarios"][0]["opening_line"] == "I have never done this before."
    assert "people" not in volunteer
    other = house.call("volunteer-1", "GET", PLACE).json
    assert (other["scenarios"], len(other["assignments"])) == ([], 1)
    sponsor = house.call("sponsor", "GET", PLACE).json
    assert sponsor["scenarios"][0]["stop_line"].startswith("Stop before")
    assert "opening_line" not in sponsor["scenarios"][0]
    assert not {"people", "assignments", "closure", "releases"} & set(sponsor)
    house.move("fieldwork")
    assert "scenarios" not in house.call("sponsor", "GET", PLACE).json


def test_the_days_of_a_round_are_told_to_the_partner_only_when_it_is_open(house: House) -> None:
    """What people of the partner may know of an exercise tells them no day on which somebody could come to look."""
    told, hidden = ("2027-01-10", "2027-01-31"), (None, None)
    page = f"/exercises/{EXERCISE}"

    def days(who: str, wave: int) -> tuple[str | None, str | None]:
        waves = house.call(who, "GET", PLACE).json["exercise"]["waves"]
        [found] = [one for one in waves if one["number"] == wave]
        return found["opens"], found["closes"]

    house.move("manager-review")
    assert (days("manager", 1), days("manager", 2)) == (("2026-10-01", "2026-10-31"), hidden)
    for who in ("volunteer-1", "buddy", "lead", "data-keeper", "sponsor"):
        assert days(who, 2) == told, who
    house.act_on_release("shared")
    assert house.call("lead", "POST", f"{PLACE}/stage", json={"to": "action"}).status_code == 200
    for who in ("manager", "working-group", "staff"):
        assert (days(who, 1), days(who, 2)) == (("2026-10-01", "2026-10-31"), hidden), who
        shown = house.browser(who).get(page).text
        assert "Round 1: October 2026" in shown
        assert "Round 2: its days are not told before it is over and shared" in shown
        assert "2027" not in shown
    assert "10 January 2027 to 31 January 2027" in house.browser("sponsor").get(page).text
    house.act_on_release("shared", wave=2)
    for who in ("manager", "working-group", "staff"):
        assert days(who, 2) == told, who
        shown = house.browser(who).get(page).text
        assert "Round 2: January 2027" in shown
        assert "10 January" not in shown, "a page of the partner tells no day"


def test_only_a_lead_moves_the_exercise(house: House) -> None:
    answers = {
        who: house.call(who, "POST", f"{PLACE}/stage", json={"to": "fieldwork"}).status_code for who in EVERYBODY
    }
    unseen = {"manager", "working-group", "staff"}
    assert answers == {who: 200 if who == "lead" else 404 if who in unseen else 403 for who in EVERYBODY}


def test_a_move_is_to_the_next_stage_or_back_with_a_reason(house: House) -> None:
    def move(**body: Any) -> Any:
        return house.call("lead", "POST", f"{PLACE}/stage", json=body)

    assert move(to="sense-making").status_code == 409
    assert move(to="nowhere").json["errors"][0]["pointer"] == "/to"
    assert move(to="fieldwork", because="x").json["errors"][0]["pointer"] == "/because"
    assert move(to="fieldwork").json["stage"] == "fieldwork"
    assert move(to="fieldwork").status_code == 409
    assert move(to="plan").status_code == 422
    assert move(to="plan", reason="The window was wrong.").json["stage"] == "plan"
    house.move("sense-making")
    refused = move(to="manager-review")
    assert (refused.status_code, refused.json["code"]) == (409, "two-keys-needed")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("{}", "text/plain", 415),
        ("{}", "application/json", 422),
        ("[]", "application/json", 422),
        ("null", "application/json", 422),
        ('{"to": null}', "application/json", 422),
        ('{"to": {"a": 1}}', "application/json", 422),
        ('{"to": "plan", "reason": "\\ud800"}', "application/json", 422),
        ('{"to": "plan", "reason": 7}', "application/json", 422),
        ("x" * 1_000_001, "application/json", 413),
    ],
)
def test_hostile_bodies_are_refused_by_name(house: House, body: str, kind: str, status: int) -> None:
    answer = house.call("lead", "POST", f"{PLACE}/stage", data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"]


def test_two_keys_open_what_one_cannot(house: House) -> None:
    def say(who: str, method: str = "POST", **more: Any) -> Any:
        place = f"{PLACE}/releases" + ("" if method == "POST" else "/manager-review")
        return house.call(
            who, method, place, **({"json": {"to": "manager-review"}} if method == "POST" else {}), **more
        )

    assert say("lead").status_code == 409  # not from the plan
    house.move("sense-making")
    assert say("volunteer-2").status_code == 403
    assert say("sponsor").status_code == 403
    assert say("staff").status_code == 404
    first = say("lead")
    assert (first.status_code, first.json["missing"]) == (202, ["representative"])
    assert say("lead").status_code == 202
    assert say("second-lead").json["missing"] == ["representative"]
    assert say("second-lead", "DELETE").status_code == 200
    assert say("second-lead", "DELETE").status_code == 404
    assert say("volunteer-1", "DELETE").status_code == 404
    assert say("lead", "DELETE").json["missing"] == ["lead", "representative"]
    assert say("volunteer-1").json["missing"] == ["lead"]
    assert house.call("manager", "GET", PLACE).status_code == 404
    done = say("second-lead")
    assert (done.status_code, done.json["stage"], done.json["missing"]) == (200, "manager-review", [])
    assert say("second-lead").status_code == 200  # the same act, sent again
    assert say("lead").status_code == 409
    assert say("second-lead", "DELETE").status_code == 409
    assert house.call("manager", "GET", PLACE).status_code == 200


def test_acts_given_before_a_step_back_do_not_open_later(house: House) -> None:
    house.move("sense-making")
    house.call("lead", "POST", f"{PLACE}/releases", json={"to": "manager-review"})
    house.call("lead", "POST", f"{PLACE}/stage", json={"to": "fieldwork", "reason": "One more visit."})
    house.call("lead", "POST", f"{PLACE}/stage", json={"to": "sense-making"})
    again = house.call("volunteer-1", "POST", f"{PLACE}/releases", json={"to": "manager-review"})
    assert (again.status_code, again.json["missing"]) == (202, ["lead"])


def test_a_later_wave_is_released_in_action(house: House) -> None:
    house.move("action")
    body = {"to": "shared", "wave": 2}
    assert house.call("lead", "POST", f"{PLACE}/releases", json={"to": "shared", "wave": 7}).status_code == 422
    assert house.call("lead", "POST", f"{PLACE}/releases", json=body).status_code == 202
    assert house.call("lead", "DELETE", f"{PLACE}/releases/shared?wave=2").status_code == 200
    assert house.call("lead", "POST", f"{PLACE}/releases", json=body).status_code == 202
    done = house.call("volunteer-1", "POST", f"{PLACE}/releases", json=body)
    assert (done.status_code, done.json["stage"]) == (200, "action")
    assert house.call("lead", "GET", PLACE).json["exercise"]["wave_releases"] == [2]
    assert house.call("second-lead", "POST", f"{PLACE}/releases", json=body).status_code == 409


def test_closing_needs_the_signed_closure(house: House) -> None:
    assert house.close().status_code == 409
    house.move("action")
    assert house.call("lead", "POST", f"{PLACE}/stage", json={"to": "closed"}).json["code"] == "closure-missing"
    assert house.call("lead", "GET", PLACE).json["closure"] == {
        "signed": False,
        "unwind": ["The appointment in the diary", "The dummy record"],
    }
    half = {"unwind": ["The dummy record"], "statement": "Done."}
    refused = house.call("lead", "POST", f"{PLACE}/closure", json=half)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/unwind")
    nothing = house.call("lead", "POST", f"{PLACE}/closure", json={"unwind": None, "statement": "S"})
    assert (nothing.status_code, nothing.json["code"]) == (422, "closure-incomplete")
    assert house.call("volunteer-1", "POST", f"{PLACE}/closure", json=half).status_code == 403
    assert house.close().status_code == 200
    assert house.call("lead", "POST", f"{PLACE}/stage", json={"to": "closed"}).json["stage"] == "closed"


def test_me_says_who_i_am_and_what_is_asked_of_me(house: House) -> None:
    mine = house.call("volunteer-2", "GET", f"{API}/me").json
    assert mine["person"] == {"id": an_id("volunteer-2"), "name": "The volunteer-2"}
    assert mine["roles"] == ["volunteer"]
    assert mine["exercises"][0] | {"title": ""} == {
        "id": EXERCISE,
        "title": "",
        "stage": "plan",
        "roles": ["volunteer"],
        "representative": False,
    }
    [asked] = mine["assignments"]
    assert (asked["id"], asked["site"], asked["kind"]) == (an_id("assignment-2"), "Pier Road office", "mystery-shop")
    assert asked["scenario"]["stop_line"].startswith("Stop before")
    manager = house.call("manager", "GET", f"{API}/me").json
    assert (manager["roles"], manager["exercises"], manager["assignments"]) == (["manager"], [], [])


def test_a_wave_that_is_over_asks_nothing_more(house: House) -> None:
    house.move("sense-making")
    assert house.call("volunteer-2", "GET", f"{API}/me").json["assignments"] == []


def test_without_a_good_token_nobody_is_anybody(house: House) -> None:
    client = house.app.test_client()
    assert client.get(f"{API}/me").status_code == 401
    assert client.get(f"{API}/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert client.get(PLACE).mimetype == "application/problem+json"
    house.service.clock.move(timedelta(days=91))  # type: ignore[attr-defined]
    assert house.call("lead", "GET", f"{API}/me").status_code == 401


def test_the_openapi_document_says_what_the_wire_says(house: House) -> None:
    document = house.app.test_client().get("/api/intake/openapi.json").json
    paths, components = document["paths"], document["components"]
    place = f"{API}/exercises/{{exercise_id}}"
    wanted = {
        place: {"get"},
        f"{place}/stage": {"post"},
        f"{place}/releases": {"post"},
        f"{place}/releases/{{to}}": {"delete"},
        f"{place}/closure": {"post"},
        f"{API}/me": {"get"},
    }
    assert {path: set(paths[path]) - {"parameters"} for path in wanted} == wanted
    assert set(paths[f"{place}/releases"]["post"]["responses"]) >= {"200", "202"}
    assert set(components["responses"]["DEFAULT_ERROR"]["content"]) == {"application/problem+json"}
    assert set(components["schemas"]["Problem"]["properties"]) == {
        "type",
        "title",
        "status",
        "detail",
        "code",
        "errors",
    }
    assert components["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    closed = house.app.test_client().get(f"{API}/me")
    assert set(closed.json) == set(components["schemas"]["Problem"]["properties"])
