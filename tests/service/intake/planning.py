"""An intake with a plan in it, on a real database file, and people who call its API or open its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.intake.use_cases.people import create_tokens, invite
from services.intake.use_cases.plan import import_plan
from services.intake.wiring import build
from shared.runtime.clock import MovableClock
from shared.runtime.service import Service
from shared.runtime.settings import Settings, make_keys
from tests.service.intake.plans import EXERCISE, a_plan, an_id

API = "/api/intake/v1"
PLACE = f"{API}/exercises/{EXERCISE}"
START = datetime(2026, 10, 5, 9, tzinfo=UTC)


def an_intake(folder: Path, rate_limits: bool = False, **more: str) -> Service:
    """A migrated intake with nothing in it, on a clock that stands still. `more`: other settings."""
    make_keys(folder)
    limits = {"OPENDOOR_RATE_LIMITS": str(int(rate_limits))}
    settings = Settings.from_env({"OPENDOOR_DATA": str(folder), **limits, **more})
    service = build(settings, MovableClock(START))
    service.migrate()
    return service


@dataclass
class House:
    """Intake with the plan of `plans.py`, its app, and a token for everybody in it."""

    service: Service
    app: Flask = field(init=False)
    tokens: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        done = import_plan(self.service, a_plan())
        self.app = self.service.app()
        self.tokens = create_tokens(self.service, done.people)

    def call(self, who: str, method: str, path: str, **more: Any) -> TestResponse:
        """One API call of one person (a name of `plans.py`)."""
        headers = {"Authorization": f"Bearer {self.tokens[an_id(who)]}"}
        return self.app.test_client().open(path, method=method, headers=headers, **more)

    def move(self, to: str) -> None:
        """Take the exercise forward until it is in this stage, the way its people would."""
        order = ["fieldwork", "sense-making", "manager-review", "shared", "action", "closed"]
        for stage in order[: order.index(to) + 1]:
            if stage in ("manager-review", "shared"):
                self.act_on_release(stage)
                continue
            if stage == "closed":
                self.close()
            done = self.call("lead", "POST", f"{PLACE}/stage", json={"to": stage})
            assert done.status_code == 200, done.text

    def act_on_release(self, to: str, **more: Any) -> None:
        """Both keys for one release."""
        for who in ("lead", "volunteer-1"):
            done = self.call(who, "POST", f"{PLACE}/releases", json={"to": to, **more})
        assert done.status_code == 200, done.text

    def close(self) -> TestResponse:
        """Sign the formal closure."""
        body = {"unwind": ["The appointment in the diary", "The dummy record"], "statement": "The sponsor told us."}
        return self.call("lead", "POST", f"{PLACE}/closure", json=body)

    def browser(self, who: str) -> Browser:
        """A browser that came in by this person's invitation link."""
        browser = Browser(self.app.test_client())
        link = invite(self.service, an_id(who)).removeprefix(self.service.settings.public_url)
        browser.send(link, {}, page=link)
        return browser


@dataclass
class Browser:
    """Somebody's browser: opens pages and sends their forms with the page's own token."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def send(self, path: str, fields: dict[str, Any], *, page: str) -> TestResponse:
        """Fill in a form of `page` and send it to `path`; hidden fields that the page holds are sent along."""
        shown = self.client.get(page).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
        assert token, shown
        version = re.search(r'name="version" value="(\d+)"', shown)
        hidden = {"csrf_token": token[1]} | ({"version": version[1]} if version else {})
        return self.client.post(path, data={**hidden, **fields})
