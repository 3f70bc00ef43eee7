"""A real Chromium in front of a real server: a breach of the security headers or a script error fails the test."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from tests.browser.gallery import gallery_app

PATIENCE = 20_000
"""Milliseconds to wait for what must come, on a machine that does much else."""
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Watched:
    """A page whose complaints are kept: breaches of the security headers, script errors, files that did not come."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str, expect: int = 200) -> None:
        """Go there; fails unless the answer has the status that is expected."""
        response = self.page.goto(address)
        assert response is not None
        assert response.status == expect, f"{address} answered {response.status}"

    def check(self) -> None:
        """Nothing complained, nothing sticks out sideways, axe finds nothing."""
        assert not self.complaints, self.complaints
        self.check_width()
        found = Axe().run(self.page).response["violations"]
        assert not found, "\n".join(
            f"{v['id']}: {n['html'][:200]}: {n['failureSummary'][:300]}" for v in found for n in v["nodes"]
        )

    def check_width(self) -> None:
        """Nobody has to scroll sideways."""
        over = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{self.page.url} is {over} pixels too wide"

    def _watch(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._console)
        self.page.on("requestfailed", self._did_not_come)

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


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """open_page(width=360, theme="light", script=True) makes a fresh browser with one watched page."""
    contexts: list[BrowserContext] = []

    def make(width: int = 360, theme: Any = "light", script: bool = True) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            java_script_enabled=script,
            service_workers="block",
            locale="en-GB",
            reduced_motion="reduce",
        )
        contexts.append(context)
        watched = Watched(context.new_page(), context)
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
