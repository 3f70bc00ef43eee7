"""The disk of a small charity's machine is full for a while: whoever sends is told to come back, nothing that was
acknowledged is lost, and work goes on by itself once there is room again.

A limit on the size of every file stands for the full disk: it is the same for root and for anybody else.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest

from deploy.servers.waiting import until
from tests.acceptance.plans import new_world
from tests.acceptance.product import Product, descendants, running
from tests.system.faults.senders import Stream, Volunteer

pytestmark = pytest.mark.slow
ROOM = 400_000
"""Bytes of the longest file while the disk is full."""
REFUSALS = 20


@contextmanager
def full_disk(product: Product) -> Iterator[None]:
    """No file of the product may grow beyond `ROOM` in this block, whichever of its processes writes it."""
    limit_files(product, ROOM)
    try:
        yield
    finally:
        limit_files(product, resource.RLIM_INFINITY)


def limit_files(product: Product, size: int) -> None:
    assert product.process is not None
    for pid in (product.process.pid, *descendants(product.process.pid)):
        with suppress(ProcessLookupError):
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def test_a_full_disk_is_told_and_costs_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with running(tmp_path / "data") as product:
        world = new_world(product, Random(5), [["RE"]], wave_count=1, volunteers=2)
        world.move("fieldwork")
        stream = Stream([Volunteer(world.people[who], world, seed) for seed, who in enumerate(world.volunteers)])
        stream.goes_on()
        with full_disk(product):
            until(lambda: stream.was_refused() >= REFUSALS, 90, "a word that the disk is full")
            stream.is_not_surprised()
        stream.goes_on()
        stream.stop()
        stream.is_not_surprised()
        product.drain()
        sent = sum(len(sender.safe) for sender in stream.senders)
        result = world.role("lead").get(world.wave_path(world.sites[0], 1)).json()
        assert (result["visits"], result["volunteers"]) == (sent, 2)
        for sender in stream.senders:
            for visit in sender.safe:
                receipt = sender.client.get(f"/api/intake/v1/visits/{visit}/receipt").json()
                assert receipt["state"] == "processed", receipt
        verified = product.command("verify")
        assert verified.returncode == 0, verified.stderr
        assert "No event is set aside" in product.command("dead-letters", "list").stdout
        assert "our-fault" not in product.log.read_text(errors="replace")
