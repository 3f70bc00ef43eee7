"""`kill -9` of everything, several times, while visits with photos come in: what was acknowledged is there, once.

Real processes, a real port, real files. Whoever sends does what a phone does: it sends again until it hears a yes.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests
from PIL import Image

from deploy.servers.waiting import until
from tests.acceptance.plans import World, new_world
from tests.acceptance.product import Client, Product, running
from tests.acceptance.visits import everything_fine, plain_environment, visit_id

pytestmark = pytest.mark.slow

KILLS = 3
BETWEEN_KILLS = 6
"""So many visits more are acknowledged, photos and all, before the next kill."""


@dataclass
class Sender:
    """One volunteer's phone: visits with a photo each, one after the other, each sent until it is acknowledged."""

    client: Client
    world: World
    seed: int
    stop: threading.Event
    safe: dict[str, dict[str, Any]] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)

    def run(self) -> None:
        rng = Random(self.seed)
        site = self.world.sites[0]
        while not self.stop.is_set():
            body = plain_environment(self.world.exercise, site, 1, self.world.day(1), everything_fine("RE"))
            photo = a_photo(rng)
            photo_id = visit_id(rng)
            body["photos"] = [
                {
                    "photo_id": photo_id,
                    "sha256": hashlib.sha256(photo).hexdigest(),
                    "media_type": "image/jpeg",
                    "bytes": len(photo),
                    "zone": "RE",
                    "annotations": [],
                }
            ]
            new = visit_id(rng)
            self._until_yes(lambda new=new, body=body: self.client.send_visit(new, body))  # type: ignore[misc]
            self._until_yes(
                lambda new=new, photo_id=photo_id, photo=photo: self.client.send_photo(  # type: ignore[misc]
                    new, photo_id, photo, "image/jpeg"
                )
            )
            self.safe[new] = body

    def _until_yes(self, send: Any) -> None:
        pause = threading.Event()
        while True:
            try:
                answer = send()
            except requests.RequestException:
                pause.wait(0.05)
                continue
            if answer.status_code in (200, 201):
                return
            if answer.status_code not in (502, 503):
                self.surprises.append(f"{answer.status_code} {answer.text[:300]}")
                self.stop.set()
                return


def a_photo(rng: Random) -> bytes:
    """A small JPEG that no other is like."""
    image = Image.frombytes("RGB", (48, 36), rng.randbytes(48 * 36 * 3))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=90)
    return kept.getvalue()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("crash") / "data") as started:
        yield started


def test_everything_acknowledged_is_there_once_after_every_kill(product: Product) -> None:
    world = new_world(product, Random(7), [["RE"]], wave_count=1, volunteers=2)
    world.move("fieldwork")
    stop = threading.Event()
    senders = [Sender(world.people[v], world, seed, stop) for seed, v in enumerate(world.volunteers)]
    threads = [threading.Thread(target=sender.run) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        for _ in range(KILLS):
            _more(senders, BETWEEN_KILLS)
            product.kill()
            product.start()
        _more(senders, BETWEEN_KILLS)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert [sender.surprises for sender in senders] == [[], []]
    product.drain()
    _each_is_there(senders)
    _each_counts_once(world, sum(len(sender.safe) for sender in senders))
    verified = product.command("verify")
    assert verified.returncode == 0, verified.stderr
    assert "No event is set aside" in product.command("dead-letters", "list").stdout
    _no_event_left_behind(product.folder)


def _more(senders: list[Sender], count: int) -> None:
    before = [len(sender.safe) for sender in senders]

    def came() -> bool:
        return all(len(s.safe) >= b + count // 2 or s.stop.is_set() for s, b in zip(senders, before, strict=True))

    until(came, 30, f"{count} more visits to be acknowledged")


def _each_is_there(senders: list[Sender]) -> None:
    for sender in senders:
        for sent, body in sender.safe.items():
            kept = sender.client.get(f"/api/intake/v1/visits/{sent}").json()
            assert len(kept["answers"]) == len(body["answers"])
            receipt = sender.client.get(f"/api/intake/v1/visits/{sent}/receipt").json()
            assert receipt["state"] == "processed", receipt
            assert [photo["state"] for photo in receipt["photos"]] == ["cleaned"]


def _each_counts_once(world: World, visits: int) -> None:
    lead = world.role("lead")
    result = lead.get(world.wave_path(world.sites[0], 1)).json()
    assert (result["visits"], result["volunteers"]) == (visits, 2)
    assert {item["n"] for item in result["items"]} == {visits}


def _no_event_left_behind(folder: Path) -> None:
    log = sqlite3.connect(f"file:{folder / 'events.db'}?mode=ro", uri=True)
    ids = [json.loads(body)["id"] for (body,) in log.execute("SELECT body FROM events")]
    log.close()
    assert len(ids) == len(set(ids))
    for service in ("intake", "assessment", "reporting"):
        database = sqlite3.connect(f"file:{folder / f'{service}.db'}?mode=ro", uri=True)
        (left,) = database.execute("SELECT count(*) FROM outbox").fetchone()
        database.close()
        assert left == 0, service
