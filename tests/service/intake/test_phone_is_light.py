"""How much a phone must fetch before a volunteer can begin: on a slow line, every kilobyte is a fifth of a second."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.web.app import CONTENT_SECURITY_POLICY
from tests.service.intake.plans import an_id
from tests.service.intake.visiting import Browser, Intake

FORMS = [an_id("assigned-volunteer-1-1-environment"), an_id("assigned-volunteer-1-1-mystery-shop")]
PAGE_BYTES, CODE_BYTES = 10_000, 60_000
_FETCHED = re.compile(r'<(?:script|link|img)\b[^>]*\s(?:src|href)="([^"]+)"')


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
    fetched = {"/sw.js", *_FETCHED.findall(page.text)}
    assert not [address for address in fetched if urlsplit(address).netloc]
    sizes = {one: len(gzip.compress(me.client.get(one, buffered=True).data)) for one in fetched}
    assert len(sizes) >= 5
    assert sum(sizes.values()) <= CODE_BYTES, sizes
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_the_headers_allow_nothing_that_is_not_ours() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
