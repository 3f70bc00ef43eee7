"""(d) Scoring from a backlog, beside a bare consumer; and the events to do it with.

The events are those intake would have sent; they go through the log, the worker and the real handlers.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.use_cases import plan as plans
from shared.access.volunteer_key import volunteer_key
from shared.contracts import catalogue
from shared.contracts.envelope import Envelope
from shared.messaging.log.port import EventLog
from shared.messaging.worker import Worker
from tests.bench import visits
from tests.bench.goals import Goals, say
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


def worker_of(system: System) -> Worker:
    """The worker that scores visits."""
    return next(job for job in system.jobs if isinstance(job, Worker) and job.group == "assessment")


def work_off(worker: Worker, count: int) -> None:
    """Have the worker deal with so many events."""
    left = count
    while left > 0:
        done = worker.run_once()
        left -= done
        if not done and not worker.pending():
            raise RuntimeError(f"{left} of {count} events never came")


def scored_a_second(system: System, plan: dict[str, Any], count: int, goals: Goals, where: str) -> dict[str, float]:
    """(d): one worker works off `count` visits; beside a bare consumer that only decodes the same events."""
    log = system.services["assessment"].log
    publish(log, events(system, plan, count))
    bare = log.consumer(f"bare-{uuid.uuid4()}", [catalogue.VISITS])
    seen, began = len(bare.poll(1)) * 0, time.perf_counter()
    while seen < count:
        batch = bare.poll(LOT)
        bare.commit(batch)
        seen += len(batch)
    decoded = seen / (time.perf_counter() - began)
    bare.close()
    worker = worker_of(system)
    began = time.perf_counter()
    work_off(worker, count)
    ours = count / (time.perf_counter() - began)
    say(f"  {where}: {ours:.0f} visits/s scored; a bare consumer decodes {decoded:.0f}/s ({ours / decoded:.0%} of it)")
    goals.least(f"(d) visits scored from a backlog, {where}", ours, 500, "/s")
    return {"scored": ours, "decoded": decoded, "ratio": ours / decoded}
