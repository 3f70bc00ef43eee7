"""The whole product in a temporary folder, without processes: a clock that is moved, jobs that are drained."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from services.embedded.house import build_all
from services.intake.use_cases import people, plan
from shared.messaging.running import close_all, drain
from shared.runtime.clock import MovableClock
from shared.runtime.service import Service
from shared.runtime.settings import Settings

AUTUMN = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


class System:
    """All three services on the embedded machinery. `changes` are settings that differ from the defaults."""

    def __init__(self, folder: Path, start: datetime = AUTUMN, **changes: Any) -> None:
        self.clock = MovableClock(start)
        self.settings = embedded_settings(folder, **changes)
        self.services: Mapping[str, Service] = build_all(self.settings, self.clock)
        for service in self.services.values():
            service.migrate()
        self.jobs = [job for service in self.services.values() for job in service.jobs()]
        self.apps = {name: service.app() for name, service in self.services.items()}

    @property
    def intake(self) -> Service:
        """Where plans and visits are."""
        return self.services["intake"]

    def client(self, service: str = "intake") -> FlaskClient:
        """A fresh browser or program in front of one service."""
        return self.apps[service].test_client()

    def drain(self) -> int:
        """Run everything that waits until nothing does."""
        return drain(self.jobs)

    def plan(self, file: dict[str, Any]) -> dict[str, str]:
        """Import a plan with all its effects; an API token per person."""
        done = plan.import_plan(self.intake, file)
        self.drain()
        return people.create_tokens(self.intake, done.people)

    def close(self) -> None:
        """Let go of every file."""
        close_all(self.jobs)
        for service in self.services.values():
            service.database.close()


def embedded_settings(folder: Path, **changes: Any) -> Settings:
    """Settings of the embedded set in `folder`, without demo and rate limits."""
    environ = {
        "OPENDOOR_DATA": str(folder),
        "OPENDOOR_DEMO": "0",
        "OPENDOOR_RATE_LIMITS": "0",
        "OPENDOOR_SIGNING_KEY": "signing-" * 8,
        "OPENDOOR_IDENTITY_KEY": "identity-" * 8,
    }
    return Settings.from_env(environ | {f"OPENDOOR_{name.upper()}": str(value) for name, value in changes.items()})
