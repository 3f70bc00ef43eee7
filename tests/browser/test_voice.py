"""A voice note in a real browser with a pretended microphone: recorded, heard, thrown away, never kept unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from deploy.servers.html_checker import HtmlChecker
from services.intake.domain.recording import listen_to_frame
from tests.browser.coming_true import comes_true
from tests.browser.conftest import CHROMIUM, FLAGS, Watched
from tests.browser.on_a_phone import OnAPhone
from tests.browser.phone_server import PhoneServer

MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
Desk = Callable[..., Watched]


@pytest.fixture(scope="module")
def speaking(chromium: Browser) -> Iterator[Browser]:
    """A Chromium with a microphone that beeps, and that is always allowed."""
    browser = chromium.browser_type.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *MICROPHONE])
    yield browser
    browser.close()


@pytest.fixture
def desk(speaking: Browser, gallery: str, html_checker: HtmlChecker) -> Iterator[Desk]:
    """desk(width=360, theme="light") opens the page with two places to say something."""
    contexts: list[BrowserContext] = []

    def open_desk(width: int = 360, theme: Any = "light", before: str = "") -> Watched:
        context = speaking.new_context(viewport={"width": width, "height": 800}, color_scheme=theme, locale="en-GB")
        contexts.append(context)
        watched = Watched(context.new_page(), context, html_checker)
        watched._watch()
        if before:
            watched.page.add_init_script(before)
        watched.open(f"{gallery}/gallery/voice")
        expect(button(watched, "Say it instead")).to_be_visible()
        return watched

    yield open_desk
    for context in contexts:
        context.close()


def note(watched: Watched, name: str = "Was it loud?") -> Locator:
    return watched.page.get_by_role("group", name=name)


def button(watched: Watched, words: str, name: str = "Was it loud?") -> Locator:
    return note(watched, name).get_by_role("button", name=words, exact=True)


def says(watched: Watched, words: str) -> None:
    expect(note(watched).get_by_role("status")).to_contain_text(words)


def kept(watched: Watched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = watched.page.evaluate("desk.kept")
    return found


def heard_something(watched: Watched) -> None:
    """Waits until the recorder has been at it for a moment that a file can hold."""
    watched.page.evaluate("new Promise((done) => { setTimeout(done, 400) })")


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (360, "dark"), (1280, "light")])
def test_said_heard_and_thrown_away_by_touch(desk: Desk, width: int, theme: str) -> None:
    watched = desk(width, theme)
    watched.check()
    button(watched, "Say it instead").click()
    says(watched, "Recording. Nothing is kept until you stop.")
    watched.check()
    heard_something(watched)
    assert kept(watched) == []
    button(watched, "Stop and keep it").click()
    says(watched, "Kept on this phone.")
    watched.check()
    found = kept(watched)[0]
    assert (found["type"], found["length"]) == ("audio/webm", 1)
    assert listen_to_frame(bytes(found["bytes"])).media_type == "audio/webm"
    button(watched, "Listen to it").click()
    says(watched, "Kept on this phone.")
    button(watched, "Throw it away").click()
    says(watched, "Throw this recording away?")
    watched.check()
    button(watched, "No, keep it").click()
    says(watched, "Kept on this phone.")
    assert watched.page.evaluate("desk.dropped") == []
    button(watched, "Throw it away").click()
    button(watched, "Yes, throw it away").click()
    says(watched, "It is gone.")
    assert watched.page.evaluate("desk.dropped") == ["kept-1"]
    expect(button(watched, "Say it instead")).to_be_focused()
    watched.check()


def test_all_of_it_by_keyboard_only(desk: Desk) -> None:
    watched = desk()
    button(watched, "Say it instead").focus()
    press = watched.page.keyboard.press
    press("Enter")
    says(watched, "Recording.")
    heard_something(watched)
    press("Space")
    says(watched, "Kept on this phone.")
    expect(button(watched, "Listen to it")).to_be_focused()
    press("Tab")
    expect(button(watched, "Throw it away")).to_be_focused()
    press("Enter")
    # What is under the finger now does no harm when it is pressed twice.
    expect(button(watched, "No, keep it")).to_be_focused()
    press("Enter")
    says(watched, "Kept on this phone.")
    press("Enter")
    press("Shift+Tab")
    press("Enter")
    says(watched, "It is gone.")


def test_thrown_away_while_it_records_nothing_is_kept(desk: Desk) -> None:
    watched = desk()
    button(watched, "Say it instead").click()
    says(watched, "Recording.")
    button(watched, "Throw it away").click()
    says(watched, "It is gone.")
    assert kept(watched) == []


def test_it_stops_by_itself_and_lets_go_of_the_microphone(desk: Desk) -> None:
    watched = desk(before=_WATCH_TRACKS)
    watched.page.evaluate("desk.draw(1)")
    button(watched, "Say it instead").click()
    says(watched, "Three minutes are over, so it stopped and was kept.")
    assert [one["length"] for one in kept(watched)] == [1]
    assert watched.page.evaluate("tracks.map((track) => track.readyState)") == ["ended"]


def test_only_one_records_at_a_time(desk: Desk) -> None:
    watched = desk()
    button(watched, "Say it instead").click()
    says(watched, "Recording.")
    heard_something(watched)
    button(watched, "Say it instead", "Was it warm?").click()
    says(watched, "Kept on this phone.")
    expect(button(watched, "Stop and keep it", "Was it warm?")).to_be_visible()
    assert len(kept(watched)) == 1


def test_going_to_another_screen_keeps_what_was_said(desk: Desk) -> None:
    watched = desk(before=_WATCH_TRACKS)
    button(watched, "Say it instead").click()
    says(watched, "Recording.")
    heard_something(watched)
    watched.page.evaluate("desk.notes.forEach((one) => one.close())")
    comes_true(watched.page, "desk.kept.length === 1")
    assert watched.page.evaluate("tracks.map((track) => track.readyState)") == ["ended"]


def test_a_full_phone_is_said_and_nothing_pretended(desk: Desk) -> None:
    watched = desk()
    watched.page.evaluate("desk.refuse = true")
    button(watched, "Say it instead").click()
    says(watched, "Recording.")
    heard_something(watched)
    button(watched, "Stop and keep it").click()
    says(watched, "It could not be kept: your phone may be full.")
    expect(button(watched, "Say it instead")).to_be_visible()


_WATCH_TRACKS = """window.tracks = []
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
navigator.mediaDevices.getUserMedia = async (what) => {
  const stream = await ask(what)
  tracks.push(...stream.getTracks())
  return stream
}"""
_REFUSES = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', '%s') }"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "The microphone is not allowed for this page"),
        ("NotFoundError", "We found no microphone."),
        ("NotReadableError", "The microphone did not start."),
    ],
)
def test_no_microphone_is_said_in_words(desk: Desk, error: str, words: str) -> None:
    watched = desk(before=_REFUSES % error)
    button(watched, "Say it instead").click()
    says(watched, words)
    expect(button(watched, "Say it instead")).to_be_visible()
    assert kept(watched) == []
    watched.check()


def test_a_real_refusal_is_said_in_words(chromium: Browser, gallery: str, html_checker: HtmlChecker) -> None:
    """Without the pretended yes of the other tests Chromium itself says no."""
    browser = chromium.browser_type.launch(executable_path=str(CHROMIUM), args=[*FLAGS, MICROPHONE[0]])
    context = browser.new_context(permissions=[])
    watched = Watched(context.new_page(), context, html_checker)
    watched.open(f"{gallery}/gallery/voice")
    button(watched, "Say it instead").click()
    says(watched, "The microphone is not allowed for this page")
    browser.close()


def test_where_nothing_can_record_nothing_is_offered(desk: Desk) -> None:
    watched = desk(before="delete window.MediaRecorder; window.MediaRecorder = undefined")
    assert watched.page.evaluate("desk.can") is False


def recorded(phone: OnAPhone, name: str) -> None:
    """Says something at that place of the form, and keeps it."""
    place = phone.page.get_by_role("group", name=name, exact=True)
    place.get_by_role("button", name="Say it instead").click()
    expect(place.get_by_role("status")).to_contain_text("Recording.")
    phone.page.evaluate("new Promise((done) => { setTimeout(done, 400) })")
    place.get_by_role("button", name="Stop and keep it").click()
    expect(place.get_by_role("status")).to_contain_text("Kept on this phone.")


def test_said_in_the_form_with_no_signal_sent_later_and_heard_by_the_second_person(
    speaking: Browser, server: PhoneServer, html_checker: HtmlChecker
) -> None:
    server.calm()
    phone = OnAPhone(speaking.new_context(viewport={"width": 360, "height": 800}, locale="en-GB"), server)
    phone.sign_in()
    phone.no_signal()
    phone.begin()
    phone.part()
    recorded(phone, "Where you wait")
    phone.page.reload()
    place = phone.page.get_by_role("group", name="Where you wait", exact=True)
    expect(place.get_by_role("button", name="Listen to it")).to_be_visible()
    phone.all_parts()
    phone.look_over()
    before = phone.page.get_by_role("group", name="Voice note 1", exact=True)
    before.get_by_role("button", name="Listen to it").click()
    expect(before.get_by_role("status")).to_contain_text("Playing it.")
    before.get_by_role("button", name="Throw it away").click()
    expect(before.get_by_role("status")).to_contain_text("Nobody can bring it back.")
    before.get_by_role("button", name="Yes, throw it away").click()
    expect(before.get_by_role("status")).to_be_focused()
    expect(before.get_by_role("status")).to_contain_text("It is gone.")
    expect(before.get_by_role("button")).to_have_count(0)
    assert phone.kept("files") == []
    phone.page.get_by_role("link", name="Change: Where you wait").click()
    recorded(phone, "Where you wait")
    phone.page.get_by_role("link", name="Back", exact=True).click()
    expect(before.get_by_role("button", name="Listen to it")).to_be_visible()
    phone.page.get_by_role("checkbox", name="Quote my words to the office, without my name").check()
    phone.send()
    expect(phone.page.get_by_text("0 of 2 safe")).to_be_visible()
    phone.signal()
    phone.safe(2)
    (visit,) = phone.kept()
    phone.close()

    context = speaking.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    keeper = Watched(context.new_page(), context, html_checker)
    keeper._watch()
    keeper.page.goto(server.link_for("data-keeper"))
    keeper.page.get_by_role("button", name="Go in").click()
    keeper.open(f"{server.address}/words-and-photos?show=voice")
    expect(keeper.page.get_by_role("heading", name="What they wanted to say")).to_be_visible()
    keeper.check()
    sound = keeper.page.locator("audio")
    sound.evaluate("(sound) => sound.play()")
    comes_true(keeper.page, "document.querySelector('audio').currentTime > 0")
    keeper.page.get_by_label("What was said").fill("Mr Brown shouted.")
    keeper.page.get_by_role("button", name="Share these words").click()
    expect(keeper.page.get_by_role("heading", name="Look once more")).to_be_visible()
    keeper.check()
    keeper.page.get_by_label("What was said").fill("[A worker] shouted.")
    keeper.page.get_by_role("button", name="Share these words").click()
    expect(keeper.page.get_by_text("It may be quoted now, as you wrote it down.")).to_be_visible()
    keeper.check()
    released = server.house.told()[-1]
    assert (released.data["visit_id"], released.data["text"]) == (visit["id"], "[A worker] shouted.")
    context.close()
