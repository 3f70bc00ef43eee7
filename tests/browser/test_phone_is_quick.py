"""What makes the phone form quick: first what is on the glass, then the rest; and what it says where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.browser.phone_form import PIE, House, begin, house, on_a_phone, on_screen, open_form
from tests.service.intake.visiting import a_jpeg

pytestmark = pytest.mark.slow
PICTURES = "**/static/shared/pictures.*"
PHOTO: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": a_jpeg()}
DRAWN = "document.querySelectorAll('[data-slot=questions] > *').length"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("quick")) as found:
        yield found


def test_the_first_question_waits_for_nothing_that_only_photos_need(home: House, chromium: Chromium) -> None:
    watched = on_a_phone(chromium)
    held: list[Any] = []
    watched.page.route(PICTURES, lambda route: held.append(route))
    page = begin(watched, home)
    page.get_by_role("link", name="Where you wait").click()
    page.locator(".od-item .od-answer__input").first.check()
    asked = page.locator("[data-slot=questions] .od-item")
    expect(asked.last).to_be_attached()
    for route in held:
        route.abort()
    watched.context.close()


def test_a_long_part_draws_what_fits_on_the_glass_and_then_the_rest(home: House, chromium: Chromium) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home)
    page.get_by_text("How the questions come").click()
    page.get_by_role("radio", name="All questions").check()
    link = page.get_by_role("link", name="Where you wait")
    at_once = link.evaluate(f"link => {{ link.click(); return {DRAWN} }}")
    on_screen(page, "part")
    expect(page.get_by_text("Is that everything here?")).to_be_attached()
    assert 3 <= at_once < page.evaluate(DRAWN)
    watched.check()
    watched.context.close()


def test_what_is_folded_away_is_made_when_it_is_opened(home: House, chromium: Chromium) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home)
    page.get_by_role("link", name="Where you wait").click()
    fold = page.locator("details", has=page.locator("[data-slot=core]"))
    expect(fold.locator(".od-item")).to_have_count(0)
    fold.locator("summary").first.click()
    expect(fold.locator(".od-item").first).to_be_visible()
    fold.locator(".od-answer__input").first.check()
    page.reload()
    on_the_way_back = page.locator("details[open] [data-slot=core] .od-answer__input:checked")
    expect(on_the_way_back).to_have_count(1)
    watched.context.close()


def test_a_photo_waits_for_its_part_of_the_page_and_says_so(home: House, chromium: Chromium) -> None:
    watched = on_a_phone(chromium)
    watched.page.route(PICTURES, lambda route: route.abort())
    page = begin(watched, home)
    page.get_by_role("link", name="Where you wait").click()
    choose = page.get_by_label("Choose a photo you have")
    choose.set_input_files(PHOTO)
    expect(page.get_by_role("status").filter(has_text="did not come")).to_be_visible()
    page.unroute(PICTURES)
    choose.set_input_files([])
    choose.set_input_files(PHOTO)
    on_screen(page, "photo")
    expect(page.locator(".od-marking__frame img")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("standalone", ["false", "true", "undefined"])
def test_only_an_iphone_outside_its_home_screen_warns_of_the_week(
    home: House, chromium: Chromium, standalone: str
) -> None:
    watched = on_a_phone(chromium)
    watched.page.add_init_script(f"Object.defineProperty(navigator, 'standalone', {{ value: {standalone} }})")
    page = open_form(watched, home, PIE)
    warning = page.get_by_text("deleted when you do not open it for seven days")
    expect(warning).to_be_visible(visible=standalone == "false")
    if standalone == "false":
        page.get_by_text("How to keep it for longer").click()
        expect(page.get_by_text("Add to Home Screen")).to_be_visible()
        watched.check()
    page.goto(home.address + "/")
    expect(page.locator("[data-here]")).to_be_attached()
    expect(warning).to_be_visible(visible=standalone == "false")
    if standalone == "false":
        watched.check_all_round()
    page.context.close()


def test_a_link_is_pasted_where_there_is_no_line_for_addresses(home: House, chromium: Chromium) -> None:
    watched = on_a_phone(chromium)
    watched.open(home.address + "/sign-in")
    watched.check_all_round()
    page = watched.page
    page.get_by_label("Or paste your link here").fill("my link")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not a link to Open Door")
    watched.check()
    page.context.close()


def test_the_browser_takes_the_manifest(home: House, chromium: Chromium) -> None:
    watched = on_a_phone(chromium)
    page = open_form(watched, home, PIE)
    told = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert told["errors"] == []
    assert "/static/shared/app." in told["url"]
    page.context.close()
