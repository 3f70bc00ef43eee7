"""How much a phone must fetch before a volunteer can begin: on a slow line, every kilobyte is a fifth of a second."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.web.app import CONTENT_SECURITY_POLICY
from tests.service.intake.plans import an_id
from tests.service.intake.visiting import Browser, Intake

FORMS = [an_id("assigned-volunteer-1-1-environment"), an_id("assigned-volunteer-1-1-mystery-shop")]
PAGE_BYTES, CODE_BYTES, PICTURE_BYTES = 10_000, 60_000, 2_000
FIRST_BYTES = 55_000
"""What must come before a visit can be begun: at 400 kbit/s that is a good second."""
_FETCHED = re.compile(r'<(?:script|link|img)\b[^>]*\s(?:src|href)="([^"]+)"')
_LATER = re.compile(r'data-pictures="([^"]+)"')
_TAG = re.compile(r"<(?:script|link)\b[^>]*>")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


@pytest.mark.parametrize("form", FORMS, ids=["building", "talk"])
@pytest.mark.parametrize("language", ["en_GB", "cy", "ar"])
def test_the_form_is_small_enough_for_a_slow_line(intake: Intake, form: str, language: str) -> None:
    me = Browser(intake, "volunteer-1")
    me.client.set_cookie("opendoor-language", language)
    page = me.client.get(f"/visits/{form}/phone", buffered=True)
    assert len(gzip.compress(page.data)) <= PAGE_BYTES
    fetched = {"/sw.js", *_LATER.findall(page.text), *_FETCHED.findall(page.text)}
    assert not [address for address in fetched if urlsplit(address).netloc]
    sizes = {one: len(gzip.compress(me.client.get(one, buffered=True).data)) for one in fetched}
    code = {one: size for one, size in sizes.items() if one.endswith((".css", ".js"))}
    assert len(code) >= 6
    assert sum(code.values()) <= CODE_BYTES, code
    assert sum(sizes.values()) - sum(code.values()) <= PICTURE_BYTES, sizes
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", ["/sign-in", "/", *(f"/visits/{form}/phone" for form in FORMS)])
def test_two_round_trips_are_enough_and_only_the_look_is_waited_for(intake: Intake, path: str) -> None:
    me = Browser(intake, "volunteer-1")
    page = me.client.get(path, buffered=True)
    tags = _TAG.findall(page.text)
    # All that is needed stands in the page itself: the browser asks for it at once and not one after the other.
    assert len([tag for tag in tags if "stylesheet" in tag]) == 1
    assert not [tag for tag in tags if tag.startswith("<script") and " defer" not in tag]
    at_once = [one for one in _FETCHED.findall(page.text) if one.endswith((".css", ".js"))]
    sizes = {one: len(gzip.compress(me.client.get(one, buffered=True).data)) for one in at_once}
    assert sum(sizes.values()) + len(gzip.compress(page.data)) <= FIRST_BYTES, sizes


def test_what_a_home_screen_needs_is_there_for_volunteers_only(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    for path in ("/", *(f"/visits/{form}/phone" for form in FORMS), "/on-this-phone"):
        page = me.client.get(path).text
        (manifest,) = re.findall(r'<link rel="manifest" href="([^"]+)">', page)
        answered = me.client.get(manifest, buffered=True)
        assert answered.mimetype == "application/manifest+json"
        assert "immutable" in answered.headers["Cache-Control"]
        told = json.loads(answered.data)
        assert told["start_url"] == "/"
        (touch,) = re.findall(r'<link rel="apple-touch-icon" href="([^"]+)">', page)
        for icon in [touch, *(one["src"] for one in told["icons"])]:
            picture = me.client.get(icon, buffered=True)
            assert (picture.status_code, picture.mimetype) == (200, "image/png")
        assert manifest in me.client.get("/sw.js", buffered=True).text
    assert 'rel="manifest"' not in Browser(intake, "lead").client.get("/").text
    assert 'rel="manifest"' not in intake.app.test_client().get("/sign-in").text


def test_the_headers_allow_nothing_that_is_not_ours() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
