"""(c) From a visit sent to the visit counted in the wave's result, at twenty visits a second."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
import uuid
from typing import Any

from tests.acceptance.product import Product
from tests.bench import visits
from tests.bench.goals import Goals, say
from tests.bench.load import send, summed

A_SECOND = 20
VISITS = 160


def measured(
    product: Product,
    plan: dict[str, Any],
    tokens: dict[str, str],
    goals: Goals,
    where: str,
    most: float,
) -> dict[str, float]:
    """Run all of (c) on a site of its own; the figures in milliseconds, of which p99 should be at most `most`."""
    lead, *volunteers = (person["id"] for person in plan["people"])
    path = f"/api/assessment/v1/exercises/{plan['exercise']['id']}/sites/{plan['sites'][-1]['id']}/waves/1"
    sent: list[float] = []
    counted: list[float] = []
    pause = threading.Event()

    def watch() -> None:
        request = urllib.request.Request(product.address + path, headers={"Authorization": f"Bearer {tokens[lead]}"})
        deadline = time.perf_counter() + VISITS / A_SECOND + 30
        while len(counted) < VISITS and time.perf_counter() < deadline:
            with urllib.request.urlopen(request) as answer:
                seen = json.load(answer)["visits"]
            counted.extend([time.perf_counter()] * (seen - len(counted)))
            pause.wait(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    for n in range(VISITS):
        pause.wait(max(0.0, began + n / A_SECOND - time.perf_counter()))
        token = {"Authorization": f"Bearer {tokens[volunteers[n % len(volunteers)]]}"}
        body = visits.encoded(visits.body(plan, n, site=len(plan["sites"]) - 1))
        headers = token | {"Content-Type": "application/json"}
        send(product.port, [[("PUT", f"/api/intake/v1/visits/{uuid.uuid4()}", body, headers)]], 1)
        sent.append(time.perf_counter())
    watcher.join()
    if len(counted) < VISITS:
        raise RuntimeError(f"only {len(counted)} of {VISITS} visits were scored in time")
    run = summed([(c - s) * 1000 for s, c in zip(sent, counted, strict=True)], VISITS / A_SECOND)
    say(f"  {where}: from safe to scored p50 {run.p50:.0f} ms, p99 {run.p99:.0f} ms")
    goals.most(f"(c) submit to scored finding, p99, {where}", run.p99, most, " ms")
    return {"p50": run.p50, "p99": run.p99}
