"""Letters through the whole product: drained, by a real mail server, shown in the demo, never waited for by a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient

from deploy.servers.postgres import Postgres
from services.embedded.prepare import load_demo
from services.intake import demo as intake_demo
from services.intake.use_cases import people
from services.intake.use_cases.exercises import move_exercise
from tests.contract.mail_server import Kept, mail_server
from tests.contract.post_contract import FROM
from tests.contract.test_smtp import url
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.test_care import PIE, plan_with_buddies
from tests.service.shared.test_operations import scraped
from tests.system import System

MINUTES = timedelta(minutes=1)
_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


def browser(system: System, person_id: str) -> FlaskClient:
    """Somebody in front of intake's pages, signed in."""
    client = system.client()
    link = urlsplit(people.invite(system.intake, person_id)).path
    send(client, link, link)
    return client


def send(client: FlaskClient, page: str, path: str, **fields: object) -> None:
    """Send a form of that page."""
    field = _FIELD.search(client.get(page).text)
    assert field, page
    answer = client.post(path, data={"csrf_token": field[1], **fields})
    assert answer.status_code == 303, (path, answer.status_code, answer.text)


def paths(words: str) -> list[str]:
    """The links of a letter."""
    return [urlsplit(line).path for line in words.splitlines() if line.startswith("http")]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def system(
    request: pytest.FixtureRequest, tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> Iterator[System]:
    """The product with a mail server that asks for a name, a secret and encryption."""
    monkeypatch.setattr("shared.web.reaching.FRESH_SECONDS", -1.0)
    where = {}
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        where["intake_database"] = server.new_database()
    with mail_server(kept, tmp_path, "starttls") as (port, trusted):
        house = System(tmp_path / "data", mail=url("starttls", port, trusted), **where)
        file = plan_with_buddies()
        file["exercise"]["waves"][0]["opens"] = "2026-10-01"  # type: ignore[index]
        house.plan(file)
        yield house
        house.close()


def test_drained_a_late_check_out_reaches_the_buddy_by_the_mail_server(system: System, kept: Kept) -> None:
    move_exercise(system.intake, EXERCISE, an_id("lead"), "fieldwork", None)
    buddy, me = browser(system, an_id("buddy")), browser(system, an_id("volunteer-1"))
    send(buddy, "/reach-me", "/reach-me", address="buddy@home.example", topics="care")
    assert kept.letters == []
    system.drain()
    confirm = paths(kept.letters[0].get_content())[0]
    send(buddy, confirm, confirm)
    ready = f"/visits/{PIE}/ready"
    send(me, ready, f"/visits/{PIE}/answer", answer="accepted")
    send(me, ready, f"/visits/{PIE}/prepare", needs="nothing")
    send(me, f"/visits/{PIE}/check-in", f"/visits/{PIE}/check-in", minutes="60")
    system.clock.move(91 * MINUTES)
    kept.refuse_address = "451 come back"
    system.drain()
    assert len(kept.letters) == 1
    found = scraped(system.client())
    assert (found["opendoor_job_things", "letters", "waiting"], found["opendoor_job_waiting", "letters"]) == (1, 0)
    kept.refuse_address = ""
    system.clock.move(MINUTES)
    system.drain()
    assert kept.recipients == [["buddy@home.example"]] * 2
    assert "Somebody you look after is late" in kept.letters[1].get_content()
    found = scraped(system.client())
    assert found["opendoor_job_things", "letters", "waiting"] == 0
    assert found["opendoor_job_things", "letters", "failed"] == 0
    send(buddy, "/reach-me", "/reach-me/take-back")
    system.drain()
    assert "Take my address back" not in buddy.get("/reach-me").text
    assert len(kept.letters) == 2


def test_no_page_waits_for_a_mail_server(tmp_path: Path) -> None:
    """Whatever the setting names is asked by the job only: here it is nothing that could be asked at all."""
    house = System(tmp_path / "data", mail=f"smtp://192.0.2.1:9?from={quote(FROM)}")
    house.plan(plan_with_buddies())
    buddy = browser(house, an_id("buddy"))
    send(buddy, "/reach-me", "/reach-me", address="buddy@home.example", topics="care")
    page = buddy.get("/reach-me").text
    assert "We have written to buddy@home.example" in page
    assert "Nothing is sent from here" not in page
    house.close()


def test_the_demo_shows_its_letters_to_its_lead_alone(tmp_path: Path) -> None:
    house = System(tmp_path / "data", start=datetime.now(UTC), demo=1)
    load_demo(house.services)
    who = intake_demo.people(house.intake)
    lead, buddy = browser(house, who["lead"]), browser(house, who["buddy"])
    assert "No letter was written yet" in lead.get("/letters").text
    assert "Nothing is sent from here just now" in buddy.get("/reach-me").text
    send(buddy, "/reach-me", "/reach-me", address="buddy@home.example", topics="care")
    house.drain()
    page = lead.get("/letters").text
    assert "Is this your address?" in page
    assert "/reach-me/confirm/" in page
    house.plan(plan_with_buddies())
    real = browser(house, an_id("buddy"))
    send(real, "/reach-me", "/reach-me", address="other@home.example", topics="care")
    house.drain()
    assert lead.get("/letters").text.count("Is this your address?") == page.count("Is this your address?")
    assert "Is this your address?" not in browser(house, an_id("lead")).get("/letters").text
    for role, person in who.items():
        if role != "lead":
            assert browser(house, person).get("/letters").status_code == 404, role
    house.close()
