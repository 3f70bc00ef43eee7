"""Pictures of the phone form as a volunteer meets it: parts, one part, a photo that is marked, looking it over, on its
way, safe, stopped. Part of `make screenshots`; three of them stand in the README.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page, expect

from services.intake.use_cases import people
from tests.browser.phone_form import DAY, PIE, WHO, House
from tests.browser.walking import sign_in
from tests.service.intake.plans import an_id

Shown = Iterator[tuple[str, Page]]


def phone_states(browser: Browser, home: House, **look: Any) -> Shown:
    """Walk through a whole visit on a new phone; yields the name of each state and the page that shows it."""
    page = _opened(browser, home, look)
    expect(page.get_by_role("button", name="Start writing it down")).to_be_visible()
    yield "about", page
    page.get_by_role("button", name="Start writing it down").click()
    yield from _written(page)
    yield from _sent(page)
    page.context.close()


def stopped(browser: Browser, home: House, **look: Any) -> Shown:
    """The same until somebody stops in the middle of it."""
    page = _opened(browser, home, look)
    page.get_by_role("button", name="Start writing it down").click()
    page.get_by_role("link", name="Where you wait").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("heading", name="You have stopped")).to_be_visible()
    yield "stopped", page
    page.context.close()


def _opened(browser: Browser, home: House, look: dict[str, Any]) -> Page:
    """The phone form of a check of a building, on a phone of its own."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="en-GB", **look)
    page = context.new_page()
    sign_in(page, home.address + urlsplit(people.invite(home.intake.service, an_id(WHO))).path)
    expect(page.get_by_text("It opens without signal, too")).to_be_visible()
    page.goto(f"{home.address}/visits/{PIE}/phone")
    return page


def _written(page: Page) -> Shown:
    page.get_by_role("link", name="Where you wait").click()
    page.get_by_role("textbox", name="What hit you first?").fill("Rows of hard chairs, all facing the screen.")
    first = page.locator(".od-item").first
    first.locator(".od-answer--bad input").check()
    first.locator(".od-strength--trigger input").nth(1).check()
    expect(page.get_by_role("heading", name="Photos")).to_be_attached()
    yield "part", page
    photo: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": waiting_room()}
    page.get_by_label("Choose a photo you have").set_input_files(photo)
    frame = page.locator(".od-marking__frame img")
    expect(frame).to_be_visible()
    box = frame.bounding_box()
    assert box is not None
    frame.locator("xpath=..").click(position={"x": box["width"] * 0.28, "y": box["height"] * 0.62})
    page.get_by_role("radio", name="It got to me").check()
    page.get_by_role("radio", name="It made me tense").check()
    page.get_by_label("What is it about?").select_option(index=1)
    yield "photo", page
    page.get_by_role("button", name="Done with this mark").click()
    page.get_by_role("button", name="Done with this photo").click()
    page.get_by_role("button", name="All parts").click()
    expect(page.get_by_role("button", name="Look it over and send")).to_be_visible()
    yield "parts", page
    page.get_by_role("button", name="Look it over and send").click()
    page.get_by_label("The day you went").fill(DAY)
    page.get_by_role("radio", name="Morning").check()
    yield "look-it-over", page


def _sent(page: Page) -> Shown:
    page.context.set_offline(True)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("There is no signal just now")).to_be_visible()
    yield "on-its-way", page
    page.context.set_offline(False)
    expect(page.get_by_text("You can delete this from your phone").first).to_be_visible()
    yield "safe", page


def waiting_room(width: int = 1200, height: int = 900) -> bytes:
    """A drawn waiting room with nobody in it, as a photo would show it."""
    image = Image.new("RGB", (width, height), "#d8d2c4")
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 640), (width, 560), (width, height), (0, height)], fill="#8f8577")
    draw.rectangle((80, 120, 430, 420), fill="#dfeaf2", outline="#6f675b", width=10)
    draw.line((255, 120, 255, 420), fill="#6f675b", width=8)
    draw.rectangle((560, 90, 860, 250), fill="#20303a")
    draw.text((600, 150), "NOW SERVING  A 17", fill="#f3d9a4", font_size=26)
    draw.rectangle((960, 180, 1150, 620), fill="#6d5a48", outline="#54463a", width=8)
    draw.ellipse((985, 400, 1005, 420), fill="#f3d9a4")
    for seat in range(4):
        left = 100 + seat * 190
        draw.rounded_rectangle((left, 470, left + 150, 600), 14, fill="#43617a")
        draw.rounded_rectangle((left - 8, 590, left + 158, 650), 10, fill="#53748f")
        draw.line((left + 10, 650, left + 10, 760), fill="#3b3b3b", width=8)
        draw.line((left + 140, 650, left + 140, 760), fill="#3b3b3b", width=8)
    written = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(written, "JPEG", quality=86)
    return written.getvalue()
