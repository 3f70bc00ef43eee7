"""Without JavaScript: something is said instead of typed, and something pinned on a sketch; and with it the same pages
can be read by all, on the smallest phone too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.phone_form import WHO, House, house
from tests.browser.walking import sign_in
from tests.service.intake.test_visit_pages import begun
from tests.service.intake.visiting import Browser
from tests.unit.intake.sounds import WEBM

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("said"), photos_allowed=False) as found:
        yield found


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    file = tmp_path / "Recording 1.webm"
    file.write_bytes(WEBM)
    return file


def in_a_part(page: Page, home: House) -> str:
    """Signed in, with a visit begun or gone on with, at the page of where one waits; where that is."""
    sign_in(page, home.link_for(WHO))
    page.goto(f"{home.address}{begun(Browser(home.intake, WHO))}/WA")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where you wait")
    return page.url


def test_without_scripts_something_is_said_heard_again_and_thrown_away(
    home: House, open_page: OpenPage, recording: Path
) -> None:
    page = open_page(script=False).page
    in_a_part(page, home)
    page.get_by_text("Say it instead", exact=True).click()
    page.get_by_label("Choose a recording you have").set_input_files(recording)
    page.get_by_label("What hit you first?").fill("Hard chairs.")
    page.get_by_role("button", name="Save this part", exact=True).click()
    expect(page.get_by_text("Your recording is safe with us.")).to_be_visible()
    expect(page.locator("audio[controls]")).to_be_visible()
    expect(page.get_by_label("What hit you first?")).to_have_value("Hard chairs.")
    page.get_by_text("Throw it away", exact=True).click()
    page.get_by_role("button", name="Yes, throw it away").click()
    expect(page.get_by_text("It is gone. Nothing of it is left.")).to_be_visible()
    expect(page.locator("audio")).to_have_count(0)
    expect(page.get_by_label("What hit you first?")).to_have_value("Hard chairs.")


def test_the_enter_key_saves_and_throws_nothing_away(home: House, open_page: OpenPage, recording: Path) -> None:
    page = open_page(script=False).page
    here = in_a_part(page, home)
    page.get_by_text("Say it instead", exact=True).click()
    page.get_by_label("Choose a recording you have").set_input_files(recording)
    page.get_by_role("radio", name="Yes, that is everything").check()
    page.keyboard.press("Enter")
    expect(page.locator("audio[controls]")).to_have_count(1)
    page.get_by_role("radio", name="No, or I am not sure").check()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Where you wait")
    page.goto(here)
    expect(page.locator("audio[controls]")).to_have_count(1)


def test_without_scripts_something_is_pinned_on_a_sketch_and_taken_away(home: House, open_page: OpenPage) -> None:
    page = open_page(script=False).page
    in_a_part(page, home)
    page.get_by_role("button", name="Save, and go to the sketch").click()
    expect(page.get_by_role("img", name="A sketch, not the real place: Where you wait")).to_be_visible()
    page.get_by_role("button", name="Put the pin on").click()
    expect(page.get_by_role("link", name="Say what it was near.")).to_be_visible()
    page.get_by_label("What was it near?").select_option(label="1 door")
    page.get_by_role("radio", name="It got to me").check()
    page.get_by_role("radio", name="Very much").check()
    page.get_by_label("What is it about?").select_option(index=1)
    page.get_by_label("In your words, if you like").fill("It bangs.")
    page.get_by_role("button", name="Put the pin on").click()
    expect(page.get_by_role("listitem").filter(has_text="It bangs.")).to_be_visible()
    page.get_by_role("button", name="Take pin 1 away").click()
    expect(page.get_by_text("It bangs.")).to_have_count(0)


def test_both_can_be_read_by_all(home: House, open_page: OpenPage, recording: Path) -> None:
    watched = open_page()
    page = watched.page
    in_a_part(page, home)
    if page.get_by_label("Choose a recording you have").is_hidden():
        page.get_by_text("Say it instead", exact=True).click()
    page.get_by_label("Choose a recording you have").set_input_files(recording)
    page.get_by_role("button", name="Save this part", exact=True).click()
    # It can really be played, under the product's own security headers.
    page.locator("audio").first.evaluate("sound => new Promise(r => { sound.oncanplay = r; sound.load() })")
    page.get_by_text("Throw it away", exact=True).first.click()
    watched.check_all_round()
    page.get_by_role("button", name="Save, and go to the sketch").click()
    page.get_by_role("button", name="Put the pin on").click()
    expect(page.get_by_role("link", name="Say what it was near.")).to_be_visible()
    watched.complaints.clear()  # an answer of 422 is a complaint of the browser's
    page.get_by_label("What was it near?").select_option(label="3 seats")
    page.get_by_role("radio", name="It helped me").check()
    page.get_by_role("radio", name="A bit").check()
    page.get_by_label("What is it about?").select_option(index=1)
    page.get_by_role("button", name="Put the pin on").click()
    expect(page.get_by_role("button", name="Take pin 1 away")).to_be_visible()
    watched.check_all_round()
