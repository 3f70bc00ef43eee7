"""(e), (f): what a visit, a findings page and a document cost with ever more behind them, and a replay of it all.

The history is made by the events intake would have sent, put on the log 200 at a time and taken in by the worker and
the real handlers; only the phones and intake's own tables are left out.
"""

from __future__ import annotations

import time
from typing import Any

from services.embedded.replaying import replay
from services.intake.use_cases import people
from services.reporting.use_cases import documents
from shared.messaging.running import close_all
from shared.messaging.worker import Worker
from tests.bench.backlog import events, publish, work_off, worker_of
from tests.bench.goals import Goals, say
from tests.bench.load import milliseconds
from tests.system import System

VISITS, PAGES, DOCUMENTS = 30, 15, 3


def measured(system: System, plan: dict[str, Any], sizes: list[int], goals: Goals) -> list[dict[str, float]]:
    """Run (e) for each size in turn, on one growing history; the figures."""
    lead, exercise, site = plan["people"][0]["id"], plan["exercise"]["id"], plan["sites"][0]["id"]
    token = people.create_token(system.intake, lead, 1)
    path = f"/api/assessment/v1/exercises/{exercise}/sites/{site}"
    client, headers = system.client("assessment"), {"Authorization": f"Bearer {token}"}
    for stage in ("fieldwork", "sense-making"):
        moved = system.client().post(f"/api/intake/v1/exercises/{exercise}/stage", json={"to": stage}, headers=headers)
        if moved.status_code != 200:
            raise RuntimeError(f"the stage could not be {stage}: {moved.text}")
    system.drain()
    log, worker = system.services["assessment"].log, worker_of(system)
    behind, found = 0, []

    def one_more() -> None:
        publish(log, events(system, plan, 1))
        work_off(worker, 1)

    def page(name: str) -> None:
        answer = client.get(f"{path}/{name}", headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{name} answered {answer.status_code}")

    for size in sizes:
        began, new = time.perf_counter(), size - behind
        publish(log, events(system, plan, new, seed=size))
        work_off(worker, new)
        took = time.perf_counter() - began
        figures = {
            "behind": size,
            "made_seconds": took,
            "visit_ms": milliseconds(one_more, VISITS),
            "findings_ms": milliseconds(lambda: page("findings"), PAGES),
            "wave_ms": milliseconds(lambda: page("waves/1"), PAGES),
        }
        behind = size + VISITS
        system.drain()
        figures["document_ms"] = _document(system, lead, exercise, one_more)
        behind += DOCUMENTS
        found.append(figures)
        told = (f"{what} {figures[f'{what}_ms']:.1f} ms" for what in ("visit", "findings", "wave", "document"))
        say(f"  {size:>7} visits behind (made in {took:.0f} s): {', '.join(told)}")
    least, most = found[0], found[-1]
    # A wave's result lists every answer there was (wire.md §4), so it grows with them whatever we do: told, no goal.
    for what in ("visit", "findings"):
        times = most[f"{what}_ms"] / least[f"{what}_ms"]
        goals.most(f"(e) {what} with {most['behind']} behind it, beside {least['behind']}", times, 1.5, " ×")
    return found


def _document(system: System, lead: str, exercise: str, one_more: Any) -> float:
    """The middle time of making the documents when something new must be told in them."""
    reporting = system.services["reporting"]
    took = []
    for _ in range(DOCUMENTS):
        one_more()
        system.drain()
        documents.ask_for_documents(reporting, lead, exercise)
        began = time.perf_counter()
        system.drain()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[len(took) // 2]


def replayed(system: System, visits: int) -> dict[str, float]:
    """(f): assessment and reporting worked out anew from the log; the figures."""
    close_all(job for job in system.jobs if isinstance(job, Worker))
    began = time.perf_counter()
    replay(system.services)
    took = time.perf_counter() - began
    say(f"  {visits} visits replayed in {took:.0f} s: {visits / took:.0f} a second")
    return {"visits": visits, "seconds": took, "visits_a_second": visits / took}
