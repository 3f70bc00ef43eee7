"""(c) From a visit sent to the visit counted in the wave's result, at twenty visits a second."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

from tests.acceptance.product import Product
from tests.bench import visits
from tests.bench.load import send, summed

A_SECOND = 20


def measured(
    product: Product, plan: dict[str, Any], tokens: dict[str, str], say: Callable[[str], None], *, count: int = 160
) -> dict[str, float]:
    """Run all of (c) on a site of its own; the figures in milliseconds."""
    lead, *volunteers = (person["id"] for person in plan["people"])
    path = f"/api/assessment/v1/exercises/{plan['exercise']['id']}/sites/{plan['sites'][-1]['id']}/waves/1"
    sent: list[float] = []
    counted: list[float] = []
    pause = threading.Event()

    def watch() -> None:
        request = urllib.request.Request(product.address + path, headers={"Authorization": f"Bearer {tokens[lead]}"})
        deadline = time.perf_counter() + count / A_SECOND + 30
        while len(counted) < count and time.perf_counter() < deadline:
            with urllib.request.urlopen(request) as answer:
                seen = json.load(answer)["visits"]
            counted.extend([time.perf_counter()] * (seen - len(counted)))
            pause.wait(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    for n in range(count):
        pause.wait(max(0.0, began + n / A_SECOND - time.perf_counter()))
        token = {"Authorization": f"Bearer {tokens[volunteers[n % len(volunteers)]]}"}
        body = visits.encoded(visits.body(plan, n, site=len(plan["sites"]) - 1))
        headers = token | {"Content-Type": "application/json"}
        send(product.port, [[("PUT", f"/api/intake/v1/visits/{uuid.uuid4()}", body, headers)]], 1)
        sent.append(time.perf_counter())
    watcher.join()
    if len(counted) < count:
        raise RuntimeError(f"only {len(counted)} of {count} visits were scored in time")
    run = summed([(c - s) * 1000 for s, c in zip(sent, counted, strict=True)], count / A_SECOND)
    say(f"  from safe to scored: p50 {run.p50:.0f} ms, p99 {run.p99:.0f} ms")
    return {"p50": run.p50, "p99": run.p99}
