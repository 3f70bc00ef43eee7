"""What was typed into a page whose session ended is on the page that says so, and can be sent from there; and no other
site can have words of its own shown or sent in that way."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient

from shared.access.tables import metadata
from shared.runtime.clock import MovableClock
from shared.runtime.settings import Settings, make_keys
from shared.storage.database import open_database
from shared.web import gate
from shared.web.app import create_service_app
from shared.web.typed import MOST_CHARACTERS

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OUR_PAGE = {"Origin": "http://localhost", "Sec-Fetch-Mode": "navigate"}
WORDS = "The guard stands <b>right</b> behind the door.\nNobody says hello."
TYPED = {"finding": "F 1", "words": WORDS, "tick": ["one", "two"]}
KEPT: list[list[tuple[str, str]]] = []


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    make_keys(tmp_path)
    settings = Settings.from_env({"OPENDOOR_DATA": str(tmp_path)})
    database = open_database(settings.intake_database)
    with database.transaction() as tx:
        metadata.create_all(tx)
    clock = MovableClock(NOW)
    app = create_service_app("intake", "shared.web", settings=settings, clock=clock, database=database)
    _routes(app)
    KEPT.clear()
    return app.test_client()


def _routes(app: Flask) -> None:
    @gate.open_to_all
    def enter() -> str:
        gate.sign_in("person-1", "credential-1", NOW)
        return "in"

    @gate.signed_in
    def write() -> str:
        if request.method == "POST":
            KEPT.append([pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"])
        return render_template_string("{{ csrf_token() }}")

    app.add_url_rule("/enter", "enter", enter)
    app.add_url_rule("/write", "write", write, methods=["GET", "POST"])


def _fields(page: str) -> list[tuple[str, str]]:
    form = re.search(r'<form method="post" action="/write\?part=2">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    found = re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', form[1], re.DOTALL)
    return [(unescape(name), unescape(value)) for name, value in found]


def _without_token(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [field for field in fields if field[0] != "csrf_token"]


def _as_form(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [value for other, value in fields if other == name] for name, _ in fields}


def test_it_can_be_sent_once_they_are_signed_in_again(client: FlaskClient) -> None:
    out = client.post("/write?part=2", data=TYPED, headers=OUR_PAGE)
    assert out.status_code == 401
    assert "You were signed out" in out.text
    given = _fields(out.text)
    assert _without_token(given) == [
        ("finding", "F 1"),
        ("words", WORDS),
        ("tick", "one"),
        ("tick", "two"),
    ]
    assert "<b>right</b>" not in out.text

    client.get("/enter")
    again = client.post("/write?part=2", data=_as_form(given), headers=OUR_PAGE)
    assert again.status_code == 403
    assert "Send it now" in again.text
    assert KEPT == []
    done = client.post("/write?part=2", data=_as_form(_fields(again.text)), headers=OUR_PAGE)
    assert done.status_code == 200
    assert [_without_token(kept) for kept in KEPT] == [_without_token(given)]


def test_the_longer_words_stand_there_to_be_copied(client: FlaskClient) -> None:
    page = client.post("/write?part=2", data=TYPED, headers=OUR_PAGE).text
    shown = re.findall(r"<blockquote[^>]*><p>(.*?)</p></blockquote>", page, re.DOTALL)
    assert [unescape(words) for words in shown] == [WORDS]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Mode": "navigate"},
        {"Origin": "null", "Sec-Fetch-Mode": "navigate"},
        {"Origin": "http://localhost.elsewhere.example"},
        OUR_PAGE | {"Sec-Fetch-Mode": "cors"},
    ],
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_no_other_site_puts_words_into_our_page(client: FlaskClient, headers: dict[str, str], signed_in: bool) -> None:
    if signed_in:
        client.get("/enter")
    answer = client.post("/write?part=2", data=TYPED, headers=headers)
    assert answer.status_code == (403 if signed_in else 303)
    assert "guard stands" not in answer.text
    assert KEPT == []


def test_nothing_typed_and_too_much_typed_lead_to_the_sign_in_page(client: FlaskClient) -> None:
    assert client.post("/write", data={"csrf_token": "old"}, headers=OUR_PAGE).status_code == 303
    assert client.post("/write", data={"words": "x" * (MOST_CHARACTERS + 1)}, headers=OUR_PAGE).status_code == 303


def test_a_file_is_said_to_be_lost(client: FlaskClient) -> None:
    with (Path(__file__)).open("rb") as file:
        out = client.post("/write?part=2", data={**TYPED, "plan": (file, "plan.yaml")}, headers=OUR_PAGE)
    assert "You will have to choose it again" in out.text
