"""The pages of care in a real browser: on a small phone, in the dark, with more contrast and with big text."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from services.intake.use_cases import people
from tests.browser.conftest import OpenPage, Watched
from tests.browser.walking import sign_in
from tests.service.intake.plans import an_id
from tests.service.intake.test_care import PIE, plan_with_buddies
from tests.service.intake.visiting import Intake

pytestmark = pytest.mark.slow


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path, plan_file=plan_with_buddies())
    yield house
    house.close()


@pytest.fixture
def address(intake: Intake) -> Iterator[str]:
    """Where the pages of this plan are served."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, intake.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def come_in(watched: Watched, intake: Intake, address: str, who: str) -> None:
    """Open the pages as that person."""
    sign_in(watched.page, address + urlsplit(people.invite(intake.service, an_id(who))).path)


def look(watched: Watched) -> None:
    """As it is, with more contrast, in the dark, and with text twice as big: readable by all, nothing sticks out."""
    watched.check()
    for theme, contrast in (("light", "more"), ("dark", "no-preference"), ("dark", "more")):
        watched.page.emulate_media(color_scheme=theme, contrast=contrast)  # type: ignore[arg-type]
        watched.check()
    watched.page.emulate_media(color_scheme="light", contrast="no-preference")
    watched.page.evaluate("document.documentElement.style.fontSize = '200%'")
    watched.check_width()
    watched.page.evaluate("document.documentElement.style.fontSize = ''")


def test_a_volunteer_and_their_buddy_on_small_phones(intake: Intake, address: str, open_page: OpenPage) -> None:
    mine, buddys, leads = open_page(320, script=True), open_page(320), open_page(320)
    come_in(mine, intake, address, "volunteer-1")
    come_in(buddys, intake, address, "buddy")
    come_in(leads, intake, address, "lead")
    page = mine.page
    mine.open(f"{address}/visits/{PIE}/ready")
    look(mine)
    page.get_by_role("button", name="Yes, I will go").click()
    page.get_by_label("A code word").fill("Marmalade")
    page.get_by_label("A number to reach you on that day").fill("07700 900123")
    look(mine)
    page.get_by_role("button", name="Save: I am ready").click()
    look(mine)
    page.get_by_role("link", name="I am there: check in").click()
    look(mine)
    page.get_by_role("button", name="I am going in").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    look(mine)
    page.get_by_role("radio", name="So-so").check()
    page.get_by_label("An hour", exact=True).check()
    page.get_by_role("button", name="I am going in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are there")
    look(mine)
    mine.open(f"{address}/")
    expect(page.get_by_role("button", name="I am out")).to_be_visible()
    look(mine)
    buddys.open(f"{address}/")
    look(buddys)
    intake.clock.move(timedelta(hours=2))
    intake.work("care-watch")
    buddys.open(f"{address}/")
    expect(buddys.page.get_by_text("Nobody has heard from them for an hour")).to_be_visible()
    look(buddys)
    leads.open(f"{address}/")
    leads.page.get_by_role("link", name="Somebody is late coming out").click()
    look(leads)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have stopped")
    look(mine)
    page.get_by_role("button", name="I am out and safe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How are you?")
    look(mine)
    page.get_by_role("button", name="Done").click()
    look(mine)
    buddys.page.get_by_role("link", name="Give the number they can call you on").click()
    look(buddys)


def test_stop_help_and_the_way_out_stand_in_the_same_place(intake: Intake, address: str, open_page: OpenPage) -> None:
    mine = open_page(360, script=False)
    come_in(mine, intake, address, "volunteer-1")
    page = mine.page
    mine.open(f"{address}/visits/{PIE}/ready")
    page.get_by_role("button", name="Start writing it down").click()
    visit = page.url
    places = set()
    for part in ("", "/EN", "/WA", "/check"):
        mine.open(visit + part)
        assert page.get_by_role("contentinfo").get_by_text("The buddy").is_visible()
        stop, leave = page.locator(".od-stop__button").bounding_box(), page.locator(".od-leave__link").bounding_box()
        assert stop is not None
        assert leave is not None
        places.add((stop["x"], stop["y"] + stop["height"] <= 800, stop["height"] >= 44, leave["x"], leave["y"]))
    assert len(places) == 1
    assert all(place[1] and place[2] for place in places)
    page.locator(".od-leave__link").click()
    expect(page).to_have_title("Weather")
    mine.open(f"{visit}/EN")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have stopped")
