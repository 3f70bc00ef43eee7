"""A real Chromium in front of a real server: a breach of the security headers, a script error, a page that somebody
cannot read, or HTML against the rules fails the test.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, expect, sync_playwright
from werkzeug.serving import make_server

from deploy.servers.html_checker import HtmlChecker
from tests.browser.gallery import gallery_app
from tests.browser.on_a_phone import OnAPhone
from tests.browser.phone_server import PhoneServer

PATIENCE = 20_000
"""Milliseconds to wait for what must come, on a machine that does much else."""
CHROMIUM = Path("/usr/bin/chromium")
NOT_NEEDED = [
    # What Playwright leaves out; a list of our own takes the place of its.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    # Pages of the browser's own, made ready for the address bar of every window: most of what a new phone took.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NOT_NEEDED)}",
]


AXE = Axe().axe_script
READ_BY_ALL = "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)"
CONTRAST_ONLY = READ_BY_ALL.replace("['violations']", "['violations'], runOnly: ['color-contrast']")


@dataclass
class Watched:
    """A page whose complaints are kept: breaches of the security headers, script errors, files that did not come."""

    page: Page
    context: BrowserContext
    checker: HtmlChecker | None = None
    complaints: list[str] = field(default_factory=list)
    _newest: Response | None = None

    def open(self, address: str, expect: int = 200) -> None:
        """Go there; fails unless the answer has the status that is expected."""
        response = self.page.goto(address)
        assert response is not None
        assert response.status == expect, f"{address} answered {response.status}"

    def check(self) -> None:
        """Nothing complained, the page keeps to the rules of HTML, nothing sticks out sideways, axe finds nothing."""
        assert not self.complaints, self.complaints
        self.check_html()
        self.check_width()
        self.check_reading()

    def check_all_round(self) -> None:
        """The same on a phone by day; then with text twice as big on the smallest phone, and on a laptop by night."""
        before = self.page.viewport_size
        self._look(360, "light")
        self.check()
        self._look(320, "light")
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")
        self.check_width()
        self.page.evaluate("document.documentElement.style.fontSize = ''")
        self.check_width()
        self._look(1280, "dark")
        self.check_width()
        self.check_reading()
        assert before is not None
        self._look(before["width"], "light")

    def check_more_contrast(self) -> None:
        """With the phone's wish for more contrast, by day and by night, every word still stands out."""
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme, contrast="more")  # type: ignore[arg-type]
            self.check_reading(CONTRAST_ONLY)
        self.page.emulate_media(color_scheme="light", contrast="no-preference")

    def check_html(self) -> None:
        """The page as it was sent keeps to the rules of HTML."""
        if (
            self.checker is not None
            and self._newest is not None
            and self._newest.headers.get("content-type", "").startswith("text/html")
        ):
            wrong = self.checker.complaints(self._newest.text())
            assert not wrong, "\n".join([self.page.url, *wrong])
        self._newest = None

    def check_reading(self, asked: str = READ_BY_ALL) -> None:
        """axe finds nothing that keeps somebody from reading or using the page."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        found = self.page.evaluate(asked)
        assert not found, f"{self.page.url}\n" + "\n".join(
            f"{v['id']}: {n['html'][:200]}: {n['failureSummary'][:300]}" for v in found for n in v["nodes"]
        )

    def _look(self, width: int, theme: Any) -> None:
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=theme)

    def check_width(self) -> None:
        """Nobody has to scroll sideways."""
        over = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{self.page.url} is {over} pixels too wide at {self.page.viewport_size}"

    def _watch(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._console)
        self.page.on("requestfailed", self._did_not_come)
        self.page.on("response", self._came)

    def _came(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self._newest = response

    def _did_not_come(self, request: Request) -> None:
        # Going on to the next page while an icon is on its way is no fault of the page.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.failure}: {request.url}")

    def _console(self, message: Any) -> None:
        # The answer of the page itself is checked by open(); a page that says no is not a complaint.
        if message.type == "error" and "status of" not in message.text:
            self.complaints.append(message.text)


OpenPage = Callable[..., Watched]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, started once."""
    if not CHROMIUM.exists():
        pytest.fail("The browser tests need Debian's package chromium: apt-get install chromium", pytrace=False)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def html_checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HtmlChecker]:
    """The checker of the rules of HTML, on its way from the first browser test on."""
    checker = HtmlChecker(tmp_path_factory.mktemp("html-checker"))
    checker.start()
    yield checker
    checker.stop()


@pytest.fixture
def open_page(chromium: Browser, html_checker: HtmlChecker) -> Iterator[OpenPage]:
    """open_page(width=360, theme="light", script=True, touch=False) makes a fresh browser with one watched page."""
    contexts: list[BrowserContext] = []

    def make(width: int = 360, theme: Any = "light", script: bool = True, touch: bool = False) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            java_script_enabled=script,
            has_touch=touch,
            service_workers="block",
            locale="en-GB",
            reduced_motion="reduce",
        )
        contexts.append(context)
        watched = Watched(context.new_page(), context, html_checker)
        watched._watch()
        return watched

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of the gallery of parts, served under the product's own security headers."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, gallery_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhoneServer]:
    """Intake with a round that is open today, for phones."""
    server = PhoneServer(tmp_path_factory.mktemp("phone"))
    yield server
    server.close()


@pytest.fixture
def phone(chromium: Browser, server: PhoneServer) -> Iterator[OnAPhone]:
    """A new phone: nothing on it, nobody signed in. Here service workers may run."""
    server.calm()
    context = chromium.new_context(
        viewport={"width": 360, "height": 800}, locale="en-GB", reduced_motion="reduce", service_workers="allow"
    )
    phone = OnAPhone(context, server)
    yield phone
    phone.close()
