"""Every shared part in a real browser: reachable by all, at every width, in both themes, under the strict headers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from shared.web.app import HEADERS
from tests.browser.conftest import OpenPage
from tests.browser.gallery import PAGES, PROBLEMS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (1280, "dark")])
@pytest.mark.parametrize("name", list(PAGES))
def test_a_part_is_accessible_and_fits(gallery: str, open_page: OpenPage, name: str, width: int, theme: str) -> None:
    watched = open_page(width, theme)
    watched.open(f"{gallery}/gallery/{name}")
    watched.check()


@pytest.mark.parametrize("status", PROBLEMS)
def test_a_page_that_says_no_is_accessible_and_offers_the_way_home(
    gallery: str, open_page: OpenPage, status: int
) -> None:
    watched = open_page(320)
    watched.open(f"{gallery}/problem/{status}")
    watched.check_all_round()
    expect(watched.page.get_by_role("link", name="Go to my first page")).to_have_attribute("href", "/")


@pytest.mark.parametrize("name", ["findings", "part", "exercise", "board"])
def test_text_at_twice_its_size_still_fits(gallery: str, open_page: OpenPage, name: str) -> None:
    watched = open_page(640)
    watched.context.new_cdp_session(watched.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    watched.open(f"{gallery}/gallery/{name}")
    assert watched.page.evaluate("getComputedStyle(document.body).fontSize") == "36px"
    watched.check_width()


def test_strength_is_asked_only_when_needed_also_without_javascript(gallery: str, open_page: OpenPage) -> None:
    page = open_page(360, script=False).page
    page.goto(f"{gallery}/gallery/part")
    item = page.locator(".od-item", has_text="sudden loud sounds")
    strength = item.get_by_role("group", name="How much did it get to you?")
    expect(strength).to_be_hidden()
    item.get_by_role("radio", name="It got to me").check()
    expect(strength).to_be_visible()
    item.get_by_role("radio", name="It was fine").check()
    expect(strength).to_be_hidden()


def test_leaving_quickly_leaves_nothing_behind_the_back_button(gallery: str, open_page: OpenPage) -> None:
    watched = open_page(360)
    watched.open(f"{gallery}/gallery/part")
    watched.page.get_by_role("link", name="Leave this page").click()
    expect(watched.page).to_have_title("Weather")
    watched.page.go_back()
    assert "/gallery/part" not in watched.page.url
    assert not watched.complaints


def test_the_list_of_faults_leads_to_its_fields(gallery: str, open_page: OpenPage) -> None:
    watched = open_page(360)
    watched.open(f"{gallery}/gallery/small")
    expect(watched.page.locator("[data-error-summary]")).to_be_focused()
    watched.page.get_by_role("link", name="Say whether staff know.").click()
    expect(watched.page.get_by_role("radio", name="Staff know that visits may happen")).to_be_focused()


def test_the_first_tab_leads_past_the_frame(gallery: str, open_page: OpenPage) -> None:
    watched = open_page(1280)
    watched.open(f"{gallery}/gallery/findings")
    watched.page.keyboard.press("Tab")
    expect(watched.page.get_by_role("link", name="Skip to the main part")).to_be_focused()
    watched.page.keyboard.press("Enter")
    expect(watched.page.locator("main")).to_be_focused()


def test_paper_shows_the_words_and_none_of_the_buttons(gallery: str, open_page: OpenPage) -> None:
    watched = open_page(1280)
    watched.open(f"{gallery}/gallery/start")
    watched.page.emulate_media(media="print")
    expect(watched.page.get_by_role("navigation")).to_have_count(0)
    expect(watched.page.locator(".od-letter, .od-box--letter")).to_be_visible()
    expect(watched.page.get_by_role("link", name="Carry on")).to_be_hidden()


def test_marking_needs_no_javascript(gallery: str, open_page: OpenPage) -> None:
    page = open_page(360, script=False).page
    page.goto(f"{gallery}/gallery/photo")
    page.get_by_label("Which part of the photo?").select_option("Top left")


def test_a_breach_of_the_security_headers_does_not_go_unseen(gallery: str, open_page: OpenPage) -> None:
    watched = open_page(360)
    body = '<!doctype html><html lang="en"><title>x</title><p style="color: red">x</p><script>1</script>'
    watched.page.route("**/breach", lambda route: route.fulfill(body=body, content_type="text/html", headers=HEADERS))
    watched.open(f"{gallery}/breach")
    assert [kind for kind in ("inline style", "inline script") if kind in " ".join(watched.complaints)]
    assert len(watched.complaints) == 2
