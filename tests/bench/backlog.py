"""(d), (e), (f): scoring from a backlog, what a visit and a page cost with ever more behind them, and replay.

The events are those intake would have sent; they go through the log, the worker and the real handlers.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.use_cases import people
from services.intake.use_cases import plan as plans
from shared.access.volunteer_key import volunteer_key
from shared.contracts import catalogue
from shared.contracts.envelope import Envelope
from shared.messaging.log.port import EventLog
from tests.bench import visits
from tests.bench.load import milliseconds
from tests.system import System

LOT = 200


def events(system: System, plan: dict[str, Any], count: int, *, seed: int = 0) -> Iterator[Envelope]:
    """`visit.submitted` of so many visits of 63 answers, by four volunteers in turn."""
    exercise, site = plan["exercise"]["id"], plan["sites"][0]["id"]
    keys = [volunteer_key(system.settings.identity_key, exercise, person["id"]) for person in plan["people"][1:]]
    start = datetime.now(UTC) - timedelta(days=1)
    shapes = [visits.body(plan, seed + n) for n in range(50)]
    for shape in shapes:
        for answer in shape["answers"]:
            answer.pop("words", None)
            answer.setdefault("trigger", None)
            answer.setdefault("comfort", None)
    for n in range(count):
        shape = shapes[n % len(shapes)]
        visit_id = str(uuid.uuid4())
        data = {
            "visit_id": visit_id,
            "version": 1,
            "volunteer_key": keys[n % len(keys)],
            **{name: shape[name] for name in ("exercise_id", "site_id", "wave", "kind", "instrument")},
            **{name: shape[name] for name in ("instrument_version", "form", "channel", "part_of_day", "answers")},
            "received_at": (start + timedelta(milliseconds=n)).isoformat(timespec="microseconds"),
            "stopped_early": False,
            "keep_answers": False,
            "site_zones": plan["sites"][0]["zones"],
            "zones_complete": [],
            "faces": {},
            "consents": dict.fromkeys(("use_words", "use_photos", "quote", "tell_me", "contact_again"), False),
        }
        yield Envelope(
            str(uuid.uuid4()), catalogue.VISIT_SUBMITTED, catalogue.VISITS, f"{exercise}/{site}", start, data
        )


def publish(log: EventLog, found: Iterator[Envelope]) -> None:
    """Put events on the log, a lot at a time."""
    lot: list[Envelope] = []
    for event in found:
        lot.append(event)
        if len(lot) == LOT:
            log.publish(lot)
            lot = []
    log.publish(lot)


def begin(system: System) -> dict[str, Any]:
    """Import the plan, with its effects; the plan."""
    plan = visits.plan()
    plans.import_plan(system.intake, plan)
    system.drain()
    return plan


def scored_a_second(system: System, plan: dict[str, Any], count: int, say: Callable[[str], None]) -> dict[str, float]:
    """(d): one worker works off `count` visits; beside a bare consumer that only decodes the same events."""
    log = system.services["assessment"].log
    publish(log, events(system, plan, count))
    bare = log.consumer(f"bare-{uuid.uuid4()}", [catalogue.VISITS])
    began, seen = time.perf_counter(), 0
    while bare.lag() and (batch := bare.poll(LOT)):
        bare.commit(batch)
        seen += len(batch)
    decoded = seen / (time.perf_counter() - began)
    bare.close()
    worker = system.services["assessment"].jobs()[0]
    began = time.perf_counter()
    while worker.pending():
        worker.run_once()
    ours = count / (time.perf_counter() - began)
    say(f"  {ours:.0f} visits/s scored; a bare consumer decodes {decoded:.0f}/s ({ours / decoded:.0%} of it)")
    return {"scored": ours, "decoded": decoded}


def growth(
    system: System, plan: dict[str, Any], sizes: list[int], say: Callable[[str], None]
) -> list[dict[str, float]]:
    """(e): one more visit and one findings page, with so many visits behind them."""
    assessment = system.services["assessment"]
    lead = people.create_token(system.intake, plan["people"][0]["id"], 1)
    path = f"/api/assessment/v1/exercises/{plan['exercise']['id']}/sites/{plan['sites'][0]['id']}"
    client, headers = system.client("assessment"), {"Authorization": f"Bearer {lead}"}
    worker, behind, found = assessment.jobs()[0], 0, []
    for size in sizes:
        publish(assessment.log, events(system, plan, size - behind, seed=size))
        while worker.pending():
            worker.run_once()
        behind = size

        def one_more() -> None:
            publish(assessment.log, events(system, plan, 1))
            worker.run_once()

        visit = milliseconds(one_more, 30)
        page = milliseconds(lambda: client.get(f"{path}/findings", headers=headers), 15)
        result = milliseconds(lambda: client.get(f"{path}/waves/1", headers=headers), 15)
        behind += 30
        say(f"  {size:>7} visits behind: visit {visit:.1f} ms, findings {page:.1f} ms, wave {result:.1f} ms")
        found.append({"behind": size, "visit_ms": visit, "findings_ms": page, "wave_ms": result})
    return found
