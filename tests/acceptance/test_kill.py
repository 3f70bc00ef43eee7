"""Pull the plug while phones are sending: what was acknowledged is there afterwards, once, and what was not can be sent
again as if nothing had happened.
"""

import hashlib
import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests

from tests.acceptance import pictures, visits
from tests.acceptance.plans import World, new_world
from tests.acceptance.product import Client, Product, until

pytestmark = pytest.mark.slow
ROUNDS = 3
VISITS_PER_ROUND = 12


@dataclass
class Errand:
    """One visit with a photo, on its way from a phone."""

    visit_id: str
    body: dict[str, Any]
    photo: bytes
    answered: set[str] = field(default_factory=set)

    @property
    def photo_id(self) -> str:
        """The id of its only photo."""
        return str(self.body["photos"][0]["photo_id"])

    @property
    def finished(self) -> bool:
        """Both halves were acknowledged."""
        return self.answered == {"visit", "photo"}

    def try_to_send(self, client: Client) -> None:
        """Send what was not acknowledged yet. A lost connection says nothing; any other refusal is a fault."""
        if "visit" not in self.answered:
            status = client.send_visit(self.visit_id, self.body).status_code
            assert status in (200, 201, 503), status
            if status != 503:
                self.answered.add("visit")
        if "visit" in self.answered and "photo" not in self.answered:
            status = client.send_photo(self.visit_id, self.photo_id, self.photo, "image/jpeg").status_code
            assert status in (200, 201, 503), status
            if status != 503:
                self.answered.add("photo")


class Phones:
    """Volunteers who keep sending, each from a phone of their own, until all is acknowledged."""

    def __init__(self, world: World, errands: list[Errand]) -> None:
        self.world, self.errands, self.faults = world, errands, list[str]()
        self.stopped = threading.Event()
        people = world.volunteers
        self.threads = [
            threading.Thread(target=self._send, args=(who, errands[number :: len(people)]), daemon=True)
            for number, who in enumerate(people)
        ]

    def _send(self, who: str, errands: list[Errand]) -> None:
        for errand in errands:
            while not errand.finished and not self.stopped.is_set():
                try:
                    errand.try_to_send(Client(self.world.product.address, self.world.people[who].token))
                except requests.RequestException:
                    self.stopped.wait(0.05)
                except AssertionError as fault:
                    self.faults.append(f"{errand.visit_id}: {fault}")
                    return

    def acknowledged(self) -> int:
        """How many halves were acknowledged."""
        return sum(len(errand.answered) for errand in self.errands)


def make_errands(world: World, count: int) -> list[Errand]:
    """Visits that all see the same thing, each with a photo of its own."""
    made = []
    for number in range(count):
        picture = pictures.jpeg() + number.to_bytes(4, "big") + uuid.uuid4().bytes
        answers = [{"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 1}]
        body = visits.plain_environment(world.exercise, world.sites[0], 1, world.day(1), answers)
        photo = {"photo_id": str(uuid.uuid4()), "sha256": hashlib.sha256(picture).hexdigest(), "zone": "RE"}
        body["photos"] = [{**photo, "media_type": "image/jpeg", "bytes": len(picture), "annotations": []}]
        made.append(Errand(str(uuid.uuid4()), body, picture))
    return made


def test_what_was_acknowledged_is_there_once(tmp_path: Path) -> None:
    product = Product(tmp_path / "data")
    try:
        product.start()
        world = new_world(product, Random(41), [["RE"]])
        world.move("fieldwork")
        everything: list[Errand] = []
        for number in range(ROUNDS):
            errands = make_errands(world, VISITS_PER_ROUND)
            everything += errands
            phones = Phones(world, errands)
            for thread in phones.threads:
                thread.start()
            wanted = 3 + 5 * number
            until(
                lambda p=phones, n=wanted: p.acknowledged() >= n or bool(p.faults), 30, lambda: "some acknowledgements"
            )
            product.kill()
            held = [(errand, set(errand.answered)) for errand in everything]
            product.start()
            check_receipts(world, held)
            until(lambda p=phones: not any(t.is_alive() for t in p.threads), 60, lambda: "everything to be sent")
            assert not phones.faults, phones.faults
        product.kill()
        product.start()
        product.drain()
        check_everything(world, everything)
        verified = product.command("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
    finally:
        product.stop()


def check_receipts(world: World, held: list[tuple[Errand, set[str]]]) -> None:
    """Right after the start: every half that was acknowledged is known to be held."""
    owners = owners_of(world, [errand for errand, _ in held])
    for errand, answered in held:
        if "visit" in answered:
            receipt = owners[errand.visit_id].get(f"/api/intake/v1/visits/{errand.visit_id}/receipt")
            assert receipt.status_code == 200, f"an acknowledged visit is gone: {receipt.text}"
            state = receipt.json()["photos"][0]["state"]
            assert "photo" not in answered or state in ("safe", "cleaned"), f"an acknowledged photo is {state}"


def owners_of(world: World, errands: list[Errand]) -> dict[str, Client]:
    """Visit id -> the phone it came from."""
    people, owners = world.volunteers, {}
    for number, errand in enumerate(errands):
        owners[errand.visit_id] = world.people[people[number % VISITS_PER_ROUND % len(people)]]
    return owners


def check_everything(world: World, errands: list[Errand]) -> None:
    """Every visit counted once, every photo cleaned."""
    owners = owners_of(world, errands)
    for errand in errands:
        assert errand.finished
        path = f"/api/intake/v1/visits/{errand.visit_id}"
        receipt = owners[errand.visit_id].get(f"{path}/receipt").json()
        assert (receipt["state"], receipt["photos"][0]["state"]) == ("processed", "cleaned"), receipt
        assert owners[errand.visit_id].get(f"{path}/photos/{errand.photo_id}?size=display").status_code == 200
        assert owners[errand.visit_id].send_visit(errand.visit_id, errand.body).status_code == 200
    result = world.role("lead").get(world.wave_path(world.sites[0], 1)).json()
    (zone,) = result["zones"]
    assert (result["visits"], result["volunteers"]) == (len(errands), len(world.volunteers))
    assert (zone["trigger"]["points"], zone["trigger"]["maximum"]) == (len(errands), 3 * len(errands))
