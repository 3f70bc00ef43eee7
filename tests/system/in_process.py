"""The product inside the test's own process, spoken to just as the running one is: worlds, stories and clients of the
acceptance tests work on it, on any machinery."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from services.embedded.web import service_of
from services.intake.use_cases import people, plan
from shared.messaging.running import drain
from tests.acceptance.plans import World
from tests.acceptance.product import Client
from tests.system import System

NOW = datetime.now(UTC)
"""Plans of the acceptance tests lie around today; this clock stands still, so that all machinery sees the same time."""
PATIENCE_SECONDS = 60


class Answer:
    """A test client's answer with the face of a `requests.Response`."""

    def __init__(self, answer: TestResponse) -> None:
        self.status_code, self.headers, self.content = answer.status_code, answer.headers, answer.get_data()
        self.text = self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.content)


class InProcess(System):
    """All three services on the machinery that `changes` name, with a clock that stands still."""

    def __init__(self, folder: Path, changes: Mapping[str, Any]) -> None:
        super().__init__(folder, NOW, **changes)
        self.folder = folder

    def drain(self) -> int:
        """Run everything that waits until nothing does; a broker may take a moment to deal out its partitions."""
        pause = threading.Event()
        return drain(self.jobs, wait=lambda: bool(pause.wait(0.02)) or None, patience=PATIENCE_SECONDS * 50)

    def world(self, file: dict[str, Any]) -> World:
        """Import a plan with all its effects, and come back with everybody's clients."""
        done = plan.import_plan(self.intake, file)
        self.drain()
        tokens = people.create_tokens(self.intake, done.people)
        return World(file, {person: Caller(self, token) for person, token in tokens.items()}, self)  # type: ignore[arg-type]


class Caller(Client):
    """One person's programs, without a network."""

    def __init__(self, system: InProcess, token: str) -> None:
        self.system, self.token = system, token

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Any request."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        query = more.pop("params", None)
        client = self.system.client(service_of(path.partition("?")[0]))
        return Answer(client.open(path, method=method, headers=headers, query_string=query, **more))
