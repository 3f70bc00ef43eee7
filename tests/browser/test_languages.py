"""A volunteer's pages in Welsh and Arabic, in a real browser: chosen by a tap, read from the right side, nothing sticks
out, and pages of others stay English."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from services.intake.use_cases import drafts, people
from tests.browser.conftest import OpenPage, Watched
from tests.browser.phone_server import PhoneServer
from tests.service.intake.plans import an_id

pytestmark = pytest.mark.slow

PIE = an_id("assigned-volunteer-1-1-environment")
SHOP = an_id("assigned-volunteer-1-1-mystery-shop")
SAYS = {"cy": ("Eich ymweliadau", "ltr", "nid oes neb wedi eu gwirio"), "ar": ("زياراتك", "rtl", "لم يراجعها إنسان")}
NAMES = {"cy": "Cymraeg", "ar": "العربية"}
PICTURES = os.environ.get("OPENDOOR_PICTURES")
"""Where to write a picture of every page, for somebody who wants to look."""


@pytest.fixture
def reader(open_page: OpenPage, server: PhoneServer, language: str) -> Watched:
    """Volunteer 1, who has chosen the language by its own name."""
    watched = open_page()
    link = urlsplit(people.invite(server.house.service, an_id("volunteer-1"))).path
    watched.open(server.address + link)
    watched.page.get_by_role("link", name=NAMES[language]).click()
    expect(watched.page.locator("html")).to_have_attribute("lang", language)
    watched.page.locator("main form button").click()
    watched.page.wait_for_url(lambda url: "/sign-in" not in url)
    return watched


def begun(server: PhoneServer, assignment: str) -> str:
    """The visit of volunteer 1 on the plain pages, begun before or now."""
    return drafts.start_visit(server.house.service, an_id("volunteer-1"), assignment)


def look(watched: Watched, name: str) -> None:
    """Readable by all, and nothing sticks out in the smallest size, in the biggest, and with text twice as big."""
    watched.check()
    for width in (320, 1280):
        watched.page.set_viewport_size({"width": width, "height": 800})
        watched.check_width()
        if PICTURES:
            watched.page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
    watched.page.set_viewport_size({"width": 360, "height": 800})
    watched.page.evaluate("document.documentElement.style.fontSize = '200%'")
    watched.check_width()
    watched.page.evaluate("document.documentElement.style.fontSize = ''")


@pytest.mark.parametrize("language", ["cy", "ar"])
def test_the_form_in_another_language(reader: Watched, server: PhoneServer, language: str) -> None:
    title, way, unchecked = SAYS[language]
    page = reader.page
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("html")).to_have_attribute("dir", way)
    expect(page.locator(".od-languages__word")).to_contain_text(unchecked)
    look(reader, f"{language}-home")
    for assignment, parts in ((PIE, ("EN", "WA")), (SHOP, ("WE", "AF"))):
        reader.open(f"{server.address}/visits/{assignment}/ready")
        look(reader, f"{language}-ready-{parts[0]}")
        visit = f"{server.address}/visits/{begun(server, assignment)}"
        reader.open(visit)
        look(reader, f"{language}-parts-{parts[0]}")
        for part in parts:
            reader.open(f"{visit}/{part}")
            look(reader, f"{language}-part-{part}")
        reader.open(f"{visit}/check")
        look(reader, f"{language}-check-{parts[0]}")
    reader.open(f"{server.address}/no-such-page", expect=404)
    look(reader, f"{language}-problem")


@pytest.mark.parametrize("language", ["cy", "ar"])
def test_the_form_of_the_phone_in_another_language(open_page: OpenPage, server: PhoneServer, language: str) -> None:
    watched = open_page()
    link = urlsplit(people.invite(server.house.service, an_id("volunteer-1"))).path
    watched.open(server.address + link)
    watched.page.get_by_role("link", name=NAMES[language]).click()
    watched.page.locator("main form button").click()
    watched.page.wait_for_url(lambda url: "/sign-in" not in url)
    watched.open(f"{server.address}/visits/{PIE}/phone")
    expect(watched.page.locator("html")).to_have_attribute("lang", language)
    expect(watched.page.locator("#screen [data-slot=start]")).to_be_visible()
    look(watched, f"{language}-phone-about")
    watched.page.locator("#screen [data-slot=start]").click()
    expect(watched.page.locator("#screen .od-parts__link").first).to_be_visible()
    look(watched, f"{language}-phone-parts")
    watched.page.locator("#screen .od-parts__link").first.click()
    expect(watched.page.locator("#screen form fieldset").first).to_be_visible()
    look(watched, f"{language}-phone-part")


@pytest.mark.parametrize("language", ["ar"])
def test_words_that_run_from_the_right_begin_at_the_right(reader: Watched, server: PhoneServer, language: str) -> None:
    reader.open(f"{server.address}/visits/{begun(server, PIE)}/WA")
    page = reader.page
    heading = page.locator("h1.od-title").bounding_box()
    assert heading is not None
    right_of_words = page.evaluate(
        "() => { const range = document.createRange(); range.selectNodeContents(document.querySelector('h1.od-title'));"
        " const box = range.getBoundingClientRect(); return box.right }"
    )
    assert abs(right_of_words - (heading["x"] + heading["width"])) < 2
    assert page.evaluate("getComputedStyle(document.querySelector('.govuk-back-link')).paddingRight") != "0px"


@pytest.mark.parametrize("language", ["cy"])
def test_a_choice_leads_back_to_the_page_and_nowhere_else(reader: Watched, server: PhoneServer, language: str) -> None:
    reader.open(f"{server.address}/visits/{PIE}/ready")
    reader.page.get_by_role("link", name="English").click()
    expect(reader.page.locator("html")).to_have_attribute("lang", "en-GB")
    assert urlsplit(reader.page.url).path == f"/visits/{PIE}/ready"
    expect(reader.page.locator(".od-languages__word")).to_have_count(0)
