"""Both instruments on a phone from the first screen to the receipt, by keys alone and by touch alone: the same visit in
the end as the server's own pages make of the same answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

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
    through_the_server,
)
from tests.service.intake.visiting import a_jpeg

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("phone-form")) as found:
        yield found


def test_a_check_of_the_building_by_keys_alone(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    page = open_form(watched, home)
    keys = Keys(page)
    watched.check()
    keys.press(page.get_by_role("button", name="Start writing it down"))
    on_screen(page, "parts")
    keys.press(page.get_by_role("link", name="Where you wait"))
    on_screen(page, "part")
    keys.write(page.locator('[name="first"]'), "Hard chairs.")
    keys.choose("a.P-WA-01", "fine")
    keys.choose("a.P-WA-02", "both")
    keys.choose("t.P-WA-02", "3")
    keys.choose("c.P-WA-02", "1")
    keys.press(page.locator(".od-item", has=choice(page, "a.P-WA-02", "bad")).locator("summary"))
    keys.write(page.locator('[name="w.P-WA-02"]'), "People sat behind me.")
    keys.choose("a.P-WA-07", "good")
    keys.choose("c.P-WA-07", "2")
    keys.choose("everything", "yes")
    watched.check()
    keys.press(page.get_by_role("button", name="Next: Where you talk"))
    on_screen(page, "part")
    keys.choose("a.P-TS-01", "did-not-see")
    keys.press(page.get_by_role("button", name="Look it over and send"))
    on_screen(page, "check")
    expect(page.get_by_text("“People sat behind me.”")).to_be_visible()
    expect(page.get_by_text("▲ I felt unsafe, or wanted to leave, or did leave")).to_be_visible()
    expect(page.get_by_text("The rest: you said that was everything")).to_be_visible()
    assert page.locator('#screen input[type="checkbox"]:checked').count() == 0
    keys.press(page.get_by_role("button", name="Send", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("Say on which day you went")
    watched.check()
    keys.press(page.get_by_role("link", name="Say on which day you went"))
    page.keyboard.type("10102026")
    keys.choose("part_of_day", "morning")
    keys.press(page.get_by_label("Quote my words"), "Space")
    keys.press(page.get_by_role("button", name="Send", exact=True))
    expect(page.get_by_text("1 of 1 safe. You can delete this from your phone.")).to_be_visible()
    watched.check()
    on_the_phone = home.told()
    keys.press(page.get_by_role("button", name="Delete from this phone"))
    on_screen(page, "forgotten")
    again(watched, home)
    expect(page.get_by_role("button", name="Start writing it down")).to_be_visible()
    waiting = {
        "first": "Hard chairs.",
        "a.P-WA-01": "fine",
        "a.P-WA-02": "both",
        "t.P-WA-02": "3",
        "c.P-WA-02": "1",
        "w.P-WA-02": "People sat behind me.",
        "a.P-WA-07": "good",
        "c.P-WA-07": "2",
        "everything": "yes",
    }
    parts = {"WA": waiting, "TS": {"a.P-TS-01": "did-not-see"}}
    assert on_the_phone == through_the_server(home, PIE, parts, part_of_day="morning", quote="true")


def test_a_visit_to_ask_for_help_by_touch_alone(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium, touch=True)
    page = open_form(watched, home, SHOP)
    page.get_by_role("button", name="Show the letter").tap()
    on_screen(page, "letter")
    watched.check()
    page.get_by_role("link", name="Back").tap()
    page.get_by_role("button", name="Start writing it down").tap()
    page.get_by_role("link", name="Being met").tap()
    on_screen(page, "part")
    page.get_by_role("group", name="Did they greet you kindly").get_by_label("Yes, they did it").tap()
    private = page.locator(".od-item", has=choice(page, "a.M-WE-03", "0"))
    private.get_by_label("No", exact=True).tap()
    private.locator("summary").tap()
    private.get_by_label("What was it like?").fill("All of it at the desk.")
    page.get_by_label("Bad", exact=True).tap()
    watched.check()
    page.get_by_role("link", name="All parts").tap()
    page.get_by_role("link", name="Afterwards").tap()
    page.get_by_role("group", name="Did they do what they said").get_by_label("Too soon to say").tap()
    page.get_by_role("button", name="Look it over and send").tap()
    on_screen(page, "check")
    expect(page.get_by_text("It felt: Bad.")).to_be_visible()
    page.get_by_label("The day you went").fill(DAY)
    page.get_by_label("Afternoon").tap()
    page.get_by_label("Delete this visit from the phone as soon as it is safe").tap()
    page.get_by_role("button", name="Send", exact=True).tap()
    expect(page.get_by_text("It was safe with us, so this phone has deleted it")).to_be_visible()
    on_the_phone = home.told()
    met = {"a.M-WE-01": "2", "a.M-WE-03": "0", "w.M-WE-03": "All of it at the desk.", "face": "2"}
    parts = {"WE": met, "AF": {"a.M-AF-01": "too-soon"}}
    assert on_the_phone == through_the_server(home, SHOP, parts, part_of_day="afternoon")
    assert not watched.complaints


def test_all_questions_or_few_at_any_time_and_no_answer_is_lost(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home)
    page.get_by_text("How the questions come").click()
    page.get_by_label("All questions").check()
    page.get_by_role("link", name="Where you wait").click()
    choice(page, "a.P-AZ-07", "bad").check()
    choice(page, "t.P-AZ-07", "1").check()
    choice(page, "a.P-WA-09", "not-here").check()
    page.get_by_role("link", name="All parts").click()
    page.get_by_text("How the questions come").click()
    page.get_by_label("The short form").check()
    page.get_by_role("link", name="Where you wait").click()
    expect(choice(page, "a.P-WA-09", "not-here")).to_be_checked()
    expect(choice(page, "a.P-WA-10", "fine")).to_have_count(0)
    # What the short form asks only where it stood out is folded away, and open where it did.
    expect(choice(page, "t.P-AZ-07", "1")).to_be_checked()
    expect(page.locator("details", has=choice(page, "a.P-AZ-07", "bad")).first).to_have_attribute("open", "")
    send(page)
    expect(page.get_by_text("1 of 1 safe")).to_be_visible()
    on_the_phone = home.told()
    assert on_the_phone["form"] == "long"
    said = {(answer["item"], answer["zone"]) for answer in on_the_phone["answers"]}
    assert said == {("P-AZ-07", "WA"), ("P-WA-09", "WA")}


def send(page: Page) -> None:
    """From a part of the visit: look it over, say when it was, send."""
    page.get_by_role("link", name="All parts").click()
    page.get_by_role("button", name="Look it over and send").click()
    page.get_by_label("The day you went").fill(DAY)
    page.get_by_label("Evening").check()
    page.get_by_role("button", name="Send", exact=True).click()


def test_what_got_to_somebody_needs_no_strength_until_it_is_sent(home: House, chromium: Browser) -> None:
    page = begin(on_a_phone(chromium), home)
    page.get_by_role("link", name="The front desk").click()
    item = page.locator(".od-item", has=choice(page, "a.P-RE-03", "bad"))
    expect(item.get_by_text("How much did it get to you?")).to_be_hidden()
    expect(item.get_by_text("Skip this")).to_be_hidden()
    choice(page, "a.P-RE-03", "bad").check()
    expect(item.get_by_text("How much did it get to you?")).to_be_visible()
    expect(item.get_by_text("How much did it help you?")).to_have_count(0)
    send(page)
    page.get_by_role("link", name="One answer needs to know how much: Could other people hear").click()
    expect(page.locator(".od-item", has=choice(page, "a.P-RE-03", "bad")).locator(":focus")).to_be_in_viewport()
    choice(page, "a.P-RE-03", "skip").check()
    page.get_by_role("link", name="Back", exact=True).click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("1 of 1 safe")).to_be_visible()
    (answer,) = home.told()["answers"]
    assert (answer["item"], answer["answer"], answer["trigger"]) == ("P-RE-03", "skip", None)


def test_a_photo_goes_along(home: House, chromium: Browser) -> None:
    watched = on_a_phone(chromium)
    page = begin(watched, home)
    page.get_by_role("link", name="The way in").click()
    taken = page.get_by_label("Take a photo now")
    assert taken.get_attribute("capture") == "environment"
    photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": a_jpeg(90, (900, 600))}
    page.get_by_label("Choose a photo you have").set_input_files([photo])
    on_screen(page, "photo")
    watched.check()
    page.get_by_role("button", name="Done with this photo").click()
    expect(page.get_by_role("heading", name="Photos")).to_be_focused()
    expect(page.get_by_role("link", name="Photo 1. No marks")).to_be_visible()
    send(page)
    expect(page.get_by_text("2 of 2 safe. You can delete this from your phone.")).to_be_visible()
    expect(page.get_by_text("Photo 1: Safe with us")).to_be_visible()
    receipt = page.get_by_role("link", name="See what we have").get_attribute("href")
    assert receipt is not None
    visit = home.intake.as_(WHO).get(receipt.split("/")[2]).get_json()
    assert [kept["zone"] for kept in visit["photos"]] == ["EN"]
    assert not watched.complaints


def test_a_file_that_is_no_photo_is_said_to_be_none(home: House, chromium: Browser) -> None:
    page = begin(on_a_phone(chromium), home)
    page.get_by_role("link", name="The way in").click()
    page.get_by_label("Choose a photo you have").set_input_files(
        [{"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}]
    )
    expect(page.get_by_text("We cannot open this file as a photo")).to_be_visible()


def test_a_phone_without_a_worker_sends_too_when_the_signal_is_back(home: House, chromium: Browser) -> None:
    page = begin(on_a_phone(chromium), home)
    page.get_by_role("link", name="Where you wait").click()
    page.locator('[name="first"]').fill("Hard chairs.")
    page.context.set_offline(True)
    send(page)
    expect(page.get_by_text("There is no signal just now")).to_be_visible()
    page.context.set_offline(False)  # the page hears of it and tries again by itself
    expect(page.get_by_text("1 of 1 safe")).to_be_visible()
