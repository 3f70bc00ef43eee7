"""What goes over a phone's bad line: built files once and small, pages compressed only where that tells no secret."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from flask import Flask, make_response, request
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from shared.runtime.clock import MovableClock
from shared.runtime.settings import Settings, make_keys
from shared.storage.database import open_database
from shared.web import gate, static_files
from shared.web.app import create_service_app

PAGE = "<!doctype html><title>A page</title>" + "<p>The way in, the queue, the desk, the way out.</p>" * 60
BUILT = sorted(p.name for p in static_files.HERE.iterdir() if p.suffix in (".css", ".js", ".svg"))
CODINGS = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    make_keys(tmp_path)
    settings = Settings.from_env({"OPENDOOR_DATA": str(tmp_path)})
    made = create_service_app(
        "intake",
        "shared.web",
        settings=settings,
        clock=MovableClock(datetime(2026, 11, 1, tzinfo=UTC)),
        database=open_database(settings.intake_database),
    )

    @made.route("/page", methods=["GET", "POST"])
    @gate.open_to_all
    def page() -> str:
        return PAGE + request.args.get("said", "")

    @made.get("/short")
    @gate.open_to_all
    def short() -> str:
        return "<!doctype html><title>Short</title>"

    @made.get("/api/intake/v1/things")
    @gate.open_to_all
    def things() -> object:
        return make_response({"things": [PAGE]})

    @made.get("/token")
    @gate.open_to_all
    def token() -> str:
        return generate_csrf()

    @made.get("/no")
    @gate.open_to_all
    def no() -> object:
        return make_response(PAGE, 404)

    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("coding", CODINGS)
def test_a_page_travels_compressed(client: FlaskClient, coding: str) -> None:
    answer = client.get("/page", headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert CODINGS[coding](answer.data).decode() == PAGE
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(PAGE) / 4
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_browser_that_takes_nothing_gets_the_page_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/page", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert answer.text == PAGE
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_head_says_what_get_would_send(client: FlaskClient) -> None:
    asked = {"Accept-Encoding": "gzip"}
    got, head = client.get("/page", headers=asked), client.head("/page", headers=asked)
    assert head.data == b""
    for header in ("Content-Encoding", "Content-Length", "Vary", "Content-Type"):
        assert head.headers[header] == got.headers[header]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/page?said=guess"), ("GET", "/no"), ("GET", "/api/intake/v1/things"), ("GET", "/short")],
)
def test_what_somebody_else_may_have_put_words_into_is_never_compressed(
    client: FlaskClient, method: str, path: str
) -> None:
    answer = client.open(path, method=method, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in answer.headers


def test_the_answer_to_a_form_is_never_compressed(client: FlaskClient) -> None:
    headers = {"X-CSRFToken": client.get("/token").text, "Accept-Encoding": "br, gzip"}
    answer = client.post("/page", headers=headers)
    assert answer.text == PAGE
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", BUILT)
def test_a_built_file_comes_in_each_coding_and_is_kept_for_ever(client: FlaskClient, name: str) -> None:
    plain = (static_files.HERE / name).read_bytes()
    sizes, etags = [], set()
    for asked, coding in (
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, *", "gzip"),
    ):
        answer = client.get(f"/static/shared/{name}", headers={"Accept-Encoding": asked}, buffered=True)
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding") == coding
        assert (CODINGS[coding](answer.data) if coding else answer.data) == plain
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.mimetype in ("text/css", "text/javascript", "image/svg+xml")
        assert "Set-Cookie" not in answer.headers
        sizes.append(len(answer.data))
        etags.add(answer.headers["ETag"])
        headers = {"Accept-Encoding": asked, "If-None-Match": answer.headers["ETag"]}
        again = client.get(f"/static/shared/{name}", headers=headers, buffered=True)
        assert (again.status_code, again.data) == (304, b"")
    assert len(etags) == 3
    assert sizes[0] < 500 or sizes[0] > sizes[1] > sizes[2]


@pytest.mark.parametrize(
    "path",
    ["nothing.css", "../app.py", "..%2fapp.py", "opendoor.css.br", "x" * 5000 + ".css", "a%00b.css", BUILT[0] + ".gz"],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/shared/{path}", headers={"Accept-Encoding": "br"}).status_code == 404


def test_a_file_without_its_hash_in_its_name_is_asked_for_again(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "plain.css").write_text("p { margin: 0 }")
    with app.test_request_context(headers={"Accept-Encoding": "br"}):
        answer = static_files.answer(tmp_path, "plain.css")
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        assert "Content-Encoding" not in answer.headers
        answer.close()
