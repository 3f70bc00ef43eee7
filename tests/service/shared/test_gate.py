"""The gate in front of every route: no rule, no answer; and "not there" is the same bytes as "not yours to know of"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from sqlalchemy import Connection

from shared.access import credentials, directory
from shared.access.credentials import Credential, Purpose
from shared.access.tables import metadata
from shared.contracts.envelope import Envelope
from shared.runtime.clock import MovableClock
from shared.runtime.settings import Settings, make_keys
from shared.storage.database import Database, open_database
from shared.web import gate
from shared.web.app import api_of, create_service_app

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LEAD, MANAGER, STRANGER = "lead-1", "manager-1", "stranger-1"
TokenFor = Callable[..., dict[str, str]]


class Body(Schema):
    """A small body to refuse things in."""

    count = fields.Integer(required=True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    make_keys(tmp_path)
    return Settings.from_env({"OPENDOOR_DATA": str(tmp_path)})


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture
def database(settings: Settings) -> Database:
    database = open_database(settings.intake_database)
    with database.transaction() as tx:
        metadata.create_all(tx)
        exercise = {"exercise_id": "e-1", "version": 1, "title": "T", "mode": "announced", "stage": "fieldwork"}
        exercise |= {"partner": {}, "sites": [], "waves": [], "wave_releases": [], "shared_before": False}
        tell(tx, directory.EXERCISE_PLANNED, "e-1", exercise)
        for person, role in ((LEAD, "lead"), (MANAGER, "manager"), ("sponsor-1", "sponsor")):
            memberships = [{"exercise_id": "e-1", "roles": [role], "representative": False}]
            tell(tx, directory.PERSON_LISTED, person, {"person_id": person, "version": 1, "memberships": memberships})
    return database


def tell(tx: Connection, event_type: str, key: str, data: dict[str, Any]) -> None:
    directory.apply(
        tx,
        Envelope(id=f"{key}-{event_type}", type=event_type, topic="opendoor.directory", key=key, time=NOW, data=data),
    )


@pytest.fixture
def client(settings: Settings, clock: MovableClock, database: Database) -> FlaskClient:
    app = create_service_app("intake", "shared.web", settings=settings, clock=clock, database=database)
    routes(app, database)
    return app.test_client()


def routes(app: Flask, database: Database) -> None:
    blueprint = Blueprint("try", "try", url_prefix="/api/intake/v1")

    @blueprint.route("/exercises/<exercise_id>/findings")
    @gate.requires("findings.read")
    def findings(exercise_id: str) -> dict[str, str]:
        return {"for": exercise_id}

    @blueprint.route("/exercises/<exercise_id>/stage", methods=["POST"])
    @blueprint.arguments(Body)
    @gate.requires("exercise.move")
    def stage(body: dict[str, int], exercise_id: str) -> dict[str, int]:
        return body

    @blueprint.route("/forgetful")
    @gate.requires("findings.read")
    def forgetful() -> dict[str, str]:
        return {"secret": "told"}

    @blueprint.route("/remembers/<thing>")
    @gate.requires("findings.read")
    def remembers(thing: str) -> dict[str, str]:
        with database.reading() as tx:
            gate.permit(tx, "findings.read", thing)
        return {"for": thing}

    @blueprint.route("/undeclared")
    def undeclared() -> dict[str, str]:
        return {"secret": "told"}

    @blueprint.route("/breaks")
    @gate.open_to_all
    def breaks() -> dict[str, str]:
        raise RuntimeError("a secret in a message")

    api_of(app).register_blueprint(blueprint)


@pytest.fixture
def token(settings: Settings) -> TokenFor:
    def made(person: str, credential: str = "c-1") -> dict[str, str]:
        proof = Credential(person, credential, NOW + timedelta(days=1))
        return {"Authorization": f"Bearer {credentials.issue(settings.signing_key, Purpose.TOKEN, proof)}"}

    return made


FINDINGS = "/api/intake/v1/exercises/e-1/findings"


def test_without_a_proof_it_is_401(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}):
        answer = client.get(FINDINGS, headers=headers)
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_what_cannot_be_done_at_an_address_is_answered_with_what_can(client: FlaskClient, token: TokenFor) -> None:
    answer = client.delete(FINDINGS, headers=token(LEAD))
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_which_methods_an_address_has_is_the_same_whoever_asks_and_whatever_is_there(
    client: FlaskClient, token: TokenFor
) -> None:
    paths = (FINDINGS, "/api/intake/v1/exercises/e-2/findings")
    told = [client.options(path, headers=token(who)) for path in paths for who in (LEAD, MANAGER, STRANGER)]
    assert {(one.status_code, ", ".join(sorted(one.allow)), one.data) for one in told} == {
        (200, "GET, HEAD, OPTIONS", b"")
    }
    assert client.options(FINDINGS).status_code == 401
    assert client.options("/api/intake/v1/nothing", headers=token(LEAD)).status_code == 404


def test_the_api_speaks_to_programs_with_and_without_a_slash(client: FlaskClient) -> None:
    for path in ("/api", "/api/", "/api?x=1"):
        assert client.get(path).content_type == "application/problem+json"
    assert client.get("/apiary").mimetype == "text/html"


def test_the_table_lets_the_lead_in(client: FlaskClient, token: TokenFor) -> None:
    assert client.get(FINDINGS, headers=token(LEAD)).get_json() == {"for": "e-1"}
    assert client.get("/api/intake/v1/remembers/e-1", headers=token(LEAD)).status_code == 200


def test_absent_and_forbidden_are_the_same_bytes(client: FlaskClient, token: TokenFor) -> None:
    absent = client.get("/api/intake/v1/exercises/e-2/findings", headers=token(LEAD))
    no_such_path = client.get("/api/intake/v1/nothing", headers=token(LEAD))
    for person in (MANAGER, STRANGER, "sponsor-1"):
        refused = client.get(FINDINGS, headers=token(person))
        assert refused.status_code == absent.status_code == no_such_path.status_code == 404
        assert refused.data == absent.data == no_such_path.data


def test_who_sees_it_but_may_not_act_is_told_so(client: FlaskClient, token: TokenFor) -> None:
    path = "/api/intake/v1/exercises/e-1/stage"
    assert client.post(path, headers=token("sponsor-1"), json={"count": 1}).status_code == 403
    assert client.post(path, headers=token(MANAGER), json={"count": 1}).status_code == 404
    assert client.post(path, headers=token(LEAD), json={"count": 1}).get_json() == {"count": 1}


def test_a_view_without_a_rule_answers_nobody(client: FlaskClient, token: TokenFor) -> None:
    for path in ("undeclared", "forgetful"):
        answer = client.get(f"/api/intake/v1/{path}", headers=token(LEAD))
        assert answer.status_code == 404
        assert b"told" not in answer.data


def test_a_revoked_or_ended_token_opens_nothing(
    client: FlaskClient, token: TokenFor, database: Database, clock: MovableClock
) -> None:
    with database.transaction() as tx:
        tell(tx, directory.CREDENTIAL_REVOKED, "c-2", {"credential_id": "c-2", "revoked_at": NOW.isoformat()})
    assert client.get(FINDINGS, headers=token(LEAD, "c-2")).status_code == 401
    good = token(LEAD)
    clock.move(timedelta(days=2))
    assert client.get(FINDINGS, headers=good).status_code == 401


def test_a_session_needs_the_form_token(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["person"], session["credential"] = LEAD, "session-1"
        session["since"] = int(NOW.timestamp())
    assert client.get(FINDINGS).status_code == 200
    answer = client.post("/api/intake/v1/exercises/e-1/stage", json={"count": 1})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "form-expired")


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (timedelta(0), 200),
        (timedelta(days=13, hours=23), 200),
        (timedelta(days=14), 401),
        (None, 401),  # begun before sessions had an end
    ],
)
def test_a_session_has_an_end(client: FlaskClient, since: timedelta | None, status: int) -> None:
    with client.session_transaction() as session:
        session["person"], session["credential"] = LEAD, "session-1"
        if since is not None:
            session["since"] = int((NOW - since).timestamp())
    assert client.get(FINDINGS).status_code == status


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b"{", 400, None),
        (b"\xff", 400, None),
        (b'{"count": "x"}', 422, "/count"),
        (b"{}", 422, "/count"),
        (b"[]", 422, ""),
    ],
)
def test_bad_bodies_are_named(
    client: FlaskClient, token: TokenFor, body: bytes, status: int, pointer: str | None
) -> None:
    path = "/api/intake/v1/exercises/e-1/stage"
    answer = client.post(path, headers=token(LEAD), data=body, content_type="application/json")
    assert answer.status_code == status
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ([] if pointer is None else [pointer])


def test_our_own_fault_tells_nothing(client: FlaskClient) -> None:
    answer = client.get("/api/intake/v1/breaks")
    assert answer.status_code == 500
    assert b"secret" not in answer.data


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for path in ("/healthz", "/nothing", FINDINGS):
        headers = client.get(path).headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
