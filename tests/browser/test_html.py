"""Every page of everybody, as it is sent, keeps to the rules of HTML; read without a browser, so that it is quick."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
import requests

from deploy.servers.html_checker import HtmlChecker
from tests.acceptance.product import Product
from tests.browser.walking import is_file, kind_of, sign_in_links

pytestmark = pytest.mark.slow

UNLINKED = ["/nothing-here", "/on-this-phone", "/sign-in", "/sign-in/no-longer-good", "/weather"]


def test_every_page_of_every_role_keeps_to_the_rules_of_html(tmp_path: Path, html_checker: HtmlChecker) -> None:
    product = Product(tmp_path / "data")
    product.environment["OPENDOOR_DEMO"] = "1"
    wrong: dict[str, str] = {}
    try:
        product.start()
        walked = 0
        for role, link in sign_in_links(product).items():
            for address, page in pages_of(product.address, link):
                walked += 1
                for complaint in html_checker.complaints(page):
                    wrong.setdefault(complaint, f"{role}: {address}")
    finally:
        product.stop()
    assert not wrong, "\n".join(f"{complaint} {where}" for complaint, where in wrong.items())
    assert walked > 100


def pages_of(home: str, link: str) -> Iterator[tuple[str, str]]:
    """Address and text of one page of each kind that somebody with this sign-in link can come to."""
    session = requests.Session()
    session.trust_env = False
    with session:
        arrived = session.get(link).text
        yield link, arrived
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', arrived)
        assert token is not None
        entered = session.post(link, data={"csrf_token": token[1]})
        assert entered.ok
        todo, seen = [entered.url, *(home + path for path in UNLINKED)], set[str]()
        while todo:
            address = todo.pop(0)
            kind = kind_of(address)
            if kind in seen or is_file(address):
                continue
            seen.add(kind)
            answer = session.get(address)
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            yield address, answer.text
            found = [
                urljoin(answer.url, html.unescape(one)) for one in re.findall(r'<a [^>]*href="([^"]+)"', answer.text)
            ]
            todo += [urldefrag(one).url for one in found if one.startswith(home + "/")]
