"""Everybody follows every link they are given, from their own sign-in letter on: each leads somewhere, and nothing that
is done by a form works without the form.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
import requests

from tests.acceptance.product import PATIENCE, Product, until

pytestmark = pytest.mark.slow
LETTER = re.compile(r"^\s+([a-z-]+)\s+(http://\S+/sign-in/\S+)$", re.MULTILINE)
LINK = re.compile(r'(?:href|src)="([^"]+)"')
FORM = re.compile(r'<form method="post"[^>]*?action="([^"]*)"', re.DOTALL)
HIDDEN = re.compile(r'name="([^"]+)" value="([^"]*)"')
ROLES = {"volunteer", "lead", "data-keeper", "sponsor", "manager", "working-group", "staff"}
ENOUGH_PAGES = 150


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The demo exercise's sign-in links, by role."""
    product = Product(tmp_path_factory.mktemp("pages") / "data")
    product.environment["OPENDOOR_DEMO"] = "1"
    try:
        product.start()
        until(lambda: set(dict(LETTER.findall(product.tail()))) >= ROLES, 90, product.tail)
        yield dict(LETTER.findall(product.tail()))
    finally:
        product.stop()


def sign_in(link: str) -> tuple[requests.Session, requests.Response]:
    """Open the letter and press its button."""
    session = requests.Session()
    session.trust_env = False
    page = session.get(link, timeout=PATIENCE)
    action = FORM.search(page.text)
    assert action, page.text
    fields = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
    first = session.post(urljoin(link, html.unescape(action[1])), data=fields, timeout=PATIENCE)
    assert first.status_code == 200
    return session, first


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_link_leads_somewhere(letters: dict[str, str], role: str) -> None:
    session, first = sign_in(letters[role])
    home = urljoin(first.url, "/")
    waiting, seen, found = [first.url], set[str](), []
    while waiting and len(seen) < ENOUGH_PAGES:
        address = waiting.pop(0).partition("#")[0]
        if address in seen or not address.startswith(home) or "sign-out" in address:
            continue
        seen.add(address)
        answer = session.get(address, timeout=PATIENCE)
        if answer.status_code != 200:
            found.append(f"{answer.status_code} {address}")
        if answer.headers["Content-Type"].startswith("text/html"):
            waiting += [urljoin(address, html.unescape(link)) for link in LINK.findall(answer.text)]
            found += [f"{fault} {address}" for fault in markup_faults(answer)]
    assert len(seen) > 3
    assert not found, "\n".join(found)


def markup_faults(answer: requests.Response) -> list[str]:
    """Script or style inside a page. A document that is kept and handed on carries its own style, in a sandbox."""
    policy = answer.headers.get("Content-Security-Policy", "")
    alone = "sandbox" in policy and "default-src 'none'" in policy
    style = "" if alone else r"|\sstyle=|<style"
    faults = (
        ["script or style inside"] if re.search(rf"<script(?![^>]*\bsrc=)|\son[a-z]+=\"{style}", answer.text) else []
    )
    if "default-src" not in policy or ("unsafe" in policy and not alone):
        faults.append(f"policy {policy!r}")
    return faults


def test_a_form_that_somebody_else_made_does_nothing(letters: dict[str, str]) -> None:
    session, first = sign_in(letters["lead"])
    forms = set[str]()
    for link in sorted(set(LINK.findall(first.text))):
        if link.startswith("/exercises/"):
            forms |= {html.unescape(action) for action in FORM.findall(session.get(urljoin(first.url, link)).text)}
    assert forms
    for action in sorted(forms):
        answer = session.post(urljoin(first.url, action), data={}, timeout=PATIENCE, allow_redirects=False)
        assert answer.status_code in (400, 403), (action, answer.status_code)


def test_a_letter_does_nothing_by_being_looked_at(letters: dict[str, str]) -> None:
    session = requests.Session()
    session.trust_env = False
    session.get(letters["lead"], timeout=PATIENCE)
    home = session.get(urljoin(letters["lead"], "/words-and-photos"), timeout=PATIENCE, allow_redirects=False)
    assert home.status_code in (302, 303, 401)
    broken = session.get(letters["lead"][:-3] + "xyz", timeout=PATIENCE)
    assert broken.status_code in (400, 403, 404, 410)
