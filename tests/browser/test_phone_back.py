"""The phone's own Back button inside the form: one step back, out of it only from the list of parts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.coming_true import comes_true
from tests.browser.phone_form import House, again, begin, choice, house, on_a_phone, on_screen, open_form
from tests.service.intake.visiting import a_jpeg

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("phone-back")) as found:
        yield found


def back(page: Page) -> None:
    """What the button of the phone does."""
    page.evaluate("history.back()")


def to_a_photo(page: Page) -> None:
    page.get_by_label("Choose a photo you have").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": a_jpeg(120, (320, 240))}
    )
    on_screen(page, "photo")
    expect(page.get_by_role("button", name="Done with this photo")).to_be_visible()


def test_back_goes_one_step_back_and_from_the_list_of_parts_out(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home)
    page.get_by_role("link", name="Where you wait").click()
    page.locator('[name="first"]').fill("Hard chairs.")
    to_a_photo(page)
    back(page)
    expect(page.locator('#screen[data-screen="part"]')).to_be_visible()
    expect(page.locator(".od-step--photos :focus")).to_be_in_viewport()
    # Opened anew in the middle of it, the way back is the same.
    page.reload()
    expect(page.locator('[name="first"]')).to_have_value("Hard chairs.")
    back(page)
    on_screen(page, "parts")
    # A part that was reached from the page before sending leads back to that page.
    page.get_by_role("button", name="Look it over and send").click()
    page.get_by_role("link", name="Change: Where you talk").click()
    on_screen(page, "part")
    page.locator('[name="first"]').fill("A door that shuts.")
    back(page)
    on_screen(page, "check")
    expect(page.get_by_text("“A door that shuts.”")).to_be_visible()
    # Links and Back together never make the way longer.
    page.get_by_role("link", name="All parts").click()
    on_screen(page, "parts")
    comes_true(page, "history.state?.deep === 0")
    page.get_by_role("button", name="Take a break").click()
    on_screen(page, "pause")
    back(page)
    on_screen(page, "parts")
    back(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your visits")
    page.go_forward()
    expect(page.locator('#screen[data-screen="parts"]')).to_be_visible()
    page.get_by_role("link", name="Where you wait").click()
    expect(page.locator('[name="first"]')).to_have_value("Hard chairs.")
    assert not watched.complaints


def test_back_asks_before_something_drawn_to_be_covered_is_left_uncovered(home: House, chromium: Browser) -> None:
    page = begin(on_a_phone(chromium), home)
    page.get_by_role("link", name="Where you wait").click()
    to_a_photo(page)
    page.get_by_role("button", name="Cover something").click()
    page.get_by_role("button", name="Put a cover in the middle").click()
    back(page)
    expect(page.get_by_role("button", name="No, go back")).to_be_focused()
    page.get_by_role("button", name="No, go back").click()
    page.get_by_role("button", name="Cover nothing").click()
    back(page)
    expect(page.locator('#screen[data-screen="part"]')).to_be_visible()


def test_a_mark_of_which_too_little_was_said_is_not_lost_unasked(home: House, chromium: Browser) -> None:
    page = begin(on_a_phone(chromium), home)
    page.get_by_role("link", name="Where you wait").click()
    to_a_photo(page)
    page.get_by_role("button", name="Put a mark in the middle").click()
    page.get_by_role("radio", name="It got to me").check()
    page.get_by_role("button", name="Done with this photo").click()
    say = page.get_by_role("button", name="Say it now")
    expect(say).to_be_focused()
    say.click()
    expect(page.locator(".od-marking__frame").get_by_role("button", name="Mark 1")).to_be_focused()
    expect(page.get_by_role("radio", name="It got to me")).to_be_checked()
    back(page)
    page.get_by_role("button", name="Leave the mark out").click()
    expect(page.locator('#screen[data-screen="part"]')).to_be_visible()


def test_back_goes_to_the_question_before_where_they_come_one_at_a_time(home: House, chromium: Browser) -> None:
    page = begin(on_a_phone(chromium), home)
    page.get_by_text("How the questions come").click()
    page.get_by_label("Show me one question at a time").check()
    page.get_by_role("link", name="Where you wait").click()
    for _ in range(3):
        page.get_by_role("button", name="Next", exact=True).click()
    where = page.locator('[data-slot="one-where"]')
    expect(where).to_contain_text("4 of ")
    choice(page, page.locator(".od-item:visible input").first.get_attribute("name") or "", "fine").check()
    back(page)
    expect(where).to_contain_text("3 of ")
    # With letters twice as big, the next question is on the glass and not below it.
    page.set_viewport_size({"width": 360, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.get_by_role("button", name="Next", exact=True).click()
    prompt = page.locator(".od-item:visible .od-item__prompt")
    expect(prompt).to_be_focused()
    expect(prompt).to_be_in_viewport(ratio=0.9)
    page.get_by_role("link", name="All parts").click()
    on_screen(page, "parts")
    comes_true(page, "history.state?.deep === 0")


@pytest.mark.parametrize(("language", "size"), [("cy", 100), ("en_GB", 200)])
def test_the_way_back_is_never_under_the_way_out(home: House, chromium: Browser, language: str, size: int) -> None:
    watched = on_a_phone(chromium, 320)
    page = open_form(watched, home)
    watched.context.add_cookies([{"name": "opendoor-language", "value": language, "url": home.address}])
    again(watched, home)
    page.locator('[data-slot="start"]').click()
    on_screen(page, "parts")
    page.evaluate("size => { document.documentElement.style.fontSize = `${size}%` }", size)
    out, way = page.locator("[data-leave]").bounding_box(), page.locator("[data-back]").bounding_box()
    assert out is not None
    assert way is not None
    assert out["y"] + out["height"] <= way["y"] or way["x"] + way["width"] <= out["x"]
    assert page.evaluate("document.documentElement.scrollWidth") == 320
