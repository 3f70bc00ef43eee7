"""One card for one visit on a volunteer's first page, whatever of it was begun on this phone and what with us."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.on_a_phone import ANSWERS, PIE, SHOP, OnAPhone
from tests.browser.phone_server import PhoneServer, answers
from tests.service.intake.test_care import ready
from tests.service.intake.visiting import Browser

BEGUN_THERE = "Carry on with what you began on the plain pages"


def the_card(phone: OnAPhone, assignment: str = PIE) -> Locator:
    """The only card of this visit."""
    phone.open("/")
    card = phone.page.locator(".od-card").filter(has=phone.page.locator(f'[data-here-of="{assignment}"]'))
    expect(phone.page.locator("[data-here]")).to_be_hidden()
    expect(card).to_have_count(1)
    return card


def test_what_was_begun_on_the_phone_is_the_one_button_of_the_card(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.begin(SHOP)
    card = the_card(phone, SHOP)
    expect(card.get_by_text("You are still writing this. Only this phone has it.")).to_be_visible()
    expect(card.locator(".govuk-button")).to_have_text(["Carry on"], use_inner_text=True)
    expect(card.get_by_role("link", name="Get ready")).to_be_visible()
    # It stands first, and its button is the only one of its look.
    expect(phone.page.locator(".od-card").first).to_contain_text("You are still writing this.")
    expect(phone.page.locator("main .govuk-button:not(.govuk-button--secondary)")).to_have_count(1)
    card.get_by_role("link", name="Carry on").click()
    expect(phone.page.get_by_role("button", name="Look it over and send")).to_be_visible()
    card = the_card(phone, SHOP)
    card.get_by_role("button", name="Delete from this phone").press("Enter")
    expect(card.get_by_role("button", name="No, keep it")).to_be_focused()
    expect(card.get_by_text("It was not sent, so nobody will have it.")).to_be_visible()
    card.get_by_role("button", name="Yes, delete it").click()
    expect(card.locator(".govuk-button")).to_have_text(["Get ready"], use_inner_text=True)
    expect(card.get_by_role("button", name="Delete from this phone")).to_have_count(0)
    assert phone.kept() == []


def test_the_card_says_how_much_is_safe_and_finishes_sending(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in()
    phone.write(photos=1)
    # It does not try again by itself for an hour, so the button is there to be pressed.
    server.next("PUT .*/photos/", answers("503 Service Unavailable", Retry_After="3600"))
    phone.send()
    expect(phone.page.get_by_text("1 of 2 safe.")).to_be_visible()
    card = the_card(phone)
    expect(card.get_by_text("1 of 2 safe.")).to_be_visible()
    # The server knows of the same visit that a photo is missing. It is said once, and there is one button for it.
    expect(card.get_by_text("You sent it. 1 photo is still on your phone.")).to_be_hidden()
    expect(card.locator(".govuk-button:visible")).to_have_text(["Send now"], use_inner_text=True)
    server.calm()
    card.get_by_role("button", name="Send now").click()
    expect(card.get_by_text(f"What you sent: {ANSWERS + 1} of {ANSWERS + 1} safe.")).to_be_visible()
    card = the_card(phone)
    expect(card.get_by_text("You have sent one visit.")).to_be_visible()
    card.get_by_role("button", name="Delete from this phone").click()
    card.get_by_role("button", name="Yes, delete it").click()
    expect(card.get_by_text("What you sent:")).to_have_count(0)


def test_what_was_begun_with_us_as_well_stands_beside_it(phone: OnAPhone, server: PhoneServer) -> None:
    plain = Browser(server.house, "volunteer-1")
    plain.open(f"/visits/{SHOP}/ready")
    plain.send(f"/visits/{SHOP}/start")
    phone.sign_in()
    card = the_card(phone, SHOP)
    expect(card.locator(".govuk-button")).to_have_text(["Carry on"], use_inner_text=True)
    expect(card.get_by_text(BEGUN_THERE)).to_be_hidden()
    phone.begin(SHOP)
    card = the_card(phone, SHOP)
    expect(card.locator(".govuk-button")).to_have_attribute("href", f"/visits/{SHOP}/phone")
    expect(card.get_by_role("link", name=BEGUN_THERE)).to_have_attribute("href", re.compile(r"^/visits/[0-9a-f-]+$"))


def test_who_is_ready_still_finds_the_button_to_check_in(phone: OnAPhone, server: PhoneServer) -> None:
    ready(Browser(server.house, "volunteer-1"), PIE)
    phone.sign_in()
    phone.begin()
    card = the_card(phone)
    expect(card.locator(".govuk-button")).to_have_text(["Carry on", "I am there: check in"], use_inner_text=True)
