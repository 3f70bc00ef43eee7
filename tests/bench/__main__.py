"""Runs every measurement once and writes the figures, with what the machine is, to bench-results.json.

About ten minutes on two quiet cores, most of it for the history of 100,000 visits; BENCH_SIZES=100,10000 leaves that
out, BENCH_KAFKA=0 the measurements on Kafka.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.runtime.log import configure_log
from tests.acceptance.product import Product
from tests.bench import accept, backlog, cleaning, history, latency, memory, visits
from tests.bench.goals import Goals, say
from tests.system import System
from tests.system.machinery import Machinery, Place, Servers

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "100,10000,100000").split(",")]
ON_KAFKA = os.environ.get("BENCH_KAFKA", "1") == "1"
KAFKA_ONLY = Machinery("kafka-only", log="kafka")
BACKLOG = 3000


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "memory_gb": round(memory_kb / 1e6),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load_before": os.getloadavg()[0],
    }


def main() -> None:
    """Measure everything."""
    configure_log()
    goals = Goals()
    found: dict[str, Any] = {"machine": machine()}
    say(f"{found['machine']}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        say("(b) photo cleaning")
        found["cleaning"] = cleaning.measured(goals)
        found |= _with_product(folder / "embedded", goals)
        say("(d) scoring from a backlog")
        found["backlog"] = {"embedded": _backlog(folder / "backlog", {}, goals, "embedded log")}
        if ON_KAFKA:
            _on_kafka(folder, found, goals)
        say("(e) what one more costs with ever more behind it")
        system = System(folder / "growth", datetime.now(UTC))
        found["history"] = history.measured(system, backlog.begin(system), SIZES, goals)
        say("(f) replay")
        found["replay"] = history.replayed(system, SIZES[-1])
        system.close()
    found["goals"] = goals.told
    found["machine"]["load_after"] = os.getloadavg()[0]
    Path("bench-results.json").write_text(json.dumps(found, indent=2) + "\n")
    met = sum(goal["met"] for goal in goals.told)
    say(f"{met} of {len(goals.told)} goals met. Written to bench-results.json")


def _backlog(folder: Path, settings: dict[str, str], goals: Goals, where: str) -> dict[str, float]:
    system = System(folder, datetime.now(UTC), **settings)
    try:
        return backlog.scored_a_second(system, backlog.begin(system), BACKLOG, goals, where)
    finally:
        system.close()


def _on_kafka(folder: Path, found: dict[str, Any], goals: Goals) -> None:
    servers = Servers(folder / "servers")
    try:
        settings = Place(KAFKA_ONLY, servers).settings()
        found["backlog"]["kafka"] = _backlog(folder / "kafka-backlog", settings, goals, "Kafka")
        product = Product(folder / "kafka-product")
        product.environment |= Place(KAFKA_ONLY, servers).environ()
        product.start()
        try:
            plan, tokens = _begun(product)
            say("(c) submit to scored, 20 visits a second")
            found["latency"]["kafka"] = latency.measured(product, plan, tokens, goals, "Kafka", 600)
        finally:
            product.stop()
    finally:
        servers.stop()


def _begun(product: Product) -> tuple[dict[str, Any], dict[str, str]]:
    plan = visits.plan(sites=2)
    clients = product.import_plan(plan)
    lead = clients[plan["people"][0]["id"]]
    lead.post(f"/api/intake/v1/exercises/{plan['exercise']['id']}/stage", {"to": "fieldwork"}).raise_for_status()
    product.drain()
    return plan, {person: client.token or "" for person, client in clients.items()}


def _with_product(folder: Path, goals: Goals) -> dict[str, Any]:
    folder.mkdir()
    product, found = Product(folder / "product"), dict[str, Any]()
    product.start()
    try:
        assert product.process is not None
        found["memory idle"] = memory.of_tree(product.process.pid)
        say(f"(g) memory, idle: {memory.told(found['memory idle'])}")
        plan, tokens = _begun(product)
        say("(c) submit to scored, 20 visits a second")
        found["latency"] = {"embedded": latency.measured(product, plan, tokens, goals, "embedded", 300)}
        say("(a) taking visits")
        found["accept"] = accept.measured(product, plan, tokens, folder, goals)
        found["memory loaded"] = memory.of_tree(product.process.pid)
        say(f"(g) memory, after load: {memory.told(found['memory loaded'])}")
    finally:
        product.stop()
    return found


if __name__ == "__main__":
    main()
