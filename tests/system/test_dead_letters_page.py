"""What could not be handled is seen by leads, told without what it says, and tried again with a button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.intake.use_cases import people
from shared.contracts.catalogue import PERSON_LISTED
from shared.contracts.examples import example
from shared.messaging import dead_letters
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from tests.service.intake.plans import a_plan, an_id
from tests.system import System

PAGES = [("assessment", "/findings/set-aside"), ("reporting", "/reports/set-aside")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[System]:
    system = System(tmp_path / "data")
    system.plan(a_plan())
    yield system
    system.close()


def browser(house: System, who: str, service: str) -> FlaskClient:
    """Somebody who signed in by a link, as the browser knows them in another service."""
    came_in = house.client()
    link = people.invite(house.intake, an_id(who)).partition("/sign-in/")[2]
    page = came_in.get(f"/sign-in/{link}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    assert came_in.post(f"/sign-in/{link}", data={"csrf_token": token[1]}).status_code == 303
    cookie = came_in.get_cookie("opendoor")
    assert cookie
    other = house.client(service)
    other.set_cookie("opendoor", cookie.value)
    return other


def set_one_aside(house: System) -> str:
    broken = replace(example(PERSON_LISTED), id=an_id("broken"), data={"person_id": "Mrs Secret"})
    relay = next(job for job in house.jobs if isinstance(job, Relay))
    relay.log.publish([broken])
    house.drain()
    return broken.id


def test_a_lead_sees_that_something_was_set_aside_but_not_what_it_says_and_tries_again(house: System) -> None:
    leads = {path: browser(house, "lead", service) for service, path in PAGES}
    for path, lead in leads.items():
        assert "Nothing is set aside" in lead.get(path).text
    set_one_aside(house)
    for path, lead in leads.items():
        page = lead.get(path).text
        assert "person.listed.v1" in page
        assert "Secret" not in page
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        assert lead.post(path).status_code == 403
        assert lead.post(path, data={"csrf_token": token[1]}).status_code == 303
        assert "tried 2 times" in lead.get(path).text


def try_again(lead: FlaskClient, path: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', lead.get(path).text)
    assert token
    return lead.post(path, data={"csrf_token": token[1]})


def test_one_press_of_the_button_tries_so_many_and_the_next_the_others(
    house: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.dead_letters.AT_ONCE", 2)
    for service, path in PAGES:
        lead = browser(house, "lead", service)
        with house.services[service].database.transaction() as tx:
            for number in range(3):
                dead_letters.add(tx, service, str(number), "t", "p", "no event", "ValueError", house.clock.now())
        page = lead.get(path).text
        assert "tries 2 at a time" in page
        assert "Try 2 of them again" in page
        assert try_again(lead, path).status_code == 303
        page = lead.get(path).text
        assert (page.count("tried 2 times"), page.count("tried 1 time,")) == (2, 1)
        assert "0 done, 3 still set aside. 2 of these were tried just now." in page
        assert try_again(lead, path).status_code == 303
        assert "tried 1 time," not in lead.get(path).text


def test_trouble_that_passes_is_no_fault_of_ours(house: System, monkeypatch: pytest.MonkeyPatch) -> None:
    set_one_aside(house)

    def away(*_: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(Worker, "_handle", away)
    for service, path in PAGES:
        answer = try_again(browser(house, "lead", service), path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "Nothing is lost; please try again in a moment." in answer.text


def test_nobody_else_finds_the_page(house: System) -> None:
    for who in ("volunteer-1", "buddy", "data-keeper", "sponsor", "manager", "working-group", "staff"):
        for service, path in PAGES:
            assert browser(house, who, service).get(path).status_code == 404, (who, path)


def test_a_worker_that_stopped_is_told_by_health_and_on_the_page(house: System) -> None:
    client = house.client("assessment")
    assert client.get("/api/assessment/readyz").json == {"service": "assessment", "state": "ready"}
    with house.services["assessment"].database.transaction() as tx:
        dead_letters.mark_stopped(tx, "assessment", "It stopped.", house.clock.now())
    assert client.get("/api/assessment/readyz").json == {
        "service": "assessment",
        "state": "a worker has stopped",
        "why": ["It stopped."],
    }
    assert "It stopped." in browser(house, "lead", "assessment").get("/findings/set-aside").text
