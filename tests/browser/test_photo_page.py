"""The server's own page of a photo: marked and covered as on the phone form, by finger and by keys alone; the plain
form stays for those without JavaScript.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.phone_form import House, house
from tests.browser.photo_desk import PhotoDesk
from tests.service.intake.test_visit_pages import PIE
from tests.service.intake.visiting import Browser, a_jpeg

pytestmark = pytest.mark.slow
ITEM = "P-RE-01"
TENSE = "It made me tense. I wanted to look away, hurry or move."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("photo-page")) as found:
        yield found


@pytest.fixture
def photo(home: House) -> Iterator[tuple[Browser, str]]:
    """A draft on the server with one photo in it, whose cleaned copy is there: who, and the address of its page."""
    me = Browser(home.intake, "volunteer-1")
    me.open(f"/visits/{PIE}/ready")
    visit = me.send(f"/visits/{PIE}/start")
    me.open(f"{visit}/RE")
    address = me.send(f"{visit}/RE", photo_taken=(io.BytesIO(a_jpeg(200, (900, 600))), "IMG_1.jpg"))
    home.intake.work("photo-cleaner")
    yield me, address
    me.open(f"{visit}/RE")
    me.send(f"{visit}/stopped", next="throw-away")


def opened(chromium: Chromium, home: House, me: Browser, address: str, **more: Any) -> Watched:
    """The page in a real browser, signed in as `me`."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 800}, locale="en-GB", service_workers="block", reduced_motion="reduce", **more
    )
    cookie = me.client.get_cookie("opendoor")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home.address}])
    watched = Watched(context.new_page(), context)
    watched._watch()
    watched.open(home.address + address)
    return watched


def ready(watched: Watched) -> PhotoDesk:
    """The marking is there, and the plain form out of the way."""
    expect(watched.page.locator(".od-marking__frame img")).to_be_visible()
    expect(watched.page.get_by_label("Which part of the photo?")).to_be_hidden()
    return PhotoDesk(watched)


def desk_of(page: Page) -> Locator:
    """The marking; the plain form, out of sight, asks the same."""
    return page.locator("[data-photo-desk]")


def is_kept(page: Page) -> Any:
    """Waits for the answer of the server to the next change."""
    return page.expect_response(lambda answer: answer.url.endswith("/marks") and answer.ok)


def test_a_finger_marks_a_photo_on_the_server(home: House, chromium: Chromium, photo: tuple[Browser, str]) -> None:
    me, address = photo
    watched = opened(chromium, home, me, address, has_touch=True, is_mobile=True)
    desk, page = ready(watched), watched.page
    watched.check_all_round()
    desk.tap(30, 50)
    page.get_by_role("radio", name="It got to me").check()
    page.get_by_role("radio", name=TENSE).check()
    with is_kept(page) as answer:
        desk_of(page).get_by_label("What is it about?").select_option(index=2)
    box = answer.value.json()["annotations"][0]["target"]["selector"]["value"]
    with is_kept(page) as answer:
        desk.draw(desk.at(30, 50), desk.at(60, 50))
    assert answer.value.json()["annotations"][0]["target"]["selector"]["value"] != box
    with is_kept(page):
        desk_of(page).get_by_label("In your words").fill("Everybody hears it.")
        desk_of(page).get_by_label("In your words").blur()
    desk.button("Done with this mark").click()
    watched.check_reading()
    desk.button("Done with this photo").click()
    page.wait_for_url("**/RE")
    page.goto(home.address + address)
    ready(watched)
    expect(page.get_by_role("listitem").filter(has_text="Everybody hears it.")).to_contain_text(TENSE)
    assert not watched.complaints
    page.context.close()


def test_keys_alone_mark_it_and_take_the_mark_away(home: House, chromium: Chromium, photo: tuple[Browser, str]) -> None:
    me, address = photo
    watched = opened(chromium, home, me, address)
    desk, page = ready(watched), watched.page
    _tab_to(page, "Put a mark in the middle")
    page.keyboard.press("Enter")
    expect(desk.area("Mark 1")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    page.get_by_role("radio", name="It helped me").focus()
    page.keyboard.press("Space")
    page.get_by_role("radio", name="Nice.").focus()
    page.keyboard.press("Space")
    desk_of(page).get_by_label("What is it about?").focus()
    with is_kept(page):
        page.keyboard.press("ArrowDown")
    desk.area("Mark 1").focus()
    with is_kept(page) as answer:
        page.keyboard.press("Delete")
    assert answer.value.json() == {"annotations": []}
    with is_kept(page):
        page.keyboard.press("Enter")  # the button that has the focus puts it back
    page.reload()
    ready(watched)
    expect(desk.area("Mark 1")).to_be_visible()
    page.context.close()


def test_what_is_covered_is_gone_from_the_server(home: House, chromium: Chromium, photo: tuple[Browser, str]) -> None:
    me, address = photo
    watched = opened(chromium, home, me, address, has_touch=True, is_mobile=True)
    desk, page = ready(watched), watched.page
    desk.button("Cover something").click()
    desk.tap(50, 50)
    desk.button("Cover it").click()
    desk.button("Yes, cover it for good").click()
    page.wait_for_url(lambda url: "/photo/" in url and address not in url)
    expect(page.get_by_role("status").filter(has_text="Covered.")).to_be_visible()
    home.intake.work("photo-cleaner")
    page.reload()
    ready(watched)
    assert me.client.get(f"{address}/image").status_code == 404
    now = page.url.removeprefix(home.address)
    with Image.open(io.BytesIO(me.client.get(f"{now}/image").data)) as shown:
        middle = shown.convert("L").getpixel((shown.width // 2, shown.height // 2))
        assert isinstance(middle, int)
        assert middle < 60
    page.context.close()


def test_a_server_that_is_away_is_said_and_nothing_is_lost(
    home: House, chromium: Chromium, photo: tuple[Browser, str]
) -> None:
    me, address = photo
    watched = opened(chromium, home, me, address)
    desk, page = ready(watched), watched.page
    page.route("**/marks", lambda route: route.abort())
    desk.button("Put a mark in the middle").click()
    page.get_by_role("radio", name="It helped me").check()
    page.get_by_role("radio", name="Nice.").check()
    desk_of(page).get_by_label("What is it about?").select_option(index=1)
    expect(page.get_by_role("alert")).to_contain_text("is not safe yet")
    desk.button("Done with this mark").click()
    desk.button("Done with this photo").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/marks")
    with is_kept(page):
        desk.button("Try again").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.reload()
    ready(watched)
    expect(desk.area("Mark 1")).to_be_visible()
    page.context.close()


def test_two_windows_are_told_apart(home: House, chromium: Chromium, photo: tuple[Browser, str]) -> None:
    me, address = photo
    watched = opened(chromium, home, me, address)
    desk, page = ready(watched), watched.page
    me.open(address)
    me.send(address, where="top-left", felt="trigger", strength="3", item=ITEM, words="Everybody hears it.")
    desk.button("Put a mark in the middle").click()
    page.get_by_role("radio", name="It helped me").check()
    page.get_by_role("radio", name="Nice.").check()
    desk_of(page).get_by_label("What is it about?").select_option(index=1)
    expect(page.get_by_role("alert")).to_contain_text("changed in another window")
    desk.button("Show it as it is now").click()
    expect(page.get_by_role("listitem").filter(has_text="Everybody hears it.")).to_be_visible()
    page.context.close()


def test_without_javascript_the_plain_form_marks_it(
    home: House, chromium: Chromium, photo: tuple[Browser, str]
) -> None:
    me, address = photo
    watched = opened(chromium, home, me, address, java_script_enabled=False)
    page = watched.page
    page.get_by_label("Which part of the photo?").select_option("top left")
    page.get_by_label("It got to me").check()
    page.get_by_label("Clearly").check()
    page.get_by_label("What is it about?").select_option(index=1)
    page.get_by_role("button", name="Put the mark on").click()
    expect(page.get_by_text("The mark is on the photo.")).to_be_visible()
    page.context.close()


def _tab_to(page: Page, name: str) -> None:
    wanted = page.get_by_role("button", name=name)
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the Tab key never came to {name}")
