"""(a) How fast visits are taken, beside the floor: 1 and 8 clients, without photos and with three of 300 KB."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from deploy.servers.ports import free_ports
from deploy.servers.waiting import until
from tests.acceptance.product import Product
from tests.bench import visits
from tests.bench.goals import Goals, say
from tests.bench.load import Request, Run, send

ROUNDS = 3
"""The middle one of so many is told."""


@contextmanager
def floor(folder: Path) -> Iterator[int]:
    """The bare server; its port."""
    folder.mkdir()
    (port,) = free_ports(1)
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.floor", str(folder), str(port)])
    try:
        until(lambda: _answers(port), 20, "the floor")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with closing(socket.socket()) as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def measured(
    product: Product, plan: dict[str, Any], tokens: dict[str, str], folder: Path, goals: Goals
) -> dict[str, Any]:
    """Run all of (a); the figures."""
    found: dict[str, Any] = {}
    # Counted on over all rounds: a photo whose bytes were there before would be found and not written.
    numbers = itertools.count()
    picture = [visits.picture(1600, 1200, seed, quality=62) for seed in range(3)]
    with floor(folder / "floor") as bare:
        for name, photos, counts in (("no photos", 0, {1: 400, 8: 1600}), ("3 photos", 3, {1: 60, 8: 160})):
            for clients, count in counts.items():
                rounds = []
                for _ in range(ROUNDS):
                    jobs = [_job(plan, tokens, next(numbers), picture[:photos]) for _ in range(count)]
                    least = send(bare, [_same_bytes(job) for job in jobs], clients)
                    rounds.append((send(product.port, jobs, clients), least))
                ours, least = sorted(rounds, key=lambda pair: pair[0].rate / pair[1].rate)[ROUNDS // 2]
                found[f"{name}, {clients} clients"] = _told(name, clients, ours, least)
                share = 0.5 if photos else 0.4
                goals.least(f"(a) {name}, {clients} client(s), of the floor's rate", ours.rate / least.rate, share)
                if clients == 1 and not photos:
                    goals.most("(a) a visit without photos, p50", ours.p50, 3, " ms")
                    goals.most("(a) a visit without photos, p99", ours.p99, 8, " ms")
    return found


def _told(name: str, clients: int, ours: Run, least: Run) -> dict[str, float]:
    ratio = ours.rate / least.rate
    say(f"  {name:<9} {clients} client(s)   {ours.told()}   floor {least.told()}   {ratio:6.0%} of the floor")
    return {"rate": ours.rate, "p50": ours.p50, "p99": ours.p99, "floor": least.rate, "ratio": ratio}


def _job(plan: dict[str, Any], tokens: dict[str, str], seed: int, pictures: list[bytes]) -> list[Request]:
    # Each picture gets bytes of its own at its end, as two photos of two visits never are the same.
    own = [picture + seed.to_bytes(8, "big") for picture in pictures]
    body = visits.body(plan, seed, own)
    volunteers = [person["id"] for person in plan["people"][1:]]
    token = {"Authorization": f"Bearer {tokens[volunteers[seed % len(volunteers)]]}"}
    visit = f"/api/intake/v1/visits/{uuid.uuid4()}"
    sent: list[Request] = [("PUT", visit, visits.encoded(body), token | {"Content-Type": "application/json"})]
    for listed, picture in zip(body["photos"], own, strict=True):
        sent.append(("PUT", f"{visit}/photos/{listed['photo_id']}", picture, token | {"Content-Type": "image/jpeg"}))
    return sent


def _same_bytes(job: list[Request]) -> list[Request]:
    return [(method, "/", body, {}) for method, _, body, _ in job]
