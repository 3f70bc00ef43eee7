"""Somebody who means harm: odd values on every path and in every form, markup in every free text, forms without their
token, and a look into everything that lies beyond intake."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from services.embedded.prepare import load_demo
from services.intake import demo as intake_demo
from shared.access.credentials import Credential, Purpose, issue
from tests.system import System
from tests.system.test_every_route_with_every_role import Walk, signed_in, walks
from tests.system.test_every_route_with_every_role import known as known  # a fixture

REPOSITORY = Path(__file__).parents[2]
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=1>"
ODD_VALUES = ("\x00", MARKUP, "99999999999999999999999999", "1e999", "2026-13-45", "../../etc/passwd", "😀")
ODD_QUERIES = (
    "after=99999999999999999999999&limit=0",
    "after=%00&limit=-1",
    "from=1&to=99999999999999999999",
    "wave=99999999999&size=../..",
    "exercise_id=%27&said=%3Cscript%3Ealert(1)",
    "back=//evil.example&gone=%3Cscript%3Ealert(1)",
)
ODD_HEADERS = (
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "Referer": "http://evil.example/<script>alert(1)"},
    {"If-None-Match": "*", "Range": "bytes=0-5", "Accept": "application/xml"},
    {"Cookie": "opendoor-language=<x>; opendoor=abc"},
)
ELSEWHERE = re.compile(r"""["'](?:https?:)?//evil\.example|Location: (?:https?:)?//evil""")
"""A link or a redirect that leads to another host."""
WHO = ("volunteer", "lead", "data-keeper", "manager")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("house"), start=datetime.now(UTC))
    load_demo(system.services)
    system.drain()
    yield system
    system.close()


def program(house: System, who: str) -> dict[str, str]:
    person = intake_demo.people(house.intake)[who]
    proof = Credential(person, f"adversary-{who}", house.clock.now() + timedelta(days=1))
    return {"Authorization": f"Bearer {issue(house.settings.signing_key, Purpose.TOKEN, proof)}"}


def fields_of_forms() -> list[str]:
    """The name of every field that any page has."""
    found: set[str] = set()
    for page in REPOSITORY.glob("services/*/templates/**/*.html"):
        found |= set(re.findall(r'(?:name="|"name": "|forms\.\w+\(")(\w+)"', page.read_text()))
    for module in REPOSITORY.glob("services/*/web/*.py"):
        found |= set(re.findall(r'form(?:\.get|\.getlist|\[)\(?"(\w+)"', module.read_text()))
    return sorted(found - {"csrf_token"})


def client_of(house: System, walk: Walk) -> FlaskClient:
    return house.apps[walk.service].test_client()


def test_beyond_intake_nobody_has_a_name_a_day_or_a_word_that_nobody_let_through(house: System) -> None:
    with house.intake.database.reading() as tx:
        names = list(tx.execute(text("SELECT name FROM people WHERE name != ''")).scalars())
        volunteers = list(tx.execute(text("SELECT DISTINCT volunteer_id FROM assignments")).scalars())
        kept = list(tx.execute(text("SELECT content FROM visit_versions WHERE content IS NOT NULL")).scalars())
        visit_ids = list(tx.execute(text("SELECT id FROM visits")).scalars())
        shared = set(tx.execute(text("SELECT shared FROM words WHERE state = 'released'")).scalars())
        held = set(tx.execute(text("SELECT text FROM words WHERE state != 'released'")).scalars()) - shared
    days = {json.loads(one)["visited_on"] for one in kept}
    assert names
    assert held
    folder = house.settings.data
    for file in ("events.db", "assessment.db", "reporting.db"):
        everything = "\n".join(sqlite3.connect(folder / file).iterdump())
        assert [one for one in (*names, *held) if one in everything] == [], file
    with sqlite3.connect(folder / "events.db") as log:
        told = [str(row) for row in log.execute("SELECT * FROM events") if "opendoor.directory" not in str(row)]
    assert told
    assert [one for one in (*volunteers, *(f'"{day}"' for day in days)) if any(one in event for event in told)] == []
    objects = [str(path) for path in (folder / "objects").rglob("*")]
    assert objects
    assert [one for one in (*visit_ids, *volunteers) if any(one in path for path in objects)] == []


@pytest.mark.slow
def test_odd_addresses_and_headers_break_nothing_and_lead_nowhere(house: System, known: dict[str, str]) -> None:
    wrong = []
    for walk in (one for one in walks(house, known) if one.method == "GET"):
        for who in ("lead", "manager"):
            headers = program(house, who)
            answers = [
                client_of(house, walk).get(f"{walk.path}?{query}", headers=headers, buffered=True)
                for query in ODD_QUERIES
            ]
            answers += [
                client_of(house, walk).get(walk.path, headers=headers | odd, buffered=True) for odd in ODD_HEADERS
            ]
            answers += [
                client_of(house, walk).open(walk.path, method=method, headers=headers, buffered=True)
                for method in ("HEAD", "OPTIONS")
            ]
            for answer in answers:
                told = f"{answer.headers} {answer.get_data(as_text=True) if 'text' in answer.mimetype else ''}"
                if answer.status_code >= 500 or ELSEWHERE.search(told) or "<script>alert(1)" in told:
                    wrong.append(f"{walk.path} as {who}: {answer.status_code}")
    assert wrong == []


def test_no_form_is_taken_without_its_token(house: System, known: dict[str, str]) -> None:
    lead = intake_demo.people(house.intake)["lead"]
    taken = []
    for walk in walks(house, known):
        if walk.method in ("POST", "PUT", "PATCH", "DELETE"):
            status = signed_in(house, walk.service, lead).open(walk.path, method=walk.method).status_code
            if status not in (403, 404):
                taken.append(f"{walk.method} {walk.path}: {status}")
    assert taken == []


@pytest.mark.slow
def test_odd_values_in_forms_break_nothing_and_markup_comes_back_as_text(house: System, known: dict[str, str]) -> None:
    fields, wrong = fields_of_forms(), []
    assert len(fields) > 50
    # Where an exercise moves on is left alone, so that there is something to see on all other pages.
    moves = re.compile(r"stage|release|closure")
    posts = [one for one in walks(house, known) if one.method == "POST" and not moves.search(one.path)]
    for who in WHO:
        headers = program(house, who)
        for walk in posts:
            for value in ODD_VALUES:
                sent = dict.fromkeys(fields, value)
                api = walk.path.startswith("/api/")
                more = {"json": {value: value, "text": value}} if api else {"data": sent}
                answer = client_of(house, walk).post(walk.path, headers=headers, buffered=True, **more)  # type: ignore[arg-type]
                if answer.status_code >= 500 or (answer.mimetype == "text/html" and unescaped(answer.text)):
                    wrong.append(f"{walk.path} as {who} with {value[:10]!r}: {answer.status_code}")
    house.drain()
    for who in WHO:
        headers = program(house, who)
        for walk in (one for one in walks(house, known) if one.method == "GET"):
            answer = client_of(house, walk).get(walk.path, headers=headers, buffered=True)
            if answer.status_code >= 500 or (answer.mimetype == "text/html" and unescaped(answer.text)):
                wrong.append(f"{walk.path} as {who}, afterwards: {answer.status_code}")
    assert wrong == []


def unescaped(page: str) -> bool:
    return "<script>alert" in page or "<img src=x" in page
