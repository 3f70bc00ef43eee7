"""The running product as its operator meets it: figures over all its processes, a log with nothing of anybody in it, a
backup while visits come in, and a stop that lets whoever is being served finish."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from deploy.servers.waiting import until
from tests.acceptance.plans import World, new_world
from tests.acceptance.product import Product
from tests.acceptance.visits import everything_fine, plain_environment, visit_id
from tests.system.test_crash import Sender

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    made = Product(tmp_path_factory.mktemp("operating") / "data")
    made.environment["OPENDOOR_LOG_LEVEL"] = "info"
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def world(product: Product) -> World:
    made = new_world(product, Random(11), [["RE"]], wave_count=1, volunteers=2)
    made.move("fieldwork")
    return made


def test_figures_are_those_of_all_processes_together(product: Product) -> None:
    asked = 40
    for _ in range(asked):
        assert product.client(None).get("/api/assessment/healthz").status_code == 200
    said = product.client(None).get("/api/assessment/metrics").text
    line = r'opendoor_request_seconds_count\{method="GET",path="/api/assessment/healthz",.*\} (\S+)'
    assert [float(count) for count in re.findall(line, said)] == [asked]
    assert 'opendoor_part_there{part="event log",service="assessment"} 1.0' in said
    assert "intake" not in said
    assert product.client(None).get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    for path in ("/readyz", "/api/assessment/readyz", "/api/reporting/readyz"):
        assert product.client(None).get(path).json()["state"] == "ready"


def test_the_log_of_a_busy_day_names_nobody(product: Product, world: World) -> None:
    rng = Random(3)
    body = plain_environment(world.exercise, world.sites[0], 1, world.day(1), everything_fine("RE"))
    body["answers"][0]["words"] = "Somebody with a blue hat shouted."
    sent = visit_id(rng)
    answer = world.people[world.volunteers[0]].send_visit(sent, body)
    assert answer.status_code == 201
    thread = answer.headers["X-Request-Id"]
    product.drain()
    lines = [json.loads(line) for line in product.log.read_text().splitlines() if line.startswith("{")]
    followed = {line.get("service") or line.get("consumer") for line in lines if line.get("correlation_id") == thread}
    assert followed == {"intake", "assessment", "reporting"}
    written = product.log.read_text()
    hidden = [sent, world.exercise, *world.people, *(person["name"] for person in world.plan["people"])]
    hidden += [
        "blue hat",
        world.day(1),
        *(client.session.headers["Authorization"][7:] for client in world.people.values()),
    ]
    assert [one for one in hidden if one in written] == []


def test_a_backup_of_the_running_product_comes_back_with_everything_acknowledged_before(
    product: Product, world: World, tmp_path: Path
) -> None:
    stop = threading.Event()
    senders = [Sender(world.people[v], world, seed + 50, stop) for seed, v in enumerate(world.volunteers)]
    threads = [threading.Thread(target=sender.run) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        until(lambda: all(len(sender.safe) >= 4 for sender in senders), 60, "a few visits")
        before = [set(sender.safe) for sender in senders]
        file = tmp_path / "kept.tar"
        made = product.command("backup", str(file))
        assert made.returncode == 0, made.stderr
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert [sender.surprises for sender in senders] == [[], []]
    other = Product(tmp_path / "other")
    back = other.command("restore", str(file))
    assert back.returncode == 0, back.stderr
    try:
        other.start()
        other.drain()
        assert other.command("verify").returncode == 0
        known = 0
        for sender, acknowledged in zip(senders, before, strict=True):
            again = other.client(sender.client.token)
            for sent in sender.safe:
                receipt = again.get(f"/api/intake/v1/visits/{sent}/receipt")
                assert sent not in acknowledged or receipt.json()["state"] == "processed"
                known += receipt.status_code == 200 and receipt.json()["state"] == "processed"
        result = other.client(world.role("lead").token).get(world.wave_path(world.sites[0], 1)).json()
        assert result["visits"] in (known, known + 1)  # the visit of the test before this one
    finally:
        other.stop()


def test_whoever_is_being_served_is_served_when_it_stops(product: Product, world: World) -> None:
    body = json.dumps(
        plain_environment(world.exercise, world.sites[0], 1, world.day(1), everything_fine("RE"))
    ).encode()
    client = world.people[world.volunteers[1]]
    head = (
        f"PUT /api/intake/v1/visits/{visit_id(Random(99))} HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {client.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", product.port)) as line:
        line.settimeout(20)
        line.sendall(head.encode() + body[:-40])
        # Somebody else's request, answered after ours has begun, shows that ours is being served.
        assert product.client(None).get("/healthz").status_code == 200
        left: list[float | None] = []
        stopping = threading.Thread(target=lambda: left.append(product.stop()))
        stopping.start()
        until(lambda: not _takes_connections(product.port), 10, "no new connection to be answered")
        line.sendall(body[-40:])
        assert line.recv(12) == b"HTTP/1.1 201"
        stopping.join(15)
    assert left == [0]


def _takes_connections(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.settimeout(1)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return line.recv(5) == b"HTTP/"
    except OSError:
        return False
