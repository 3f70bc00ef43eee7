"""Who leads one exercise does not get at people of another: no link, no other name, no place in a plan of theirs."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from services.intake.use_cases import people
from services.intake.use_cases.plan import export_plan, import_plan
from services.intake.use_cases.plan_changes import import_as
from shared.contracts.refusals import Refusal
from tests.service.intake.planning import House, an_intake
from tests.service.intake.plans import EXERCISE, SITE, a_plan, an_id

THEIRS = an_id("exercise-of-others")
PLAN = f"/exercises/{EXERCISE}/plan"


def person(name: str, *roles: str) -> dict[str, Any]:
    return {"id": an_id(name), "name": f"The {name}", "roles": list(roles), "representative": False}


def theirs(*more: dict[str, Any]) -> dict[str, Any]:
    """A plan of another exercise, led by somebody else."""
    plan = a_plan(scenarios=[], assignments=[])
    plan["exercise"] = {**plan["exercise"], "id": THEIRS, "title": "Theirs"}
    return plan | {"people": [person("their-lead", "lead"), person("their-volunteer", "volunteer"), *more]}


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(an_intake(tmp_path))
    import_plan(house.service, theirs(person("staff", "staff")))
    return house


def with_person(added: dict[str, Any]) -> dict[str, Any]:
    return a_plan(people=[*a_plan()["people"], added])


def pointers(house: House, file: dict[str, Any], who: str = "lead") -> list[str]:
    with pytest.raises(Refusal) as refused:
        import_as(house.service, an_id(who), file)
    assert refused.value.status == 422
    return [fault.pointer for fault in refused.value.errors]


def test_a_stranger_is_not_brought_in_so_nobody_signs_in_as_them(house: House) -> None:
    lead = house.browser("lead")
    for name in ("their-volunteer", "their-lead"):
        file = with_person(person(name, "volunteer") | {"name": "Somebody else"})
        sent = {"file": (io.BytesIO(json.dumps(file).encode()), "plan.json")}
        refused = lead.send("/exercises/import", sent, page="/exercises/new")
        assert refused.status_code == 422
        assert "people[10].id: this id cannot be used here. Give this person another one." in refused.text
        page = f"{PLAN}/people/{an_id(name)}"
        fields = {"name": "Somebody else", "roles": ["volunteer"]}
        assert lead.send(page, fields, page=f"{PLAN}/people/new").status_code == 404
        for act in ("link", "letter", "revoke"):
            assert lead.send(f"{page}/{act}", {}, page=f"{PLAN}/people/new").status_code == 404
    assert export_plan(house.service, EXERCISE) == a_plan()
    assert export_plan(house.service, THEIRS)["people"][1]["name"] == "The their-volunteer"


def test_nor_by_a_new_exercise(house: House) -> None:
    new = theirs()
    new["exercise"] = {**new["exercise"], "id": an_id("new")}
    new["people"] = [person("lead", "lead"), *new["people"]]
    assert pointers(house, new) == ["/people/1/id", "/people/2/id"]


def test_somebody_in_both_gets_a_link_from_none_of_the_leads(house: House) -> None:
    lead = house.browser("lead")
    page = f"{PLAN}/people/{an_id('staff')}"
    shown = lead.get(page).text
    assert "Make a sign-in link" not in shown
    assert "Ask whoever runs Open Door" in shown
    refused = lead.send(f"{page}/link", {}, page=page)
    assert refused.status_code == 403
    assert "ask whoever runs Open Door for one" in refused.text
    assert "/sign-in/" not in refused.text
    assert "/sign-in/" in people.invite(house.service, an_id("staff"))  # the operator may
    # A lost phone is shut out by whichever lead is there; a new way in is easily made.
    assert "Every link of theirs is taken back" in lead.send(f"{page}/revoke", {}, page=page).text


def test_who_leads_all_of_it_makes_the_link_and_changes_the_name(house: House) -> None:
    import_plan(house.service, theirs(person("staff", "staff"), person("lead", "lead")))
    lead = house.browser("lead")
    page = f"{PLAN}/people/{an_id('staff')}"
    assert "/sign-in/" in lead.send(f"{page}/link", {}, page=page).text
    assert lead.send(page, {"name": "Better spelt", "roles": ["staff"]}, page=page).status_code == 303
    assert export_plan(house.service, THEIRS)["people"][2]["name"] == "Better spelt"


def test_a_lead_makes_a_link_for_themselves_wherever_else_they_are(house: House) -> None:
    import_plan(house.service, theirs(person("lead", "volunteer")))
    lead = house.browser("lead")
    page = f"{PLAN}/people/{an_id('lead')}"
    assert "/sign-in/" in lead.send(f"{page}/link", {}, page=page).text


def test_the_name_of_somebody_in_both_stays_and_everything_else_may_change(house: House) -> None:
    lead = house.browser("lead")
    page = f"{PLAN}/people/{an_id('staff')}"
    refused = lead.send(page, {"name": "Somebody else", "roles": ["staff"]}, page=page)
    assert refused.status_code == 422
    assert "Name: cannot be changed by you. Ask whoever runs Open Door." in refused.text
    assert lead.send(page, {"name": "The staff", "roles": ["manager"]}, page=page).status_code == 303
    file = export_plan(house.service, EXERCISE)
    assert import_as(house.service, an_id("lead"), file).change == "unchanged"
    file["people"][9]["name"] = "Somebody else"
    assert pointers(house, file) == ["/people/9/name"]
    file["people"][9]["name"], file["exercise"]["title"] = "The staff", "A better title"
    assert import_as(house.service, an_id("lead"), file).change == "updated"
    assert import_as(house.service, an_id("lead"), file).change == "unchanged"


def test_people_of_ones_own_go_on_in_a_new_exercise(house: House) -> None:
    new = a_plan(scenarios=[], assignments=[])
    new["exercise"] = {**new["exercise"], "id": an_id("new")}
    assert import_as(house.service, an_id("lead"), new).change == "created"
    assert import_as(house.service, an_id("lead"), new).change == "unchanged"


def test_a_partner_and_a_site_of_others_too_keep_their_names_parts_and_rules(house: House) -> None:
    lead = house.browser("lead")
    site = f"{PLAN}/sites/{SITE}"
    renamed = {"name": "Another office", "zones": ["AP", "EN", "RE", "WA"], "photos_allowed": "true"}
    refused = lead.send(site, renamed, page=site)
    assert refused.status_code == 422
    assert "Name: cannot be changed by you. Ask whoever runs Open Door." in refused.text
    about = {"title": "Winter", "name": "Another partner", "kind": "jobcentre", "mode": "announced"}
    assert lead.send(f"{PLAN}/about", about, page=f"{PLAN}/about").status_code == 422
    file = a_plan()
    file["partner"] = {**file["partner"], "kind": "housing"}
    file["sites"] = [{**file["sites"][0], "zones": ["AP", "EN"], "photos_allowed": False}]
    assert pointers(house, file) == ["/partner/kind", "/sites/0/zones", "/sites/0/photos_allowed"]
    assert export_plan(house.service, EXERCISE) == a_plan()
    assert export_plan(house.service, THEIRS)["sites"] == a_plan()["sites"]
    about["name"] = a_plan()["partner"]["name"]
    assert lead.send(f"{PLAN}/about", about, page=f"{PLAN}/about").status_code == 303  # what is one's own may change


def test_a_partner_or_site_only_of_others_is_not_to_be_had_by_its_id_nor_learnt_of(house: House) -> None:
    strange = a_plan(scenarios=[], assignments=[], people=[person("their-lead", "lead")])
    strange["exercise"] = {**strange["exercise"], "id": an_id("strange")}
    strange["partner"] = {**strange["partner"], "id": an_id("strange-partner"), "name": "Strange"}
    strange["sites"] = [{**strange["sites"][0], "id": an_id("strange-site"), "name": "Strange"}]
    import_plan(house.service, strange)
    new = a_plan(scenarios=[], assignments=[], people=[person("lead", "lead")])
    new["exercise"] = {**new["exercise"], "id": an_id("new")}
    with_theirs = new | {"partner": strange["partner"], "sites": strange["sites"]}
    assert pointers(house, with_theirs) == ["/partner/id", "/sites/0/id"]
    with pytest.raises(Refusal) as refused:
        import_as(house.service, an_id("lead"), new | {"sites": strange["sites"]})
    assert "sites[0].id: this id cannot be used here. Take another one." in refused.value.detail
    assert "partner." not in refused.value.detail


def test_one_who_leads_both_changes_the_site_for_both(house: House) -> None:
    import_plan(house.service, theirs(person("lead", "lead")))
    file = a_plan()
    file["sites"] = [{**file["sites"][0], "name": "Better spelt"}]
    assert import_as(house.service, an_id("lead"), file).change == "updated"
    assert export_plan(house.service, THEIRS)["sites"][0]["name"] == "Better spelt"
