"""How long a volunteer waits on a bad line: Chromium slowed down to a cheap phone on slow 3G, from the sign-in link to
the first answer, the first time and again.

`make lighthouse` prints it beside its goal. What the service worker fetches in the background is not slowed down by
these means, so the first visit is made without it: that is the worst case.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.walking import PATIENCE, sign_in

LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""Slow 3G: 400 kbit/s, 400 ms there and back."""
SLOWER = 4
"""A cheap phone's processor against this machine's."""
GOAL = 5.0
"""Seconds until a page can be used (issue 5, point 5)."""


class Waits:
    """Seconds of waiting for each step of one visit."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Measure one step."""
        begun = time.monotonic()
        yield
        self.seconds[step] = time.monotonic() - begun

    def tell(self) -> bool:
        """Print each step beside the goal; whether all of them kept to it."""
        print(self.name)
        for step, seconds in self.seconds.items():
            print(f"    {step.ljust(44)} {seconds:5.1f} s  (goal {GOAL:.0f} s)")
        print(f"    {'all of it'.ljust(44)} {sum(self.seconds.values()):5.1f} s")
        return all(seconds <= GOAL for seconds in self.seconds.values())


def measure(browser: Browser, link: str, home: str) -> bool:
    """The first visit and a later one, printed; whether every page kept to the goal. `link` signs a volunteer in."""
    told = [_first(browser, link, home).tell(), _again(browser, link, home).tell()]
    return all(told)


def _first(browser: Browser, link: str, home: str) -> Waits:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="en-GB", service_workers="block")
    page = _slowed_down(context)
    waits = Waits("slow 3G, first visit, nothing on the phone yet")
    with waits.of("sign-in page, from the link to its button"):
        page.goto(link, wait_until="commit")
        expect(page.get_by_role("button", name="Go in")).to_be_visible()
    with waits.of("in, to “Your visits”"):
        page.get_by_role("button", name="Go in").click(no_wait_after=True)
        expect(page.get_by_role("heading", name="Your visits")).to_be_visible()
    path = _phone_page(page)
    with waits.of("the phone form, to its first button"):
        page.goto(home + path, wait_until="commit")
        expect(page.get_by_role("button", name="Start writing it down")).to_be_visible()
    with waits.of("on to the first question, answered"):
        page.get_by_role("button", name="Start writing it down").click()
        page.locator(".od-parts a").first.click()
        _answer(page)
    context.close()
    return waits


def _again(browser: Browser, link: str, home: str) -> Waits:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="en-GB")
    page = context.new_page()
    sign_in(page, link)
    expect(page.get_by_text("It opens without signal, too")).to_be_visible()
    path = _phone_page(page)
    page.goto(home + path)
    page.get_by_role("button", name="Start writing it down").click()
    page.locator(".od-parts a").first.click()
    expect(page.locator(".od-item").first).to_be_visible()
    page.close()
    page = _slowed_down(context)
    waits = Waits("slow 3G, a visit that was begun on this phone before")
    with waits.of("the phone form, to the first question answered"):
        page.goto(home + path, wait_until="commit")
        _answer(page)
    context.close()
    return waits


def _slowed_down(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 3)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def _phone_page(page: Page) -> str:
    found = re.search(r'data-phone-page="([^"]+)"', page.content())
    assert found is not None
    return found[1]


def _answer(page: Page) -> None:
    answer = page.locator(".od-answer__input").first
    answer.check()
    expect(answer).to_be_checked()
