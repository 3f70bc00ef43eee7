"""The page of a visit that a phone keeps: whose it is, what is in it, and what it may ask before it sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.use_cases.phone import owner_of
from tests.service.intake.plans import an_id
from tests.service.intake.visiting import Browser, Intake

PIE = an_id("assigned-volunteer-1-1-environment")
SHOP = an_id("assigned-volunteer-1-1-mystery-shop")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def test_the_page_has_everything_of_the_assignment_and_nothing_that_lets_anybody_in(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    text = me.open(f"/visits/{PIE}/phone")
    found = re.search(r"""id="phone-page" data-told='([^']*)'""", text)
    assert found
    page = json.loads(found[1])
    assert page["assignment"] == PIE
    assert page["instrument"] == "pie-environment"
    assert [part["code"] for part in page["parts"]] == ["AP", "EN", "RE", "WA"]
    said = me.client.get(re.search(r'src="(/static/phone/[^"]+)"', text)[1])  # type: ignore[index]
    assert said.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    questions = json.loads(said.text.partition("=")[2])["items"]
    assert {"prompt", "kind"} <= questions[page["parts"][0]["items"][0]].keys()
    assert page["site"]["photos_allowed"] is True
    assert "csrf" not in text
    assert an_id("volunteer-1") not in text
    assert "The volunteer-1" not in text


def test_a_talk_comes_with_its_scenario(intake: Intake) -> None:
    text = Browser(intake, "volunteer-1").open(f"/visits/{SHOP}/phone")
    assert "Stop before you sign anything or give your number." in text
    assert "This person is taking part in a test" in text


def _same_words(page: str, address: str) -> str:
    """A page without its own address, and without the form token, which changes every second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page).replace(address, "")


def test_only_the_one_who_was_asked_finds_it(intake: Intake) -> None:
    for who in ("volunteer-2", "lead", "buddy", "manager"):
        other = Browser(intake, who).client
        not_mine = other.get(f"/visits/{PIE}/phone")
        not_there = other.get(f"/visits/{an_id('none')}/phone")
        assert (not_mine.status_code, not_there.status_code) == (404, 404)
        assert _same_words(not_mine.text, PIE) == _same_words(not_there.text, an_id("none"))
    assert intake.app.test_client().get(f"/visits/{PIE}/phone").status_code == 303


def test_the_phone_asks_who_is_signed_in_and_may_then_send(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1").client
    asked = me.get("/api/intake/v1/phone")
    assert asked.status_code == 200
    assert asked.json["owner"] == owner_of(intake.service, an_id("volunteer-1"))
    without = me.put(f"/api/intake/v1/visits/{an_id('new')}", json={})
    assert without.status_code == 403
    token = {"X-CSRFToken": asked.json["csrf_token"]}
    assert me.put(f"/api/intake/v1/visits/{an_id('new')}", json={}, headers=token).status_code == 422


def test_nobody_signed_in_is_told_so_as_a_program_is(intake: Intake) -> None:
    refused = intake.app.test_client().get("/api/intake/v1/phone")
    assert refused.status_code == 401
    assert refused.content_type == "application/problem+json"


def test_an_owner_is_one_person_for_ever_and_names_nobody(intake: Intake) -> None:
    owners = {who: owner_of(intake.service, an_id(who)) for who in ("volunteer-1", "volunteer-2")}
    assert len(set(owners.values())) == 2
    assert owners["volunteer-1"] == owner_of(intake.service, an_id("volunteer-1").upper())
    assert all(re.fullmatch("[0-9a-f]{32}", owner) for owner in owners.values())


def test_every_page_says_whose_it_is_and_no_page_does_for_nobody(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1").client
    owner = owner_of(intake.service, an_id("volunteer-1"))
    assert me.get("/").headers["X-Open-Door-Owner"] == owner
    assert me.get(f"/visits/{PIE}/phone").headers["X-Open-Door-Owner"] == owner
    assert "X-Open-Door-Owner" not in intake.app.test_client().get("/sign-in").headers


def test_the_worker_is_always_the_newest_and_serves_the_whole_site(intake: Intake) -> None:
    worker = intake.app.test_client().get("/sw.js")
    assert worker.status_code == 200
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.headers["Service-Worker-Allowed"] == "/"
    assert worker.content_type.startswith("text/javascript")
    worker.close()


def test_the_page_for_no_signal_says_nothing_of_anybody(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1").client
    mine = me.get("/on-this-phone").text
    assert mine == intake.app.test_client().get("/on-this-phone").text
    assert "csrf" not in mine


def test_signing_out_does_not_throw_away_what_was_not_sent(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    me.open("/")
    gone = me.client.post("/sign-out", data={"csrf_token": me.csrf()})
    assert gone.headers["Clear-Site-Data"] == '"cache"'


def test_names_are_set_apart_where_words_run_from_the_right(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    pages = (f"/visits/{PIE}/phone", f"/visits/{PIE}/ready", "/")
    assert not any("\u2068" in me.open(path) for path in pages)
    me.client.set_cookie("opendoor-language", "ar")
    for path in pages:
        text = me.open(path)
        assert "\u2068Pier Road office\u2069" in text
        assert not re.search("<title>[^\u2068<]*Pier Road office", text)
