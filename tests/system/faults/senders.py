"""A steady stream of what people send, each thing sent again until it is acknowledged, as a phone does."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import requests

from deploy.servers.waiting import until
from tests.acceptance.plans import World
from tests.acceptance.product import Client
from tests.acceptance.visits import everything_fine, plain_environment, visit_id
from tests.system.pictures import a_photo

AGAIN_SECONDS = 0.1
BETWEEN_SECONDS = 0.2
"""Between two things of one sender: the stream is steady, and what came of all of it is looked at in the end."""
SOME_MORE = 4
"""So many things more of every kind prove that the stream goes on."""


@dataclass
class Sender:
    """One person's programs, in a thread. `safe` has what was acknowledged; `surprises` what nobody should be told."""

    client: Client
    world: World
    seed: int
    safe: dict[str, Any] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    refused: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Send one thing after another until told to stop."""
        rng = Random(self.seed)
        while not self.stop.is_set():
            self.send_one(rng)

    def send_one(self, rng: Random) -> None:
        """One whole thing, acknowledged to the last part of it."""
        raise NotImplementedError

    def until_yes(self, send: Callable[[], requests.Response]) -> requests.Response | None:
        """The answer that said yes; None after a surprise, which ends this sender."""
        pause = threading.Event()
        while True:
            try:
                answer = send()
            except requests.RequestException:
                pause.wait(AGAIN_SECONDS)
                continue
            if answer.status_code in (200, 201):
                return answer
            if answer.status_code == 503 and answer.headers.get("Retry-After"):
                self.refused += 1
                pause.wait(AGAIN_SECONDS)
                continue
            self.surprises.append(f"{answer.status_code} {answer.text[:300]}")
            self.stop.set()
            return None


class Volunteer(Sender):
    """Sends visits with a photo each; every fifth visit twice, at once, as a phone that lost the answer."""

    def send_one(self, rng: Random) -> None:
        """A visit and its photo."""
        site = self.world.sites[self.seed % len(self.world.sites)]
        body = plain_environment(self.world.exercise, site, 1, self.world.day(1), everything_fine("RE"))
        body["consents"] = {"use_photos": True}
        photo = a_photo(rng)
        photo_id, new = visit_id(rng), visit_id(rng)
        listed = {"photo_id": photo_id, "sha256": hashlib.sha256(photo).hexdigest(), "media_type": "image/jpeg"}
        body["photos"] = [{**listed, "bytes": len(photo), "zone": "RE", "annotations": []}]
        for _ in range(2 if len(self.safe) % 5 == 0 else 1):
            self.until_yes(lambda: self.client.send_visit(new, body))
        if self.until_yes(lambda: self.client.send_photo(new, photo_id, photo, "image/jpeg")) is not None:
            self.safe[new] = body
        self.stop.wait(BETWEEN_SECONDS)


class Writer(Sender):
    """Writes recommendations. One that was kept and never acknowledged is written again, under another id."""

    def send_one(self, rng: Random) -> None:
        """A recommendation."""
        body = {
            "exercise_id": self.world.exercise,
            "site_id": self.world.sites[0],
            "title": f"A private room, number {rng.getrandbits(40)}",
            "why": "Everybody could be heard.",
            "findings": [],
            "items": ["P-RE-03"],
            "kind": "practice",
            "pie_area": "physical environment and social spaces",
            "cost_band": "none",
            "owner_post": "Front of house",
        }
        said = self.until_yes(lambda: self.client.post("/api/reporting/v1/recommendations", body))
        if said is not None:
            self.safe[said.json()["id"]] = body
        self.stop.wait(2 * BETWEEN_SECONDS)


class Stream:
    """All senders, running."""

    def __init__(self, senders: list[Sender]) -> None:
        self.senders = senders
        self._threads = [threading.Thread(target=sender.run, daemon=True) for sender in senders]
        for thread in self._threads:
            thread.start()

    def goes_on(self, seconds: float = 60, kinds: type[Sender] = Sender) -> None:
        """Return when each sender has had some more acknowledged. Raises TimeoutError, AssertionError."""
        before = [len(sender.safe) for sender in self.senders]

        def came() -> bool:
            self.is_not_surprised()
            return all(
                len(s.safe) >= had + SOME_MORE
                for s, had in zip(self.senders, before, strict=True)
                if isinstance(s, kinds)
            )

        until(came, seconds, f"more of everything than {before}")

    def is_not_surprised(self) -> None:
        """Nobody was told anything but yes, or come back later."""
        surprises = [told for sender in self.senders for told in sender.surprises]
        if surprises:
            raise AssertionError("\n".join(surprises))

    def was_refused(self) -> int:
        """How many answers were 503 with a time to come back."""
        return sum(sender.refused for sender in self.senders)

    def stop(self) -> None:
        """Let everybody finish what they are sending."""
        for sender in self.senders:
            sender.stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()
