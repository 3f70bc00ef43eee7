"""Walks the product as somebody with a mouse would: in by the sign-in link, then every link, one page of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import Page, Response

from tests.acceptance.product import Product

_LINK = re.compile(r"^ +(\S+) +(http\S+/sign-in/\S+)$", re.MULTILINE)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_FILE = re.compile(r"\.(json|html|pdf|png|jpg|webp|csv)$|/photos/|/plan/file$|^/api/|^/documents/|^/language/")
PATIENCE = 20_000
"""Milliseconds that a page may take on a machine that does much else."""


def sign_in_links(product: Product) -> dict[str, str]:
    """What the last start printed: role -> sign-in link."""
    return dict(_LINK.findall(product.log.read_text().rpartition("Open Door is at")[2]))


def sign_in(page: Page, link: str) -> None:
    """Open the link and press its one button."""
    page.set_default_timeout(PATIENCE)
    page.goto(link)
    page.get_by_role("button", name="Go in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def is_file(address: str) -> bool:
    """Whether an address leads to something that is no page: a download, a picture, another language."""
    return _FILE.search(urlsplit(address).path) is not None


def kind_of(address: str) -> str:
    """The address without its ids and without what was asked for: two pages of one kind have the same."""
    parts = urlsplit(address)
    kind = _ID.sub("ID", parts.path)
    return re.sub(r"/\d+", "/N", kind) + ("?" + re.sub(r"=[^&]*", "", parts.query) if parts.query else "")


def every_kind(page: Page, home: str, start: list[str]) -> Iterator[tuple[str, Response]]:
    """From `start` on, every page that links lead to, one of each kind, breadth first; yields kind and answer."""
    todo, seen = [*start], set[str]()
    while todo:
        address = todo.pop(0)
        kind = kind_of(address)
        if kind in seen or is_file(address):
            continue
        seen.add(kind)
        response = page.goto(address)
        assert response is not None
        yield kind, response
        found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        todo += [urldefrag(link).url for link in found if link.startswith(home + "/")]
