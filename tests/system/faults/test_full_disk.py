"""The disk of a small charity's machine is full for a while: whoever sends is told to come back, no process ends,
nothing that was acknowledged is lost, and work goes on by itself once there is room again.

Where mounting is allowed (CI runs as root) the disk is a small file system and really full; see `full.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from random import Random

import pytest

from deploy.servers.waiting import until
from tests.acceptance.plans import World, new_world
from tests.acceptance.product import Product, descendants, running
from tests.system.faults.full import filled, may_mount, short_files, small_file_system
from tests.system.faults.senders import Stream, Volunteer

pytestmark = pytest.mark.slow
REFUSALS = 20
PATHS = ("/readyz", "/healthz", "/sign-in", "/metrics")

Full = Callable[[Product], AbstractContextManager[None]]


@pytest.fixture(params=["every-file-is-limited", *(["the-file-system-is-full"] if may_mount() else [])])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Full]]:
    """Where the data folder is, and how its disk gets full."""
    with ExitStack() as held:
        if request.param == "every-file-is-limited":
            yield tmp_path / "data", short_files
        else:
            disk = held.enter_context(small_file_system(tmp_path / "disk"))
            yield disk / "data", lambda _product: filled(disk)


def test_a_full_disk_is_told_and_costs_nothing_that_was_acknowledged(place: tuple[Path, Full], tmp_path: Path) -> None:
    folder, full_disk = place
    with running(folder, log=tmp_path / "product.log") as product:
        assert product.process is not None
        world = new_world(product, Random(5), [["RE"]], wave_count=1, volunteers=2)
        world.move("fieldwork")
        stream = Stream([Volunteer(world.people[who], world, seed) for seed, who in enumerate(world.volunteers)])
        stream.goes_on()
        everybody = descendants(product.process.pid)
        with full_disk(product):
            until(lambda: stream.was_refused() >= REFUSALS, 90, "a word that the disk is full")
            look_around(product, world)
            stream.is_not_surprised()
        stream.goes_on()
        stream.stop()
        stream.is_not_surprised()
        assert set(everybody) <= set(descendants(product.process.pid)), "a process ended"
        product.drain()
        everything_is_there(product, world, stream)
        assert "our-fault" not in product.log.read_text(errors="replace")


def look_around(product: Product, world: World) -> None:
    """Pages and figures, at more paths than were counted before: nothing breaks, and no process ends of it."""
    anybody, lead = product.client(None), world.role("lead")
    for path in PATHS:
        assert anybody.get(path).status_code in (200, 503), path
    for number in range(60):
        for who, path in ((anybody, PATHS[number % len(PATHS)]), (lead, f"/api/intake/v1/visits/{number}")):
            assert who.call(("GET", "HEAD", "POST")[number % 3], path).status_code != 500, path


def everything_is_there(product: Product, world: World, stream: Stream) -> None:
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
    assert list((product.folder / "objects").glob("unfinished/*")) == []
