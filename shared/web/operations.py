"""What whoever runs a service asks it: can it do its work, and which figures would show trouble before people do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Flask, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, text

from shared.messaging import dead_letters, outbox
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from shared.runtime.job import Counted, Job
from shared.runtime.metrics import registry_of
from shared.runtime.service import Service
from shared.web.gate import for_watchers, open_to_all
from shared.web.reaching import Part, away

RETRY_SECONDS = 5
DATABASE, LOG, STORE = "database", "event log", "object store"


class Operations:
    """What can be asked about one service. Nothing is opened before the first question."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.parts = (
            Part(DATABASE, self._ask_database),
            Part(LOG, service.log.check),
            Part(STORE, service.objects.check),
        )
        self._found: dict[str, list[Metric]] = {}
        # Figures are asked for like the parts, briefly and by one at a time; those of the log apart, or nothing would
        # be told of the outbox when it fills because the log is away.
        self._counting = {
            DATABASE: Part("figures of the database", self._count_kept),
            LOG: Part("figures of the event log", self._count_lag),
        }

    def readiness(self) -> tuple[dict[str, Any], int]:
        """What `/readyz` says: 200, or 503 with what is missing."""
        missing = away(self.parts)
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            state = f"the {' and the '.join(missing)} {verb} away"
            return {"service": self.service.name, "state": state, "away": missing}, 503
        with self.service.database.reading() as tx:
            stops = dead_letters.stopped(tx)
        if stops:
            # Pages still work, but nothing that is sent has its effects any more: whoever watches must be told.
            why = [stop.why for stop in stops]
            return {"service": self.service.name, "state": "a worker has stopped", "why": why}, 503
        return {"service": self.service.name, "state": "ready"}, 200

    def figures(self) -> Iterator[Metric]:
        """Everything that is read when it is asked for. What cannot be read just now is left out, not guessed."""
        missing = away(self.parts)
        there = GaugeMetricFamily("opendoor_part_there", "Whether a part answers: 1 or 0.", labels=("service", "part"))
        for part in self.parts:
            there.add_metric((self.service.name, part.name), float(part.name not in missing))
        yield there
        if DATABASE not in missing:
            for where, counting in self._counting.items():
                if where not in missing and not away((counting,)):
                    yield from self._found[where]

    def _ask_database(self) -> None:
        with self.service.database.reading() as tx:
            tx.execute(text("SELECT 1"))

    def _count_kept(self) -> None:
        with self.service.database.reading() as tx:
            found = list(_kept_in(tx, self.service.name, self.service.clock.now()))
        others = GaugeMetricFamily("opendoor_job_waiting", "Things that wait for a job.", labels=("service", "job"))
        for job in self._jobs:
            if not isinstance(job, Relay | Worker):
                others.add_metric((self.service.name, job.name), job.pending())
        states = GaugeMetricFamily(
            "opendoor_job_things", "Things of a job by their state.", labels=("service", "job", "state")
        )
        for job in self._jobs:
            for state, count in job.counts().items() if isinstance(job, Counted) else ():
                states.add_metric((self.service.name, job.name, state), count)
        self._found[DATABASE] = [*found, others, states]

    def _count_lag(self) -> None:
        self._found[LOG] = [
            _gauge("opendoor_consumer_lag", "Events that are not handled yet.", self.service.name, job.pending())
            for job in self._jobs
            if isinstance(job, Worker)
        ]

    @cached_property
    def _jobs(self) -> list[Job]:
        return list(self.service.jobs())


def _kept_in(tx: Connection, service: str, now: datetime) -> Iterator[Metric]:
    oldest = outbox.oldest(tx)
    age = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    yield _gauge("opendoor_outbox_waiting", "Events that wait to be sent.", service, outbox.waiting(tx))
    yield _gauge("opendoor_outbox_oldest_seconds", "Age of the event that waits longest to be sent.", service, age)
    yield _gauge("opendoor_dead_letters", "Events that were set aside.", service, dead_letters.count(tx))
    stopped = len(dead_letters.stopped(tx))
    yield _gauge("opendoor_workers_stopped", "Workers that gave up after too many dead letters.", service, stopped)


def _gauge(name: str, says: str, service: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, says, labels=("service",))
    family.add_metric((service,), value)
    return family


class _Figures(Collector):
    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def collect(self) -> Iterable[Metric]:
        return self._operations.figures()


def install(app: Flask, service: Service) -> None:
    """Answer `/readyz` and `/metrics`, and the same under `/api/<name>/` where three services share one address."""
    operations = Operations(service)

    @open_to_all
    def readyz() -> Response:
        body, status = operations.readiness()
        answer = jsonify(body)
        answer.status_code = status
        if status == 503:
            answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer

    @for_watchers
    def metrics() -> Response:
        times = app.extensions["opendoor.request-times"].collector()
        registry = registry_of(times, _Figures(operations))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    for prefix, suffix in (("", ""), (f"/api/{service.name}", "_api")):
        app.add_url_rule(f"{prefix}/readyz", f"readyz{suffix}", readyz)
        app.add_url_rule(f"{prefix}/metrics", f"metrics{suffix}", metrics)
