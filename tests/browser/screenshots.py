"""Writes a picture of every kind of page of every role to ./screenshots, at the widths of a phone and of a laptop, and
of every main state of the phone form by day and by night.

`python -m tests.browser.screenshots` or `make screenshots`; `--phone` takes the phone form only, `--readme` the
pictures of the README instead.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.acceptance.product import REPOSITORY, Product
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.phone_form import House, house
from tests.browser.phone_pictures import phone_states, stopped
from tests.browser.walking import every_kind, sign_in, sign_in_links

WIDTHS = (360, 1280)
README = {
    "findings": ("manager", "/findings/", 1280, 1300),
    "changes": ("volunteer", "/changes", 360, 900),
}
"""Picture -> role, the beginning of the page's address, width, height."""
PHONE_IN_README = ("part", "photo", "safe")
PHONE_HEIGHT = 900


def main(arguments: list[str]) -> None:
    """Walk the phone form, then the demo in a folder of its own; take the pictures."""
    folder = REPOSITORY / "screenshots"
    folder.mkdir(exist_ok=True)
    readme = "--readme" in arguments
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            with house(Path(place) / "phone") as home:
                _phone_for_readme(browser, home) if readme else _phone(browser, home, folder)
            if "--phone" not in arguments:
                _demo(browser, Path(place) / "data", folder, readme=readme)
        finally:
            browser.close()


def _demo(browser: Browser, data: Path, folder: Path, *, readme: bool) -> None:
    product = Product(data)
    product.environment["OPENDOOR_DEMO"] = "1"
    try:
        product.start()
        links = sign_in_links(product)
        if readme:
            _for_readme(browser, product, links)
            return
        for role, link in links.items():
            _of_role(browser, product, role, link, folder)
    finally:
        product.stop()


def _of_role(browser: Browser, product: Product, role: str, link: str, folder: Path) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 800}, locale="en-GB").new_page()
    sign_in(page, link)
    for kind, _ in every_kind(page, product.address, [page.url]):
        name = re.sub(r"[^\w-]+", "_", f"{role}{kind}").strip("_")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            _load_all_pictures(page)
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    page.context.close()


def _for_readme(browser: Browser, product: Product, links: dict[str, str]) -> None:
    for name, (role, beginning, width, height) in README.items():
        page = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB").new_page()
        sign_in(page, links[role])
        kinds = every_kind(page, product.address, [page.url])
        next(kind for kind, _ in kinds if kind == beginning or (beginning != "/" and kind.startswith(beginning)))
        _small(page, name)
        page.context.close()


def _small(page: Page, name: str) -> None:
    picture = REPOSITORY / "docs" / "pictures" / f"{name}.png"
    page.screenshot(path=picture)
    with Image.open(picture) as taken:
        taken.convert("RGB").quantize(256).save(picture, optimize=True)  # a quarter of the bytes


def _phone(browser: Browser, home: House, folder: Path) -> None:
    # Stopping comes first: what was stopped can be gone on with, but what was sent is done.
    for theme in ("light", "dark"):
        for walk in (stopped, phone_states):
            for state, page in walk(browser, home, color_scheme=theme):
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    # A glass as high as the page: what keeps its place at the foot then does not stand in the middle.
                    whole = page.evaluate("document.documentElement.scrollHeight")
                    page.set_viewport_size({"width": width, "height": whole})
                    page.screenshot(path=folder / f"phone-{state}-{theme}-{width}.png")
                page.set_viewport_size({"width": 360, "height": 800})


def _phone_for_readme(browser: Browser, home: House) -> None:
    for state, page in phone_states(browser, home):
        if state in PHONE_IN_README:
            page.set_viewport_size({"width": 360, "height": PHONE_HEIGHT})
            page.evaluate("scrollTo(0, 0)")
            _small(page, f"phone-{state}")


def _load_all_pictures(page: Page) -> None:
    # Pictures further down load when they come into sight; a picture of the whole page wants them all.
    eager = "image => { image.loading = 'eager'; return image.decode().catch(() => 0) }"
    page.evaluate(f"Promise.all([...document.images].map({eager}))")


if __name__ == "__main__":
    main(sys.argv[1:])
