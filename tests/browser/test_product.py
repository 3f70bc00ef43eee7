"""The running product in a real browser, as each of its people: no dead link, no breach, all of it within reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from shared.runtime.clock import SystemClock
from tests.acceptance.product import Product
from tests.browser.conftest import OpenPage
from tests.browser.walking import every_kind, sign_in, sign_in_links

pytestmark = pytest.mark.slow

ROLES = ["volunteer", "lead", "manager", "data-keeper", "sponsor", "working-group", "staff", "buddy"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its demo exercise."""
    product = Product(tmp_path_factory.mktemp("browser") / "data")
    product.environment["OPENDOOR_DEMO"] = "1"
    try:
        product.start()
        yield product
    finally:
        product.stop()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_there_fits_a_phone_and_can_be_read_by_all(
    demo: Product, open_page: OpenPage, role: str
) -> None:
    watched = open_page(320)
    sign_in(watched.page, sign_in_links(demo)[role])
    walked = 0
    for kind, response in every_kind(watched.page, demo.address, [watched.page.url]):
        assert response.status == 200, f"a link of the {role} leads to {kind}, which answers {response.status}"
        watched.check_all_round()
        walked += 1
    assert walked >= 2
    assert not watched.complaints


def test_a_volunteer_sends_a_visit_from_a_phone_without_javascript(demo: Product, open_page: OpenPage) -> None:
    page = open_page(360, script=False).page
    sign_in(page, sign_in_links(demo)["volunteer"])
    card = page.locator(".od-card", has_text="Look at the building").first
    card.get_by_role("link", name="Get ready").click()
    page.get_by_role("button", name="Start writing it down").click()
    page.locator(".od-parts__link").first.click()
    answered = page.locator(".od-item").filter(has=page.get_by_role("radio", name="It got to me")).last
    answered.get_by_role("radio", name="It got to me").check()
    answered.get_by_role("radio", name="It made me tense").check()
    page.get_by_role("button", name="Save this part").click()
    expect(page.locator(".od-parts__part--some")).to_have_count(1)
    page.get_by_role("link", name="Look it over and send").click()
    expect(page.get_by_text("It got to me")).to_be_visible()
    page.get_by_label("The day you went").fill(SystemClock().now().date().isoformat())
    page.get_by_role("radio", name="Morning").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Safe")


def test_what_a_lead_typed_outlives_their_session(demo: Product, open_page: OpenPage) -> None:
    watched = open_page(360)
    page, context = watched.page, watched.context
    sign_in(page, sign_in_links(demo)["lead"])
    page.goto(f"{demo.address}/exercises/new")
    page.get_by_label("Title of the exercise").fill("The house by the harbour")
    page.get_by_label("Why staff are not told").fill("So that we see it\nas “Sam” & others do.")
    context.clear_cookies()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out")
    watched.check_html()
    watched.check_width()
    watched.check_reading()

    # Too early: they are told the same again, and nothing is lost.
    page.get_by_role("button", name="I am signed in again: go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out")

    sign_in(context.new_page(), sign_in_links(demo)["lead"])
    page.get_by_role("button", name="I am signed in again: go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send it once more")
    watched.check_html()
    watched.check_reading()
    page.get_by_role("button", name="Send it now").click()
    # The form itself, which has still some questions, with every word that was typed.
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan a new exercise")
    expect(page.get_by_label("Title of the exercise")).to_have_value("The house by the harbour")
    expect(page.get_by_label("Why staff are not told")).to_have_value("So that we see it\nas “Sam” & others do.")
