"""What happens to the bytes of a photo on the phone: made small, freed of what they tell, covered for good."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.photo_desk import PhotoDesk
from tests.browser.photographs import BLUE, GREEN, RED, WHITE, held_upright, unreadable_heic, with_a_face

pytestmark = pytest.mark.slow
Choose = Callable[..., PhotoDesk]
COVERED = (0x1D, 0x1A, 0x17)
NO_WEBP = """
  const made = HTMLCanvasElement.prototype.toBlob
  HTMLCanvasElement.prototype.toBlob = function (done, type, quality) {
    return made.call(this, done, type === 'image/webp' ? 'image/png' : type, quality)
  }
"""
"""Some browsers are asked for WebP, make a PNG and say nothing."""


@pytest.fixture
def choose(gallery: str, open_page: OpenPage, tmp_path: Path) -> Choose:
    """choose(body) opens the editor with a photo that was just taken or chosen; `before` runs in the page first."""

    def with_photo(body: bytes, before: str = "", slower: int = 1) -> PhotoDesk:
        watched = open_page(360, touch=True)
        if before:
            watched.page.add_init_script(before)
        watched.open(f"{gallery}/gallery/marking")
        expect(watched.page.locator("[data-ready]")).to_be_attached()
        (tmp_path / "photo").write_bytes(body)
        watched.page.evaluate("delete document.getElementById('desk').dataset.ready")
        watched.context.new_cdp_session(watched.page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        watched.page.get_by_label("Choose a photo").set_input_files(tmp_path / "photo")
        expect(watched.page.locator("[data-ready]")).to_be_attached()
        return PhotoDesk(watched)

    return with_photo


def near(pixel: Any, colour: tuple[int, int, int], by: int = 12) -> bool:
    """The same colour, but for what saving does to it."""
    return all(abs(one - other) <= by for one, other in zip(pixel[:3], colour, strict=True))


def tells_nothing(body: bytes) -> bool:
    """No place, no phone, no comment; only which colours are meant, which is the same for every canvas (sRGB)."""
    image = Image.open(io.BytesIO(body))
    told = set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "background", "loop"}
    colours = image.info.get("icc_profile", b"")
    words = (b"Exif", b"somebody", b"at home")
    return (
        not image.getexif()
        and told <= {"icc_profile"}
        and len(colours) < 600
        and not any(word in body for word in words)
    )


def test_a_photo_of_12_megapixels_comes_out_small_upright_and_silent(choose: Choose) -> None:
    original = held_upright()
    assert Image.open(io.BytesIO(original)).getexif()[0x010F] == "A phone of somebody"
    desk = choose(original)
    body, picture = desk.bytes(), desk.picture()
    assert picture.format == "WEBP"
    assert picture.size == (1200, 1600)
    assert tells_nothing(body)
    assert len(body) < 300_000 < len(original)
    pixels = picture.convert("RGB")
    for place, colour in (((300, 400), RED), ((900, 400), GREEN), ((300, 1200), BLUE)):
        assert near(pixels.getpixel(place), colour)
    assert not desk.watched.complaints


def test_a_browser_that_makes_no_webp_makes_a_jpeg(choose: Choose) -> None:
    desk = choose(held_upright(1500, 2000), NO_WEBP)
    assert desk.picture().format == "JPEG"
    assert desk.picture().size == (1200, 1600)
    assert desk.value("desk.photo.media_type") == "image/jpeg"
    assert tells_nothing(desk.bytes())
    assert near(desk.picture().convert("RGB").getpixel((300, 400)), RED)


def test_a_browser_that_cannot_turn_a_bitmap_still_gets_it_upright(choose: Choose) -> None:
    desk = choose(held_upright(1500, 2000), "window.createImageBitmap = async () => { throw new TypeError('no') }")
    assert desk.picture().size == (1200, 1600)
    assert near(desk.picture().convert("RGB").getpixel((900, 400)), GREEN)


def test_a_small_photo_is_not_blown_up_and_see_through_becomes_white(choose: Choose) -> None:
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    written = io.BytesIO()
    image.save(written, "PNG")
    desk = choose(written.getvalue())
    assert desk.picture().size == (400, 300)
    assert near(desk.picture().convert("RGB").getpixel((200, 150)), (255, 255, 255))


def test_a_slow_phone_never_freezes_for_long(choose: Choose) -> None:
    watching = """
      window.freezes = []
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => freezes.push(entry.duration)))
        .observe({ type: 'longtask', buffered: false })
    """
    desk = choose(held_upright(), watching, slower=6)
    assert desk.picture().size == (1200, 1600)
    assert max(desk.value("freezes"), default=0) < 2_500


def test_a_photo_the_phone_cannot_open_goes_as_it_is_and_can_still_be_marked(choose: Choose) -> None:
    original = unreadable_heic()
    desk = choose(original)
    assert desk.bytes() == original
    assert desk.value("desk.photo.media_type") == "image/heic"
    expect(desk.watched.page.get_by_text("Your phone cannot show this photo here")).to_be_visible()
    expect(desk.watched.page.get_by_text("we take out where and when it was taken")).to_be_visible()
    expect(desk.button("Cover something")).to_have_count(0)
    desk.tap(80, 20)
    desk.says("Mark 1, top right")
    desk.watched.check()


@pytest.mark.parametrize(
    ("body", "given", "why"),
    [
        (b"%PDF-1.7 no photo", "{}", "not-a-photo"),
        (b"", "{}", "not-a-photo"),
        (held_upright(60, 80)[:300], "{}", "not-a-photo"),
        (unreadable_heic(), "{ most: 1000 }", "too-big"),
    ],
    ids=["a document", "nothing", "half a photo", "too big"],
)
def test_what_is_no_photo_for_us_is_refused_with_why(
    gallery: str, open_page: OpenPage, body: bytes, given: str, why: str
) -> None:
    watched = open_page()
    watched.open(f"{gallery}/gallery/marking")
    expect(watched.page.locator("[data-ready]")).to_be_attached()
    said = watched.page.evaluate(
        f"(body) => desk.shrink(new Blob([new Uint8Array(body)]), {given}).then(() => 'taken', (error) => error.why)",
        list(body),
    )
    assert said == why


def cover_the_face(desk: PhotoDesk) -> None:
    """Draw one box over the square and say that it is to be covered."""
    desk.button("Cover something").click()
    desk.tap(16.6, 22)
    desk.says("Cover 1, top left")
    desk.button("Cover it").click()


def test_covering_takes_the_pixels_out_and_leaves_the_marks(choose: Choose) -> None:
    desk = choose(with_a_face())
    desk.tap(70, 70)
    desk.say("It helped me", "Nice.", "Could you choose where to sit?")
    desk.button("Done with this mark").click()
    before, marks = desk.bytes(), desk.annotations
    assert near(desk.picture().convert("RGB").getpixel((200, 200)), RED)
    cover_the_face(desk)
    assert desk.bytes() == before
    desk.button("No, go back").click()
    desk.button("Cover it").click()
    expect(desk.button("No, go back")).to_be_focused()
    desk.watched.check()
    desk.button("Yes, cover it for good").click()
    expect(desk.watched.page.get_by_text("Covered. What was there is gone")).to_be_visible()
    body, picture = desk.bytes(), desk.picture().convert("RGB")
    red = [x for x in range(0, 1200, 5) for y in range(0, 900, 5) if near(picture.getpixel((x, y)), RED, 60)]
    assert not red
    assert near(picture.getpixel((200, 200)), COVERED)
    assert near(picture.getpixel((800, 500)), WHITE)
    assert tells_nothing(body)
    said = desk.value("desk.photo")
    assert (said["sha256"], said["bytes"]) == (hashlib.sha256(body).hexdigest(), len(body))
    assert said["media_type"] == "image/webp"
    assert said["annotations"] == marks
    expect(desk.area("Mark 1, It helped me, bottom right")).to_be_visible()
    desk.watched.check()


def test_covers_are_sized_and_taken_back_by_keys_and_buttons_until_it_is_done(choose: Choose) -> None:
    desk = choose(with_a_face())
    before = desk.bytes()
    keys = desk.watched.page.keyboard
    desk.button("Cover something").focus()
    keys.press("Enter")
    expect(desk.button("Put a cover in the middle")).to_be_focused()
    keys.press("Enter")
    expect(desk.area("Cover 1, middle centre")).to_be_focused()
    start = desk.area("Cover 1").bounding_box()
    keys.press("ArrowLeft")
    keys.press("+")
    desk.button("Bigger").click()
    end = desk.area("Cover 1").bounding_box()
    assert start is not None
    assert end is not None
    assert end["width"] > start["width"] + 10
    desk.watched.check()
    desk.button("Remove: Cover 1").click()
    expect(desk.button("Cover it")).to_have_count(0)
    desk.button("Undo: put it back").click()
    desk.button("Cover nothing").click()
    assert desk.bytes() == before
    desk.button("Cover something").click()
    expect(desk.frame.get_by_role("button")).to_have_count(0)


def test_a_cover_that_cannot_be_kept_leaves_the_photo_as_it_was_and_says_so(choose: Choose) -> None:
    desk = choose(with_a_face())
    before = desk.bytes()
    cover_the_face(desk)
    desk.value("desk.refuse = true")
    desk.button("Yes, cover it for good").click()
    expect(desk.watched.page.get_by_role("alert")).to_contain_text("It could not be covered")
    assert desk.bytes() == before
    desk.value("desk.refuse = false")
    desk.button("Cover it").click()
    desk.button("Yes, cover it for good").click()
    expect(desk.watched.page.get_by_text("Covered. What was there is gone")).to_be_visible()


def test_nobody_goes_back_with_something_drawn_but_not_covered_unasked(choose: Choose) -> None:
    desk = choose(with_a_face())
    cover_the_face(desk)
    desk.button("No, go back").click()
    desk.watched.page.get_by_role("link", name="All parts").click()
    expect(desk.button("No, go back")).to_be_focused()
    assert desk.watched.page.url.endswith("/gallery/marking")
    desk.button("Yes, cover it for good").click()
    expect(desk.watched.page.get_by_text("Covered. What was there is gone")).to_be_visible()
    desk.watched.page.get_by_role("link", name="All parts").click()
    expect(desk.watched.page).not_to_have_url("**/gallery/marking")


def test_leaving_quickly_never_waits_for_a_cover(choose: Choose) -> None:
    desk = choose(with_a_face())
    cover_the_face(desk)
    desk.watched.page.get_by_role("link", name="Leave this page").click()
    expect(desk.watched.page).to_have_title("Weather")


def test_taking_the_photo_away_asks_first(choose: Choose) -> None:
    desk = choose(with_a_face())
    desk.button("Take this photo away").click()
    desk.watched.check()
    desk.button("No, go back").click()
    assert desk.value("desk.gone") is False
    desk.button("Take this photo away").click()
    desk.button("Yes, take it away").click()
    assert desk.value("desk.gone") is True
