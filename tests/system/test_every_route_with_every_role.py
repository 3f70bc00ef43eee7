"""Walks every route of the three services as everybody there is: each declares its rule, and each keeps to it.

The demo exercises give every path something real to point at, so that a refusal is the rule's and not a missing id's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from services.embedded.prepare import load_demo
from services.intake import demo as intake_demo
from services.intake.use_cases import people
from shared.access import directory
from shared.access.credentials import Credential, Purpose, issue
from shared.access.rules import roles_allowed
from shared.contracts.demo_ids import JOBCENTRE_BUILDING, JOBCENTRE_EXERCISE, demo_id
from shared.web.gate import AccessRule, access_rule
from tests.system import System

EXERCISE, SITE = demo_id(JOBCENTRE_EXERCISE), demo_id(JOBCENTRE_BUILDING)
STRANGER = "00000000-0000-4000-8000-000000000001"
NOBODY = "nobody"
REFUSED = {303, 401, 403, 404}


@dataclass(frozen=True, slots=True)
class Walk:
    """One route as one person."""

    service: str
    rule: Rule
    method: str
    declared: AccessRule | None
    path: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("house"), start=datetime.now(UTC))
    load_demo(system.services)
    yield system
    system.close()


@pytest.fixture(scope="module")
def known(house: System) -> dict[str, str]:
    """A real value for every name that stands in a path."""

    def one(service: str, question: str, **given: str) -> str:
        with house.services[service].database.reading() as tx:
            return str(tx.execute(text(question), given).scalar() or "0")

    of_exercise = {"e": EXERCISE}
    found = {
        "exercise_id": EXERCISE,
        "site_id": SITE,
        "wave": "1",
        "wave_number": "1",
        "n": "1",
        "number": "1",
        "to": "shared",
        "stage": "shared",
        "zone": "RE",
        "kind": "findings-pack",
        "version": "1",
        "person_id": demo_id("jobcentre-manager"),
        "visit_id": one("intake", "SELECT id FROM visits WHERE exercise_id = :e", **of_exercise),
        "photo_id": one("intake", "SELECT photo_id FROM photos"),
        "recommendation_id": one("reporting", "SELECT id FROM recommendations WHERE exercise_id = :e", **of_exercise),
        "filename": "none.css",
        "folder": "shared",
    }
    return found


def walks(house: System, known: dict[str, str]) -> Iterator[Walk]:
    """Every route and method of every service, with real values in its path."""
    for service, app in house.apps.items():
        for rule in app.url_map.iter_rules():
            values: dict[str, Any] = {name: known.get(name, EXERCISE) for name in rule._converters}
            for name, converter in rule._converters.items():
                if isinstance(converter, IntegerConverter):
                    values[name] = int(values[name]) if str(values[name]).isdigit() else 1
                elif isinstance(converter, AnyConverter) and values[name] not in converter.items:
                    values[name] = min(converter.items)
            with app.test_request_context():
                path = app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Walk(service, rule, method, access_rule(app, rule.endpoint), path)


def signed_in(house: System, service: str, person: str) -> FlaskClient:
    """A browser in which this person is signed in."""
    client = house.apps[service].test_client()
    if person != NOBODY:
        with client.session_transaction() as session:
            session["person"], session["credential"] = person, f"walk-{person}"
            session["since"] = int(house.clock.now().timestamp())
    return client


def token(house: System, person: str) -> dict[str, str]:
    """What a program of this person sends."""
    proof = Credential(person, f"walk-{person}", house.clock.now() + timedelta(days=1))
    return {"Authorization": f"Bearer {issue(house.settings.signing_key, Purpose.TOKEN, proof)}"}


def test_every_route_declares_its_rule(house: System) -> None:
    undeclared = [
        f"{name} {rule.rule}"
        for name, app in house.apps.items()
        for rule in app.url_map.iter_rules()
        if access_rule(app, rule.endpoint) is None
    ]
    assert undeclared == []


def test_no_route_breaks_and_every_route_keeps_to_its_rule(house: System, known: dict[str, str]) -> None:
    everybody = dict(intake_demo.people(house.intake)) | {"stranger": STRANGER, NOBODY: NOBODY}
    wrong: list[str] = []
    for walk in walks(house, known):
        for role, person in everybody.items():
            status = visit(house, walk, person)
            if status >= 500:
                wrong.append(f"{walk.method} {walk.path} as {role}: {status}")
            elif must_refuse(house, walk, person) and status not in refusals_of(walk):
                wrong.append(f"{walk.method} {walk.path} as {role}: {status}, but {walk.declared} refuses")
    assert wrong == []


def visit(house: System, walk: Walk, person: str) -> int:
    """Open the route as this person; the status."""
    app = house.apps[walk.service]
    if walk.path.startswith("/api/"):
        client, headers = app.test_client(), ({} if person == NOBODY else token(house, person))
        body: dict[str, Any] = {} if walk.method == "GET" else {"json": {}}
        return client.open(walk.path, method=walk.method, headers=headers, **body).status_code
    return signed_in(house, walk.service, person).open(walk.path, method=walk.method, buffered=True).status_code


def refusals_of(walk: Walk) -> set[int]:
    """How this route may say no. Where the path names no exercise, a body that is wrong for anybody comes first."""
    names_none = walk.method != "GET" and "exercise_id" not in walk.rule.arguments
    return REFUSED | {400, 422} if names_none else REFUSED


def must_refuse(house: System, walk: Walk, person: str) -> bool:
    """Whether the table of rules, read here once more, gives this person nothing under this route."""
    declared = walk.declared
    if declared is None:
        return True
    if declared.kind in ("open", "same-for-everybody", "watchers"):
        return False  # watchers are known by where they ask from: the test below
    if person == NOBODY:
        return True
    if declared.kind != "requires" or "exercise_id" not in walk.rule.arguments:
        return person == STRANGER and declared.kind == "requires" and bool(walk.rule.arguments)
    assert declared.action is not None
    with house.services[walk.service].database.reading() as tx:
        exercise = directory.exercise(tx, EXERCISE)
        membership = directory.membership(tx, person, EXERCISE)
    assert exercise is not None
    return membership is None or not roles_allowed(declared.action, membership.roles, exercise.stage)


def test_what_is_not_there_and_what_is_not_yours_are_the_same_bytes(house: System, known: dict[str, str]) -> None:
    lead = token(house, demo_id("lead"))
    absent = house.client().get(f"/api/intake/v1/exercises/{STRANGER}", headers=lead).data
    for walk in walks(house, known):
        if walk.method == "GET" and walk.path.startswith("/api/") and must_refuse(house, walk, STRANGER):
            answer = house.apps[walk.service].test_client().get(walk.path, headers=token(house, STRANGER))
            assert (answer.status_code, answer.data) == (404, absent), walk.path


def test_a_partner_never_reads_a_name_or_a_day(house: System, known: dict[str, str]) -> None:
    with house.intake.database.reading() as tx:
        visits = [str(v) for v in tx.execute(text("SELECT id FROM visits")).scalars()]
    secrets = [*visits, *(demo_id(f"volunteer-{n}") for n in ("one", "two", "three", "four"))]
    for role in ("manager", "sponsor", "staff", "working-group"):
        person = intake_demo.people(house.intake)[role]
        for walk in walks(house, known):
            if walk.method != "GET" or walk.declared is None or walk.declared.kind == "open":
                continue
            app = house.apps[walk.service]
            api = walk.path.startswith("/api/")
            client = app.test_client() if api else signed_in(house, walk.service, person)
            shown = client.get(walk.path, headers=token(house, person) if api else {}).data.decode("utf-8", "replace")
            # The visit's own id may only come back in the path that was asked for.
            told = [secret for secret in secrets if secret in shown and secret not in walk.path]
            assert told == [], (role, walk.path, told)


def test_figures_are_for_whoever_asks_from_this_machine_alone(house: System, known: dict[str, str]) -> None:
    watched = [walk for walk in walks(house, known) if walk.declared and walk.declared.kind == "watchers"]
    assert {walk.service for walk in watched} == {"intake", "assessment", "reporting"}
    for walk in watched:
        client = house.apps[walk.service].test_client()
        assert client.get(walk.path, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
        assert client.get(walk.path, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_a_sign_in_link_opens_the_door_only_by_its_button(house: System) -> None:
    link = people.invite(house.intake, demo_id("jobcentre-manager"))
    client = house.client()
    assert client.get("/" + link.split("/", 3)[3]).status_code == 200
    with client.session_transaction() as session:
        assert "person" not in session
