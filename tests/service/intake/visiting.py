"""Intake alone in a temporary folder, and visits, photos and callers to try it with."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from services.intake import wiring
from services.intake.domain.exercise import Release
from services.intake.use_cases import exercises, people, plan
from shared.contracts.envelope import Envelope
from shared.messaging.outbox import unsent
from shared.runtime.clock import MovableClock
from shared.runtime.settings import Settings
from tests.service.intake.plans import EXERCISE, SITE, a_plan, an_id

OCTOBER = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)
API = "/api/intake/v1/visits"


def the_plan(**changes: Any) -> dict[str, Any]:
    """The usual plan, where both volunteers were asked for both kinds of visit in both rounds."""
    asked = [
        {
            "id": an_id(f"assigned-{volunteer}-{wave}-{kind}"),
            "volunteer": an_id(volunteer),
            "site": SITE,
            "wave": wave,
            "kind": kind,
            **({"scenario": an_id("scenario")} if kind == "mystery-shop" else {}),
        }
        for volunteer in ("volunteer-1", "volunteer-2")
        for wave in (1, 2)
        for kind in ("environment", "mystery-shop")
    ]
    return a_plan(**{"assignments": asked, **changes})


class Intake:
    """Intake with a plan in fieldwork, and a token for everybody in it."""

    def __init__(self, folder: Path, stage: str = "fieldwork", plan_file: dict[str, Any] | None = None, **limits: Any):
        self.clock = MovableClock(OCTOBER)
        self.settings = Settings(
            data=folder,
            demo=False,
            rate_limits=False,
            event_log=f"sqlite:///{folder / 'events.db'}",
            intake_database=f"sqlite:///{folder / 'intake.db'}",
            objects=f"file://{folder / 'objects'}",
            signing_key=b"signing-" * 8,
            identity_key=b"identity-" * 8,
            **limits,
        )
        self.service = wiring.build(self.settings, self.clock)
        self.service.migrate()
        file = plan_file or the_plan()
        plan.import_plan(self.service, file)
        self.tokens: Mapping[str, str] = people.create_tokens(self.service, [one["id"] for one in file["people"]])
        self.app = self.service.app()
        self.jobs = list(self.service.jobs())
        if stage != "plan":
            self.move("fieldwork")

    def move(self, to: str) -> None:
        """The lead moves the exercise on."""
        exercises.move_exercise(self.service, EXERCISE, an_id("lead"), to, None)

    def as_(self, who: str) -> Caller:
        """A program with the token of that person."""
        return Caller(self.app.test_client(), self.tokens[an_id(who)])

    def work(self, name: str) -> int:
        """Run one job until it has nothing left to do; returns how many things it did."""
        job = next(job for job in self.jobs if job.name.endswith(name))
        done = 0
        while more := job.run_once():
            done += more
        return done

    def told(self) -> list[Envelope]:
        """The visit events that wait in the outbox, in order."""
        with self.service.database.reading() as tx:
            return [one for _, one in unsent(tx, 1000) if one.topic == "opendoor.visits"]

    def close(self) -> None:
        """Let go of every file."""
        self.service.database.close()


class Caller:
    """The calls of wire.md §3."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def put(self, visit_id: str, body: Any, **headers: str) -> TestResponse:
        return self.client.put(f"{API}/{visit_id}", json=body, headers={**self.headers, **headers})

    def put_raw(self, visit_id: str, body: bytes, content_type: str = "application/json") -> TestResponse:
        return self.client.put(f"{API}/{visit_id}", data=body, content_type=content_type, headers=self.headers)

    def get(self, visit_id: str, rest: str = "", known: str | None = None) -> TestResponse:
        more = {} if known is None else {"If-None-Match": known}
        return self.client.get(f"{API}/{visit_id}{rest}", headers={**self.headers, **more})

    def amend(self, visit_id: str, body: Any, etag: str | None) -> TestResponse:
        more = {} if etag is None else {"If-Match": etag}
        return self.client.put(f"{API}/{visit_id}/amendment", json=body, headers={**self.headers, **more})

    def withdraw(self, visit_id: str) -> TestResponse:
        return self.client.post(f"{API}/{visit_id}/withdrawal", json={}, headers=self.headers)

    def put_photo(self, visit_id: str, photo_id: str, body: bytes) -> TestResponse:
        return self.client.put(
            f"{API}/{visit_id}/photos/{photo_id}", data=body, content_type="image/jpeg", headers=self.headers
        )

    def put_voice(self, visit_id: str, voice_id: str, body: bytes) -> TestResponse:
        return self.client.put(
            f"{API}/{visit_id}/voice-notes/{voice_id}", data=body, content_type="audio/webm", headers=self.headers
        )


def close(intake: Intake) -> None:
    """Take the exercise to its end."""
    to_action(intake)
    unwind = ["The appointment in the diary", "The dummy record"]
    exercises.sign_closure(intake.service, EXERCISE, an_id("lead"), unwind, "All is undone.")
    intake.move("closed")


def to_action(intake: Intake) -> None:
    """Share the first round, and go on to what is done about it."""
    for stage in ("sense-making", "manager-review", "shared", "action"):
        if stage in ("manager-review", "shared"):
            for who in ("lead", "volunteer-1"):
                exercises.give_key(intake.service, EXERCISE, an_id(who), Release(stage))
        else:
            intake.move(stage)


def to_second_round(intake: Intake) -> None:
    """Share the first round, and wait for the days of the second. Everybody has a new token by then."""
    to_action(intake)
    intake.clock.move(timedelta(days=100))
    intake.tokens = people.create_tokens(intake.service, list(intake.tokens))


def new_id() -> str:
    return str(uuid4())


def a_visit(**changes: Any) -> dict[str, Any]:
    """A check of the building in which nothing is wrong."""
    visit: dict[str, Any] = {
        "exercise_id": EXERCISE,
        "site_id": SITE,
        "wave": 1,
        "kind": "environment",
        "instrument": "pie-environment",
        "instrument_version": 1,
        "form": "long",
        "channel": "face-to-face",
        "visited_on": "2026-10-10",
        "part_of_day": "morning",
        "stopped_early": False,
        "keep_answers": False,
        "zones_complete": ["WA"],
        "answers": [
            {"item": "P-WA-02", "zone": "WA", "answer": "bad", "trigger": 3, "words": "People sat behind me."},
            {"item": "P-WA-06", "zone": "WA", "answer": "both", "trigger": 1, "comfort": 2},
            {"item": "P-WA-07", "zone": "WA", "answer": "good", "comfort": 2},
            {"item": "P-AZ-03", "zone": "RE", "answer": "did-not-see"},
        ],
        "first_impressions": {"WA": "Hard chairs in one row."},
        "photos": [],
        "consents": {"quote": True},
    }
    return visit | changes


def a_shop(**changes: Any) -> dict[str, Any]:
    """A mystery shop in which nothing is wrong."""
    visit: dict[str, Any] = {
        "exercise_id": EXERCISE,
        "site_id": SITE,
        "wave": 1,
        "kind": "mystery-shop",
        "instrument": "mystery-shop",
        "instrument_version": 1,
        "form": "long",
        "channel": "face-to-face",
        "visited_on": "2026-10-10",
        "part_of_day": "afternoon",
        "answers": [
            {"item": "M-WE-03", "answer": "0", "words": "All of it at the desk."},
            {"item": "M-CV-01", "answer": "2"},
            {"item": "M-AF-01", "answer": "too-soon"},
        ],
        "faces": {"WE": 2, "CV": 4},
        "consents": {"quote": True, "use_photos": False},
    }
    return visit | changes


def a_jpeg(shade: int = 100, size: tuple[int, int] = (200, 150)) -> bytes:
    """A phone's JPEG, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 49.0, 20.0), 3: "W", 4: (0.0, 8.0, 10.0)})
    file = io.BytesIO()
    Image.new("RGB", size, (shade, 80, 120)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def a_mark(**body: Any) -> dict[str, Any]:
    """A mark on a photo as a Web Annotation."""
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "body": {
            "type": "TextualBody",
            "purpose": "tagging",
            "value": "trigger",
            "item": "P-WA-02",
            "strength": 3,
            **body,
        },
        "target": {"selector": {"type": "FragmentSelector", "value": "xywh=percent:10,20,30.5,40"}},
    }


def listing(photo: bytes, photo_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """The entry of `photos[]` for these bytes."""
    return {
        "photo_id": photo_id or new_id(),
        "sha256": hashlib.sha256(photo).hexdigest(),
        "media_type": "image/jpeg",
        "bytes": len(photo),
        "zone": "WA",
        "annotations": [a_mark()],
    } | changes


def pointers(response: TestResponse) -> set[str]:
    """Where a problem says the faults are."""
    assert response.mimetype == "application/problem+json"
    found = response.get_json()
    assert found["status"] == response.status_code
    return {error["pointer"] for error in found["errors"]}


class Browser:
    """A person in front of the pages, signed in, without JavaScript."""

    def __init__(self, intake: Intake, who: str) -> None:
        self.client = intake.app.test_client()
        link = urlsplit(people.invite(intake.service, an_id(who))).path
        arrived = self.client.get(link)
        self.page = arrived
        entered = self.client.post(link, data={"csrf_token": self.csrf()})
        assert entered.status_code == 303

    def csrf(self) -> str:
        """The hidden field of the page that is open."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page.text)
        assert found, self.page.text
        return found[1]

    def open(self, path: str) -> str:
        """Open a page; returns its text. A redirect is followed."""
        self.page = self.client.get(path, follow_redirects=True)
        assert self.page.status_code == 200, (path, self.page.status_code, self.page.text)
        return self.page.text

    def send(self, path: str, status: int = 303, **fields: Any) -> str:
        """Send a form of the page that is open; returns where that leads, or the page when nothing follows.

        What the page says further in the form's address goes with it.
        """
        whole = re.search(rf'action="({re.escape(path)}\?[^"]+)"', self.page.text)
        path = unescape(whole[1]) if whole else path
        files = {name: value for name, value in fields.items() if isinstance(value, tuple)}
        data = {"csrf_token": self.csrf(), **fields}
        answered = self.client.post(path, data=data, content_type="multipart/form-data" if files else None)
        assert answered.status_code == status, (path, answered.status_code, answered.text)
        if status == 303:
            return str(answered.location)
        self.page = answered
        return answered.text


def voice_listing(recording: bytes, voice_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """The entry of `voice_notes[]` for these bytes."""
    return {
        "voice_id": voice_id or new_id(),
        "sha256": hashlib.sha256(recording).hexdigest(),
        "media_type": "audio/webm",
        "bytes": len(recording),
        "seconds": 2,
        "zone": "WA",
    } | changes


def a_pin(**changes: Any) -> dict[str, Any]:
    """A pin on a sketch plan."""
    return {"zone": "WA", "x": 20.5, "y": 70, "value": "trigger", "item": "P-WA-02", "strength": 2} | changes
