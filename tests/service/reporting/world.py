"""Reporting alone, with an exercise, a person for each role and findings, fed through its own consumers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.reporting.consumers import HANDLERS
from services.reporting.jobs import DocumentMaker
from services.reporting.wiring import build
from shared.access import credentials
from shared.access.credentials import Credential, Purpose
from shared.access.volunteer_key import volunteer_key
from shared.contracts import catalogue
from shared.contracts.envelope import Envelope
from shared.messaging import outbox
from shared.runtime.clock import MovableClock
from tests.system import embedded_settings

START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
API = "/api/reporting/v1"


def an_id(name: str) -> str:
    """The same id for the same name."""
    return str(uuid5(NAMESPACE_URL, f"urn:test:{name}"))


EXERCISE, SITE, OTHER_SITE = an_id("exercise"), an_id("site"), an_id("other site")
PEOPLE = {
    "volunteer": ["volunteer"],
    "second-volunteer": ["volunteer"],
    "buddy": ["buddy"],
    "lead": ["lead"],
    "data-keeper": ["data-keeper"],
    "sponsor": ["sponsor"],
    "manager": ["manager"],
    "working-group": ["working-group"],
    "staff": ["staff"],
    "volunteer-of-the-partner": ["volunteer", "staff"],
}


def a_finding(item: str, zone: str | None, kind: str, **more: Any) -> dict[str, Any]:
    """A finding as assessment publishes it."""
    return {
        "id": an_id(f"{item}/{zone}/{kind}"),
        "item": item,
        "prompt": f"Prompt of {item}",
        "zone": zone,
        "kind": kind,
        "must_be_right": False,
        "waves": [1],
        "state": "open",
        "k": 2,
        "n": 3,
        "in_words": "2 of 3 visits.",
        "prevalence": {"percent": 66.7, "low": 20.8, "high": 93.9},
        "quotes": [],
        "photos": [],
        "reply": None,
    } | more


RED = a_finding("P-RE-03", "RE", "red", must_be_right=True, quotes=["The whole queue turned round."])
AMBER = a_finding("P-WA-03", "WA", "amber")
STRENGTH = a_finding("P-WA-07", "WA", "strength", quotes=["The picture calmed me."])


class World:
    """One exercise in reporting, at a stage, with everybody in it."""

    def __init__(self, folder: Path, stage: str = "sense-making") -> None:
        self.clock = MovableClock(START)
        self.settings = embedded_settings(folder)
        self.service = build(self.settings, self.clock)
        self.service.migrate()
        self.app = self.service.app()
        self.documents = DocumentMaker(self.service)
        self.version = 0
        self.stage = stage
        self.to_stage(stage)
        for name, roles in PEOPLE.items():
            data = {
                "person_id": an_id(name),
                "version": 1,
                "memberships": [{"exercise_id": EXERCISE, "roles": roles, "representative": False}],
            }
            self.hear(catalogue.PERSON_LISTED, an_id(name), data)
        self.findings([RED, AMBER, STRENGTH])

    def hear(self, type_: str, key: str, data: Mapping[str, Any], event_id: str | None = None) -> Envelope:
        """Take an event in, held to its contract, as the worker does."""
        kind = catalogue.EVENTS[type_]
        envelope = Envelope(event_id or str(uuid4()), type_, kind.topic, key, self.clock.now(), data)
        catalogue.validate_out(envelope)
        self.again(envelope)
        return envelope

    def again(self, envelope: Envelope) -> None:
        """Take the very same event in."""
        with self.service.database.transaction() as tx:
            HANDLERS[envelope.type](tx, envelope)

    def to_stage(self, stage: str, releases: tuple[int, ...] = ()) -> None:
        """The exercise reached a stage."""
        self.version += 1
        self.stage = stage
        site = {"zones": ["EN", "RE", "WA"], "photos_allowed": True}
        data = {
            "exercise_id": EXERCISE,
            "version": self.version,
            "title": "Seaside, first round",
            "mode": "announced",
            "stage": stage,
            "partner": {"id": an_id("partner"), "name": "Seaside Council", "kind": "housing"},
            "sites": [
                {"id": SITE, "name": "Harbour House", **site},
                {"id": OTHER_SITE, "name": "Hill House", **site},
            ],
            "waves": [{"number": n, "opens": "2026-10-01", "closes": "2026-10-31"} for n in (1, 2)],
            "wave_releases": list(releases),
            "shared_before": stage in ("shared", "action", "closed"),
        }
        self.hear(catalogue.EXERCISE_PLANNED, EXERCISE, data)

    def second_wave_tells(self) -> None:
        """Assessment has something of the second wave; nobody released it."""
        data = {"exercise_id": EXERCISE, "site_id": SITE, "wave": 2, "revision": 1}
        self.hear(catalogue.WAVE_ASSESSED, f"{EXERCISE}/{SITE}", data | {"result": {}, "for_partner": {"wave": 2}})

    def findings(
        self, drawn: list[dict[str, Any]], revision: int = 1, for_partner: list[dict[str, Any]] | None = None
    ) -> Envelope:
        """Assessment drew findings for the first site."""
        data = {
            "exercise_id": EXERCISE,
            "site_id": SITE,
            "revision": revision,
            "findings": drawn,
            "for_partner": drawn if for_partner is None else for_partner,
            "comparison": None,
            "comparison_for_partner": None,
        }
        return self.hear(catalogue.FINDINGS_DRAWN, f"{EXERCISE}/{SITE}", data)

    def said(self, name: str, finding: dict[str, Any], quote: str | None, **more: Any) -> Envelope:
        """A visit of `name` came to something."""
        data = {
            "visit_id": an_id(f"visit of {name}"),
            "version": 1,
            "exercise_id": EXERCISE,
            "site_id": SITE,
            "wave": 1,
            "volunteer_key": volunteer_key(self.settings.identity_key, EXERCISE, an_id(name)),
            "said": [{"item": finding["item"], "zone": finding["zone"], "finding_id": finding["id"], "quote": quote}],
            "dropped": False,
        } | more
        return self.hear(catalogue.VISIT_ASSESSED, f"{EXERCISE}/{SITE}", data)

    def token(self, name: str) -> str:
        """A token for the API."""
        credential = Credential(an_id(name), an_id(f"token of {name}"), self.clock.now() + timedelta(days=900))
        return credentials.issue(self.settings.signing_key, Purpose.TOKEN, credential)

    def call(self, name: str, method: str, path: str, body: Any = None) -> TestResponse:
        """Call the API as somebody."""
        headers = {"Authorization": f"Bearer {self.token(name)}"}
        where = path if path.startswith("/api/") else API + path
        return self.app.test_client().open(where, method=method, headers=headers, json=body)

    def browser(self, name: str) -> FlaskClient:
        """A browser in which somebody is signed in."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["person"], session["credential"] = an_id(name), an_id(f"session of {name}")
            session["since"] = int(self.clock.now().timestamp())
        return client

    def post(self, client: FlaskClient, path: str, fields: Mapping[str, Any]) -> TestResponse:
        """Send a page's form with the token that its pages carry."""
        page = client.get("/recommendations").get_data(as_text=True)
        token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        return client.post(path, data={"csrf_token": token, **fields})

    def send(self, client: FlaskClient, path: str, fields: Mapping[str, Any]) -> TestResponse:
        """Send a page's form after looking at it once more."""
        return self.post(client, path, {**fields, "act": "send"})

    def written(self, by: str = "lead", **more: Any) -> dict[str, Any]:
        """A new draft."""
        body = {
            "exercise_id": EXERCISE,
            "site_id": SITE,
            "title": "Keep a space free in front of the desk",
            "why": "Others hear everything.",
            "findings": [RED["id"]],
            "kind": "practice",
            "cost_band": "none",
            "owner_post": "Front of house",
        } | more
        answer = self.call(by, "POST", "/recommendations", body)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    def move(self, by: str, recommendation: Mapping[str, Any], to: str, **more: Any) -> TestResponse:
        """Make a move."""
        return self.call(by, "POST", f"/recommendations/{recommendation['id']}/moves", {"to": to, **more})

    def moved(self, by: str, recommendation: Mapping[str, Any], to: str, **more: Any) -> dict[str, Any]:
        """Make a move that works."""
        answer = self.move(by, recommendation, to, **more)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    def shared(self, **more: Any) -> dict[str, Any]:
        """A recommendation that was shared; the exercise is in the managers' review or later."""
        draft = self.written(**more)
        self.moved("volunteer", draft, "agreed", note="Five for, nobody against.")
        if self.stage in ("plan", "fieldwork", "sense-making"):
            self.to_stage("manager-review")
        return self.moved("lead", draft, "shared")

    def done(self) -> dict[str, Any]:
        """A recommendation that the partner says is done."""
        asked = self.shared()
        self.moved("manager", asked, "accepted")
        proof = [{"kind": "date", "text": "2026-12-01"}]
        self.moved("manager", asked, "planned", note="Tape on the floor.", evidence=proof)
        self.moved("manager", asked, "doing", note="Tape is ordered.")
        return self.moved(
            "manager", asked, "partner-says-done", evidence=[{"kind": "photo", "text": "The line on the floor."}]
        )

    def make_documents(self) -> int:
        """Let the job make all documents that were asked for."""
        made = 0
        while self.documents.run_once():
            made += 1
        return made

    def events(self) -> list[Envelope]:
        """What reporting has announced."""
        with self.service.database.reading() as tx:
            return [envelope for _, envelope in outbox.unsent(tx, 500)]
