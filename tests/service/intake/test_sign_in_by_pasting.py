"""A link that is pasted into a field, for those who came by a home screen and have no line for addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from services.intake.use_cases import people
from tests.service.intake.plans import an_id
from tests.service.intake.visiting import Intake


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def paste(intake: Intake, text: str) -> tuple[int, str, str]:
    """Status, where it leads, and the page."""
    client = intake.app.test_client()
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answered = client.post("/sign-in", data={"csrf_token": token[1], "link": text})
    return answered.status_code, str(answered.location), answered.text


@pytest.mark.parametrize("around", ["%s", "  %s\n", "https://open-door.example%s", "http://10.0.0.1:8000%s/"])
def test_a_pasted_link_leads_where_the_link_leads(intake: Intake, around: str) -> None:
    link = urlsplit(people.invite(intake.service, an_id("volunteer-1"))).path
    status, leads_to, _ = paste(intake, around % link)
    assert (status, leads_to) == (303, link)
    assert "Go in" in intake.app.test_client().get(leads_to).text


@pytest.mark.parametrize(
    "text", ["", "hello", "/sign-in/", "https://open-door.example/", "/sign-in/a b", "/sign-in/../x"]
)
def test_what_is_no_link_is_said_beside_the_field(intake: Intake, text: str) -> None:
    status, _, page = paste(intake, text)
    assert status == 422
    assert "This is not a link to Open Door" in page
    assert 'aria-describedby=" f-link-fault"' in page


def test_a_pasted_link_never_leads_to_another_place(intake: Intake) -> None:
    _, leads_to, _ = paste(intake, "https://evil.example/sign-in/abc")
    assert leads_to == "/sign-in/abc"
