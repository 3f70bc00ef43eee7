"""A volunteer with a phone in their hand: opens the phone form, and fills it in by touch or by keys alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect
from werkzeug.serving import make_server

from services.intake.use_cases import people
from tests.browser.conftest import Watched
from tests.browser.walking import sign_in
from tests.service.intake.plans import an_id
from tests.service.intake.test_care import plan_with_buddies
from tests.service.intake.visiting import Browser, Intake

WHO = "volunteer-1"
PIE = an_id("assigned-volunteer-1-1-environment")
SHOP = an_id("assigned-volunteer-1-1-mystery-shop")
ZONES = ["AP", "EN", "RE", "WA", "TS"]
DAY = "2026-10-10"
NOT_WHAT_WAS_SAID = {"visit_id", "received_at", "volunteer", "volunteer_key", "version"}


_THERE = """wanted => {
  const here = document.activeElement
  return here === wanted || (here.type === 'radio' && here.name === wanted.name)
}"""


class House:
    """Intake behind a real address, with a buddy for the volunteer."""

    def __init__(self, folder: Path, **site: Any) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        plan = plan_with_buddies()
        plan["sites"][0] |= {"zones": ZONES, **site}  # type: ignore[index]
        self.intake = Intake(folder, plan_file=plan)
        self._server = make_server("127.0.0.1", 0, self.intake.app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.intake.close()

    def link_for(self, who: str) -> str:
        """A fresh sign-in link of that person."""
        return self.address + urlsplit(people.invite(self.intake.service, an_id(who))).path

    def told(self) -> dict[str, Any]:
        """What was said in the last visit that was announced, without whose it is and when it came."""
        data = self.intake.told()[-1].data
        return {name: value for name, value in data.items() if name not in NOT_WHAT_WAS_SAID}


@contextmanager
def house(folder: Path, **site: Any) -> Iterator[House]:
    """A house for the tests of one file."""
    found = House(folder, **site)
    try:
        yield found
    finally:
        found.close()


def on_a_phone(chromium: Chromium, width: int = 360, theme: Any = "light", touch: bool = False) -> Watched:
    """A fresh phone with one watched page. The service worker stays out: the form alone is looked at here."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=theme,
        service_workers="block",
        locale="en-GB",
        reduced_motion="reduce",
        has_touch=touch,
        is_mobile=touch,
    )
    watched = Watched(context.new_page(), context)
    watched._watch()
    return watched


def open_form(watched: Watched, house: House, assignment: str = PIE) -> Page:
    """Sign in and open the phone form of an assignment; the first screen is there."""
    page = watched.page
    sign_in(page, house.link_for(WHO))
    again(watched, house, assignment)
    return page


def again(watched: Watched, house: House, assignment: str = PIE) -> None:
    """Open the form on this phone, signed in as one is."""
    watched.open(f"{house.address}/visits/{assignment}/phone")
    expect(watched.page.locator("#screen[data-screen]")).to_be_visible()


def begin(watched: Watched, house: House, assignment: str = PIE) -> Page:
    """Open the form and begin to write."""
    page = open_form(watched, house, assignment)
    page.get_by_role("button", name="Start writing it down").click()
    on_screen(page, "parts")
    return page


def on_screen(page: Page, name: str) -> None:
    """That screen is shown, its heading has the focus, and the title says so."""
    expect(page.locator(f'#screen[data-screen="{name}"]')).to_be_visible()
    heading = page.locator("#screen h1")
    expect(heading).to_be_focused()
    expect(page).to_have_title(f"{heading.inner_text().strip()} · Open Door".replace("\n", " "))


def choice(page: Page, name: str, value: str) -> Locator:
    """The radio of a field with that value."""
    return page.locator(f'input[name="{name}"][value="{value}"]')


class Keys:
    """Somebody who has keys and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, target: Locator) -> None:
        """Tab until the target, or the group of radios it is one of, has the focus."""
        wanted = target.element_handle()
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(_THERE, wanted):
                return
        raise AssertionError(f"no key leads to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Go there and press it."""
        self.to(target)
        self.page.keyboard.press(key)

    def choose(self, name: str, value: str) -> None:
        """Choose a radio: space on it, or the arrows until it is the one."""
        target = choice(self.page, name, value)
        self.to(target)
        self.page.keyboard.press("Space")
        for _ in range(8):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no key chooses {value} of {name}")

    def write(self, target: Locator, words: str) -> None:
        """Go there and type."""
        self.to(target)
        self.page.keyboard.type(words)


def through_the_server(house: House, assignment: str, parts: dict[str, dict[str, str]], **check: str) -> dict[str, Any]:
    """The same, said on the pages without JavaScript: what is announced then."""
    me = Browser(house.intake, WHO)
    me.open(f"/visits/{assignment}/ready")
    visit = me.send(f"/visits/{assignment}/start")
    for part, fields in parts.items():
        me.open(f"{visit}/{part}")
        me.send(f"{visit}/{part}", **fields)  # type: ignore[arg-type]
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", **{"visited_on": DAY, **check})  # type: ignore[arg-type]
    return house.told()
