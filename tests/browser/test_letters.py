""" "How may we reach you?" in a real browser: on a small phone and a laptop, by keyboard alone, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.post.port import LetterRefused
from tests.browser.conftest import OpenPage
from tests.browser.test_care import address, come_in, look
from tests.service.intake.letter_house import House, give_address, links, release

__all__ = ["address"]
pytestmark = pytest.mark.slow


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def by_keyboard_to(page: Page, what: Locator) -> None:
    """Press Tab until the keyboard is there."""
    for _ in range(60):
        if what.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The keyboard does not get to {what}.")


@pytest.mark.parametrize("width", [360, 1280])
def test_an_address_is_given_confirmed_and_taken_back_by_keyboard(
    intake: House, address: str, open_page: OpenPage, width: int
) -> None:
    mine = open_page(width)
    come_in(mine, intake, address, "buddy")
    page = mine.page
    link = page.get_by_role("link", name="Have us write to you when somebody is late or has stopped")
    by_keyboard_to(page, link)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("How may we reach you?")
    mine.check()
    field = page.get_by_label("Your e-mail address")
    by_keyboard_to(page, field)
    page.keyboard.type("buddy at home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(field).to_have_value("buddy at home")
    field.fill("buddy@home.example")
    expect(page.get_by_label("When somebody I look after is late or has stopped")).to_be_checked()
    expect(page.get_by_label("They let me straight in")).not_to_be_checked()
    field.press("Enter")
    expect(page.get_by_text("We have written to buddy@home.example")).to_be_visible()
    mine.check()
    confirm, stop = links(intake.letters()[0])
    mine.open(address + confirm)
    mine.check()
    by_keyboard_to(page, page.get_by_role("button", name="Yes, write to me there"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("We can write to buddy@home.example.")).to_be_visible()
    mine.check()
    strange = open_page(width)
    strange.open(address + confirm, expect=404)
    strange.check()
    strange.open(address + stop)
    strange.check()
    by_keyboard_to(page, page.get_by_role("button", name="Take my address back"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your address is gone.")).to_be_visible()
    strange.open(address + stop)
    expect(strange.page.get_by_text("Nothing is sent to this address.")).to_be_visible()
    strange.check()


@pytest.mark.parametrize("language", ["cy", "ar"])
def test_it_can_be_read_in_every_language_and_look(
    intake: House, address: str, open_page: OpenPage, language: str
) -> None:
    mine = open_page(320)
    come_in(mine, intake, address, "volunteer-1")
    mine.page.goto(f"{address}/language/{language}?back=/reach-me")
    look(mine)


def test_a_lead_sees_what_could_not_be_sent(intake: House, address: str, open_page: OpenPage) -> None:
    give_address(intake, "manager", "news")
    intake.post.fault = LetterRefused("The mail server did not take the address (550).")
    release(intake)
    intake.work("letters")
    leads = open_page(360)
    come_in(leads, intake, address, "lead")
    leads.page.get_by_role("link", name="A letter could not be sent").click()
    expect(leads.page.get_by_text("A letter to The manager")).to_be_visible()
    leads.check()
    intake.post.fault = None
    leads.page.get_by_role("button", name="Try them again").click()
    expect(leads.page.get_by_text("Every letter found its way.")).to_be_visible()
    leads.check()
    assert len(intake.letters()) == 1
