"""Runs every measurement once and writes the figures, with what the machine is, to bench-results.json."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.runtime.log import configure_log
from tests.acceptance.product import Product
from tests.bench import accept, backlog, cleaning, latency, memory, visits
from tests.system import System

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "100,1000,10000").split(",")]


def say(line: str) -> None:
    """Tell a figure as soon as it is known."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


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
    found: dict[str, Any] = {"machine": machine()}
    say(f"{found['machine']}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        say("(b) photo cleaning")
        found["cleaning"] = cleaning.measured(say)
        _with_product(folder, found)
        say("(d) scoring from a backlog, embedded log")
        system = System(folder / "backlog")
        plan = backlog.begin(system)
        found["backlog"] = backlog.scored_a_second(system, plan, 3000, say)
        system.close()
        say("(e) what one more costs with ever more behind it")
        system = System(folder / "growth")
        found["growth"] = backlog.growth(system, backlog.begin(system), SIZES, say)
        system.close()
    Path("bench-results.json").write_text(json.dumps(found, indent=2) + "\n")
    say("Written to bench-results.json")


def _with_product(folder: Path, found: dict[str, Any]) -> None:
    product = Product(folder / "product")
    product.start()
    try:
        assert product.process is not None
        found["memory idle"] = memory.of_tree(product.process.pid)
        say(f"(g) memory, idle: {memory.told(found['memory idle'])}")
        plan = visits.plan(sites=2)
        clients = product.import_plan(plan)
        tokens = {person: client.token or "" for person, client in clients.items()}
        moved = clients[plan["people"][0]["id"]].post(
            f"/api/intake/v1/exercises/{plan['exercise']['id']}/stage", {"to": "fieldwork"}
        )
        moved.raise_for_status()
        product.drain()
        say("(c) submit to scored, 20 visits a second")
        found["latency"] = latency.measured(product, plan, tokens, say)
        say("(a) taking visits")
        found["accept"] = accept.measured(product, plan, tokens, folder, say)
        found["memory loaded"] = memory.of_tree(product.process.pid)
        say(f"(g) memory, after load: {memory.told(found['memory loaded'])}")
    finally:
        product.stop()


if __name__ == "__main__":
    main()
