"""Care in the phone form: stop with no signal, the word before hard questions, reading aloud, one question at a time, a
tab that was killed, and every screen within reach of everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.servers.waiting import until
from services.intake.use_cases.wellbeing import way_of_assignment
from tests.browser.conftest import Watched
from tests.browser.phone_form import (
    DAY,
    PIE,
    SHOP,
    WHO,
    House,
    Keys,
    again,
    begin,
    choice,
    house,
    on_a_phone,
    on_screen,
    open_form,
)
from tests.service.intake.plans import an_id

pytestmark = pytest.mark.slow

SPY = """
window.heard = []
speechSynthesis.speak = (one) => { heard.push([one.lang, one.text]) }
speechSynthesis.cancel = () => { heard.push(['', 'hushed']) }
"""
KEPT = """new Promise((found, failed) => {
  const opening = indexedDB.open('opendoor')
  opening.onerror = failed
  opening.onsuccess = () => {
    const all = opening.result.transaction('visits').objectStore('visits').getAll()
    all.onsuccess = () => { opening.result.close(); found(JSON.stringify(all.result)) }
  }
})"""
MUTE = "Object.defineProperty(window, 'speechSynthesis', { value: undefined })"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("phone-care")) as found:
        yield found


def state(home: House, assignment: str = PIE) -> str:
    """Where we know the volunteer to be."""
    return way_of_assignment(home.intake.service, an_id(WHO), assignment).trip.state.value


def test_stop_with_no_signal_then_go_on_then_keep_it_for_oneself(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home)
    page.get_by_role("link", name="Where you wait").click()
    page.locator('[name="first"]').fill("Too much.")
    watched.context.set_offline(True)
    page.get_by_role("button", name="Stop", exact=True).click()
    on_screen(page, "stopped")
    expect(page.get_by_text("You do not have to say why")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("No signal just now")
    watched.complaints.clear()  # with no signal the browser itself says that a call did not get through
    watched.check()
    watched.context.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text("The buddy is told")
    assert state(home) == "stopped"
    page.get_by_role("button", name="Go on with the visit").click()
    on_screen(page, "parts")
    until(lambda: state(home) != "stopped", 20, "nobody was told that they go on")
    page.get_by_role("link", name="Where you wait").click()
    expect(page.locator('[name="first"]')).to_have_value("Too much.")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Send it for my own record only").click()
    on_screen(page, "check")
    expect(page.get_by_label("No, keep it for me only")).to_be_checked()
    page.get_by_label("The day you went").fill(DAY)
    page.get_by_label("Morning").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("1 of 1 safe")).to_be_visible()
    told = home.told()
    assert (told["stopped_early"], told["keep_answers"]) == (True, False)


def test_what_was_stopped_can_be_thrown_away_and_the_stop_is_told_all_the_same(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home, SHOP)
    watched.context.set_offline(True)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))
    page.get_by_role("button", name="Throw away what I wrote").press("Enter")
    on_screen(page, "throw")
    # The second tap of a hand that shakes throws nothing away, wherever it lands.
    sure = page.get_by_role("button", name="Yes, throw it away")
    where = sure.bounding_box()
    assert where is not None
    page.mouse.click(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
    expect(page.locator('#screen[data-screen="throw"]')).to_be_visible()
    page.clock.resume()
    sure.click()
    on_screen(page, "forgotten")
    watched.context.set_offline(False)
    until(lambda: state(home, SHOP) == "stopped", 20, "the stop was never told")


def test_a_word_comes_before_hard_questions(home: House, chromium: Browser) -> None:
    page = begin(on_a_phone(chromium), home)
    page.get_by_role("link", name="Getting near").click()
    expect(page.get_by_text("Before you read on")).to_have_count(0)
    page.get_by_role("button", name="Next: The way in").click()
    expect(page.get_by_text("The next questions are about guards. You can skip them all.")).to_be_visible()
    notice = page.get_by_text("Before you read on").bounding_box()
    hard = page.get_by_text("Where did the guard stand").bounding_box()
    assert notice is not None
    assert hard is not None
    assert notice["y"] < hard["y"]
    page.get_by_role("link", name="Skip this part").click()
    on_screen(page, "part")
    expect(page.get_by_role("heading", level=1)).to_have_text("The front desk")


def test_a_question_is_read_aloud_in_the_language_of_the_page(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    watched.page.add_init_script(SPY)
    page = begin(watched, home)
    page.get_by_role("link", name="Where you wait").click()
    button = page.get_by_role("button", name="Read aloud: Could you choose where to sit?")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    ((lang, text),) = page.evaluate("heard")
    assert lang == page.locator("html").get_attribute("lang")
    assert text.startswith("Could you choose where to sit? It got to me. It helped me. Both. It was fine.")
    assert "Skip" not in text
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("heard").pop() == ["", "hushed"]


def test_where_a_phone_cannot_speak_no_button_says_it_can(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    watched.page.add_init_script(MUTE)
    page = begin(watched, home)
    page.get_by_role("link", name="Where you wait").click()
    expect(choice(page, "a.P-WA-01", "bad")).to_be_attached()
    expect(page.locator(".od-listen")).to_have_count(0)
    assert not watched.complaints


def test_one_question_at_a_time_is_remembered_on_this_phone(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home)
    keys = Keys(page)
    page.get_by_text("How the questions come").click()
    page.get_by_label("Show me one question at a time").check()
    page.get_by_role("link", name="Where you wait").click()
    expect(page.locator('[name="first"]')).to_be_visible()
    expect(page.get_by_text("Could you choose where to sit?")).to_be_hidden()
    watched.check()
    following = page.get_by_role("button", name="Next", exact=True)
    for _ in range(3):
        keys.press(following)
    expect(page.get_by_text("Could you choose where to sit?")).to_be_visible()
    expect(page.locator('[name="first"]')).to_be_hidden()
    keys.choose("a.P-WA-01", "good")
    watched.check()
    again(watched, home)
    expect(choice(page, "a.P-WA-01", "good")).to_be_checked()
    expect(page.locator('[name="first"]')).to_be_hidden()
    while following.is_visible():
        following.click()
    expect(page.get_by_role("group", name="Is that everything here?")).to_be_visible()
    expect(page.get_by_role("button", name="Next: Where you talk")).to_be_visible()


def test_a_killed_tab_comes_back_where_it_was(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home)
    page.get_by_role("link", name="Where you wait").click()
    choice(page, "a.P-WA-02", "bad").check()
    choice(page, "t.P-WA-02", "2").check()
    other = watched.context.new_page()
    other.goto(f"{home.address}/weather")
    page.locator('[name="first"]').fill("The very last words")
    until(lambda: "The very last words" in other.evaluate(KEPT), 20, "what was typed was not kept")
    page.close()
    watched.page = watched.context.new_page()
    again(watched, home)
    page = watched.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Where you wait")
    expect(page.locator('[name="first"]')).to_have_value("The very last words")
    expect(choice(page, "t.P-WA-02", "2")).to_be_checked()


def test_leaving_quickly_leaves_no_form_behind_the_back_button(home: House, chromium: Browser) -> None:
    page = begin(on_a_phone(chromium), home)
    page.get_by_role("link", name="Where you wait").click()
    page.get_by_role("link", name="All parts").click()
    page.get_by_role("button", name="Look it over and send").click()
    page.get_by_role("link", name="Change: Where you wait").click()
    on_screen(page, "part")
    page.get_by_role("link", name="Leave this page").click()
    expect(page).to_have_title("Weather")
    expect(page.get_by_role("heading", name="Weather today")).to_be_visible()
    # Nor is there anything to go forward to.
    assert page.go_forward() is None
    page.go_back()
    expect(page.get_by_role("heading", name="Weather today")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your visits")


def test_the_page_holds_no_token(home: House, chromium: Browser) -> None:
    page = open_form(on_a_phone(chromium), home)
    assert "csrf" not in page.request.get(page.url).text()


def test_where_no_photos_may_be_taken_a_plan_is_offered(
    tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> None:
    with house(tmp_path_factory.mktemp("no-photos"), photos_allowed=False) as found:
        watched = on_a_phone(chromium)
        page = begin(watched, found)
        page.get_by_role("link", name="Where you wait").click()
        expect(page.get_by_text("No photos may be taken at this place.")).to_be_visible()
        expect(page.locator('input[type="file"]')).to_have_count(0)
        page.get_by_text("Show it on a plan instead").click()
        expect(page.locator('[data-slot="sketch"] svg').first).to_be_visible()
        watched.check()


def every_screen(page: Page, look: Callable[[], None]) -> None:
    """Through all screens of a visit but the receipt."""
    look()
    page.get_by_role("button", name="Start writing it down").click()
    look()
    page.get_by_role("link", name="Where you wait").click()
    choice(page, "a.P-WA-02", "both").check()
    look()
    page.get_by_role("link", name="All parts").click()
    page.get_by_role("button", name="Take a break").click()
    look()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Look it over and send").click()
    page.get_by_role("button", name="Send", exact=True).click()
    look()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("told")
    look()
    page.get_by_role("button", name="Throw away").click()
    look()


@pytest.mark.parametrize(("width", "theme"), [(320, "dark"), (360, "light"), (1280, "dark"), (1280, "light")])
def test_everybody_can_read_every_screen(home: House, chromium: Browser, width: int, theme: str) -> None:
    watched = on_a_phone(chromium, width, theme)
    page = open_form(watched, home)
    every_screen(page, lambda: look(watched))


def look(watched: Watched) -> None:
    """As it is, with more contrast, and with text twice as big; Stop, where there is one, is in sight."""
    watched.check()
    watched.page.emulate_media(contrast="more")
    watched.check()
    watched.page.emulate_media(contrast="no-preference")
    watched.page.evaluate("document.documentElement.style.fontSize = '200%'")
    watched.check_width()
    watched.page.evaluate("document.documentElement.style.fontSize = ''")
    stop = watched.page.locator(".od-stop__button")
    if stop.is_visible():
        expect(stop).to_be_in_viewport(ratio=1)
