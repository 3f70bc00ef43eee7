"""The lead's pages say what a plan lacks, how a sign-in link stands, and why something cannot be taken out yet."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.use_cases.people import invite
from services.intake.use_cases.plan import export_plan
from tests.service.intake.planning import House, an_intake
from tests.service.intake.plans import EXERCISE, SITE, an_id

PAGE = f"/exercises/{EXERCISE}"
PLAN = f"{PAGE}/plan"
GRID = f"{PLAN}/assignments"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(an_intake(tmp_path))


def link_of(page: str, name: str) -> str:
    """What stands beside a name on the page of the plan."""
    row = re.search(rf">{name}</a>.*?</li>", page, re.DOTALL)
    assert row
    right = re.search(r'od-rows__right">([^<]*)<', row[0])
    return right[1] if right else ""


def test_what_is_missing_leads_to_where_it_is_put_right_and_blocks_nothing(house: House) -> None:
    lead = house.browser("lead")
    for page in (lead.get(PAGE).text, lead.get(PLAN).text):
        assert "till missing" in page
        assert f'<a href="{GRID}">No buddy is named for The volunteer-1' in page
        assert f'<a href="{PLAN}/people/{an_id("buddy")}">The buddy is a buddy and has given no number' in page
        assert '<a href="/my-number">No lead has given a number' in page
    for who in ("lead", "buddy"):
        house.browser(who).send("/my-number", {"number": "07700 900123"}, page="/my-number")
    named = lead.send(f"{GRID}/{an_id('assignment-1')}/buddy", {"buddy": an_id("buddy")}, page=GRID)
    assert named.status_code == 303
    assert "Nothing is missing." in lead.get(PLAN).text
    assert "07700" not in lead.get(PLAN).text
    assert "till missing in the plan" not in lead.get(PAGE).text


def test_the_sponsor_is_not_told_what_is_missing(house: House) -> None:
    assert "No buddy is named" not in house.browser("sponsor").get(PAGE).text


def test_naming_a_buddy_keeps_the_answer_and_only_a_listed_one_is_taken(house: House) -> None:
    lead, volunteer = house.browser("lead"), house.browser("volunteer-1")
    there = f"{GRID}/{an_id('assignment-1')}/buddy"
    volunteer.send(f"/visits/{an_id('assignment-1')}/answer", {"answer": "accepted"}, page="/sign-in")
    lead.send(there, {"buddy": an_id("volunteer-2")}, page=GRID)
    kept = export_plan(house.service, EXERCISE)["assignments"][0]
    assert kept["buddy"] == an_id("volunteer-2")
    assert "said yes; buddy: The volunteer-2" in lead.get(GRID).text
    own = lead.send(there, {"buddy": an_id("volunteer-1")}, page=GRID)
    assert own.status_code == 422
    assert "nobody can be their own buddy" in own.text.lower()
    assert lead.send(f"{GRID}/{an_id('nothing')}/buddy", {"buddy": ""}, page=GRID).status_code == 404
    assert house.browser("volunteer-2").get("/my-number").status_code == 200  # who looks out for somebody can be called
    lead.send(there, {"buddy": ""}, page=GRID)
    assert "buddy" not in export_plan(house.service, EXERCISE)["assignments"][0]
    assert house.browser("volunteer-2").get("/my-number").status_code == 404


def test_the_last_link_made_here_stands_beside_a_name_and_no_other_does(house: House) -> None:
    lead, manager = house.browser("lead"), f"{PLAN}/people/{an_id('manager')}"
    assert link_of(lead.get(PLAN).text, "The lead") == ""
    invite(house.service, an_id("manager"))  # as a letter or the operator makes one
    assert link_of(lead.get(PLAN).text, "The manager") == "No link yet"
    made = re.search(r"/sign-in/[\w.~-]+", lead.send(f"{manager}/link", {}, page=manager).text)
    assert made
    assert link_of(lead.get(PLAN).text, "The manager") == "Link made, not used yet"
    assert house.app.test_client().get(made[0]).status_code == 200  # a preview is no use
    assert link_of(lead.get(PLAN).text, "The manager") == "Link made, not used yet"
    browser = house.browser("staff")
    browser.send(made[0], {}, page=made[0])
    assert link_of(lead.get(PLAN).text, "The manager") == "Came in by their link"
    house.service.clock.move(timedelta(days=13))  # type: ignore[attr-defined]
    again = house.browser("lead")
    assert link_of(again.get(PLAN).text, "The manager") == "Came in by their link"
    house.service.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    assert link_of(house.browser("lead").get(PLAN).text, "The manager") == "Link has ended"


def test_a_link_can_be_copied_and_is_plain_text_without_script(house: House) -> None:
    lead, page = house.browser("lead"), f"{PLAN}/people/{an_id('manager')}"
    shown = lead.send(f"{page}/link", {}, page=page).text
    assert re.search(r'<code[^>]* id="link-once">http://[^<]+/sign-in/[^<]+</code>', shown)
    assert 'data-hand-on="link-once"' in shown
    assert "data-hand-on" not in lead.get(page).text


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            f"people/{an_id('volunteer-2')}",
            "Somebody is still asked to go: The volunteer-2 to Pier Road office, round 1.",
        ),
        (f"people/{an_id('buddy')}", "They are still a buddy: The volunteer-2 to Pier Road office, round 1."),
        (
            f"scenarios/{an_id('scenario')}",
            "Somebody is still asked to go: The volunteer-2 to Pier Road office, round 1.",
        ),
        (f"sites/{SITE}", "Somebody is still asked to go: The volunteer-1 to Pier Road office, round 1."),
    ],
)
def test_what_is_still_asked_of_somebody_is_named_before_its_parts_are_taken_out(
    house: House, page: str, said: str
) -> None:
    refused = house.browser("lead").send(f"{PLAN}/{page}", {"remove": "1"}, page=f"{PLAN}/{page}")
    assert refused.status_code == 422
    assert said in refused.text


def test_an_exercise_is_never_left_without_a_lead(house: House) -> None:
    lead = house.browser("lead")
    for who, status in (("second-lead", 303), ("lead", 422)):
        page = f"{PLAN}/people/{an_id(who)}"
        done = lead.send(page, {"remove": "1"}, page=page)
        assert done.status_code == status, who
    assert "Make somebody else a lead first." in done.text


def test_a_lead_who_goes_is_brought_home_and_told(house: House) -> None:
    lead, page = house.browser("lead"), f"{PLAN}/people/{an_id('lead')}"
    gone = lead.send(page, {"name": "The lead", "roles": ["data-keeper"]}, page=page)
    assert gone.headers["Location"] == "/"
    assert "You do not lead that exercise any more." in lead.get("/").text


def test_photos_are_a_decision_and_off_until_it_is_made(house: House) -> None:
    lead = house.browser("lead")
    for page in ("/exercises/new", f"{PLAN}/sites/new"):
        tick = re.search(r'<input[^>]*name="photos_allowed"[^>]*>', lead.get(page).text)
        assert tick
        assert "checked" not in tick[0], page
    kept = re.search(r'<input[^>]*name="photos_allowed"[^>]*>', lead.get(f"{PLAN}/sites/{SITE}").text)
    assert kept
    assert "checked" in kept[0]


def test_somebody_new_is_followed_by_their_link_and_an_empty_grid_by_somebody_new(house: House) -> None:
    lead, new = house.browser("lead"), f"{PLAN}/people/new"
    added = lead.send(new, {"name": "Bea", "roles": ["volunteer"]}, page=new)
    shown = lead.get(added.headers["Location"]).text
    assert "Bea is in the plan. You can make their sign-in link here." in shown
    assert "Make a sign-in link" in shown
    grid = f"{_begun(house)}/assignments"
    empty = lead.get(grid).text
    assert "There is no volunteer in this plan yet." in empty
    assert f'href="{grid.removesuffix("assignments")}people/new"' in empty
    assert "Ask them" not in empty


def _begun(house: House) -> str:
    """The plan of an exercise that was begun and no more."""
    first = {
        "title": "Spring",
        "partner_name": "Hill Street Council",
        "kind": "housing",
        "mode": "announced",
        "site_name": "Hill Street",
        "zones": ["EN", "RE"],
        "opens": "2027-03-01",
        "closes": "2027-03-31",
    }
    begun = house.browser("lead").send("/exercises/new", first, page="/exercises/new")
    return begun.headers["Location"]
