"""Kafka keeps order within a key and none across topics: a visit may come before the plan it belongs to, findings
before anybody is known. Whatever the interleaving, assessment and reporting end up saying the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from services.assessment.wiring import build as build_assessment
from services.intake.use_cases import words
from services.reporting.store import tables as reporting
from services.reporting.wiring import build as build_reporting
from shared.backends import open_event_log
from shared.contracts.catalogue import ASSESSMENTS, DIRECTORY, VISITS
from shared.contracts.envelope import Envelope
from shared.messaging.running import close_all, drain
from shared.runtime.service import Service
from tests.acceptance.plans import World, make_plan
from tests.system import embedded_settings
from tests.system.in_process import InProcess
from tests.system.test_main_job import send_visits

SEEDS = (1, 2)
BETWEEN = 15
"""So many events come at a time; then everything is worked out before the next."""


@dataclass
class History:
    """What happened once, in the order in which it happened, and whom to ask about it."""

    system: InProcess
    world: World
    events: list[Envelope]

    def of(self, *topics: str) -> list[Envelope]:
        """The events of these topics, topic by topic."""
        return [event for topic in topics for event in self.events if event.topic == topic]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    system = InProcess(tmp_path_factory.mktemp("history"), {})
    rng = Random(11)
    world = system.world(make_plan(rng, [["RE"], ["RE", "EN"]]))
    world.move("fieldwork")
    sent = send_visits(world, rng)
    system.drain()
    (changed, first), (_, _), (gone, third), *_ = sent.items()
    corrected = world.people[first].get(f"/api/intake/v1/visits/{changed}").json()
    corrected = {name: corrected[name] for name in corrected if name in _SENT}
    corrected["answers"] = [{**corrected["answers"][0], "answer": "fine", "trigger": None}]
    assert world.people[first].amend(changed, corrected).status_code == 200
    assert world.people[third].withdraw(gone).status_code == 200
    keeper = next(person["id"] for person in world.plan["people"] if person["roles"] == ["data-keeper"])
    share_photos(system, keeper)
    for to in ("sense-making", "manager-review", "shared", "action"):
        world.move(to)
        system.drain()
    reader = open_event_log(system.settings).consumer("reader", (DIRECTORY, VISITS, ASSESSMENTS))
    events = [d.envelope for d in reader.poll(100_000) if d.envelope]
    reader.close()
    yield History(system, world, events)
    system.close()


_SENT = {"exercise_id", "site_id", "wave", "kind", "instrument", "instrument_version", "form", "channel", "visited_on"}
_SENT |= {"part_of_day", "stopped_early", "keep_answers", "zones_complete", "answers", "photos", "consents"}


def share_photos(system: InProcess, keeper: str) -> None:
    """The data keeper lets some photos be shown, and takes the last of them back."""
    for _ in range(3):
        waits = words.queue(system.intake, keeper, words.looked_after(system.intake, keeper)).photo
        assert waits is not None
        one = waits.photo
        words.share_photo(system.intake, keeper, one.visit_id, one.photo_id, with_words=True)
    words.undo_last(system.intake, keeper, one.exercise_id)


def interleaved(events: Sequence[Envelope], rng: Random) -> list[Envelope]:
    """The events in any order that keeps the order within each key of each topic."""
    waiting: dict[tuple[str, str], deque[Envelope]] = {}
    for event in events:
        waiting.setdefault((event.topic, event.key), deque()).append(event)
    found = []
    while waiting:
        key = rng.choice(list(waiting))
        found.append(waiting[key].popleft())
        if not waiting[key]:
            del waiting[key]
    return found


def latest(events: Sequence[Envelope]) -> list[Envelope]:
    """What a compacted topic may have left: the last event of each key."""
    return list({event.key: event for event in events}.values())


Order = Callable[[History, tuple[str, ...]], list[Envelope]]
ORDERS: dict[str, Order] = {
    "directory-last": lambda history, topics: history.of(*reversed(topics)),
    "directory-first": lambda history, topics: history.of(*topics),
    "compacted-directory-last": lambda history, topics: [*history.of(topics[1]), *latest(history.of(topics[0]))],
    **{
        f"shuffled-{seed}": lambda history, topics, seed=seed: interleaved(history.of(*topics), Random(seed))  # type: ignore[misc]
        for seed in SEEDS
    },
}


@pytest.fixture(params=ORDERS)
def order(request: pytest.FixtureRequest) -> Order:
    return ORDERS[request.param]


def told(build: Any, folder: Path, history: History, events: Sequence[Envelope]) -> Service:
    """A new service that was told these events in this order, a few at a time, and some of them twice."""
    service: Service = build(embedded_settings(folder), history.system.clock)
    service.migrate()
    log = open_event_log(service.settings)
    jobs = service.jobs()
    for start in range(0, len(events), BETWEEN):
        log.publish(events[start : start + BETWEEN])
        drain(jobs)
    close_all(jobs)
    log.close()
    return service


def test_assessment_says_the_same(history: History, tmp_path: Path, order: Order) -> None:
    service = told(build_assessment, tmp_path, history, order(history, (DIRECTORY, VISITS)))
    says = assessment_says(history, service)
    for question, answer in assessment_says(history, history.system.services["assessment"]).items():
        assert says[question] == answer, question
    service.database.close()


def assessment_says(history: History, service: Service) -> dict[str, Any]:
    world, client = history.world, service.app().test_client()
    found = {}
    for site in world.sites:
        for role in ("lead", "manager"):
            for what in ("waves/1", "findings"):
                path = f"/api/assessment/v1/exercises/{world.exercise}/sites/{site}/{what}"
                answer = client.get(path, headers={"Authorization": f"Bearer {world.role(role).token}"})
                assert answer.status_code == 200, answer.text
                found[path, role] = {k: v for k, v in answer.get_json().items() if k != "revision"}
    return found


def test_reporting_says_the_same(history: History, tmp_path: Path, order: Order) -> None:
    service = told(build_reporting, tmp_path, history, order(history, (DIRECTORY, ASSESSMENTS)))
    says = reporting_says(history, service)
    for question, answer in reporting_says(history, history.system.services["reporting"]).items():
        assert says[question] == answer, question
    service.database.close()


def reporting_says(history: History, service: Service) -> dict[str, Any]:
    world, client = history.world, service.app().test_client()
    found: dict[str, Any] = {}
    with service.database.reading() as tx:
        for table in (reporting.findings, reporting.wave_results, reporting.visit_stories):
            rows = [{k: v for k, v in row._mapping.items() if k != "revision"} for row in tx.execute(select(table))]
            found[table.name] = sorted(rows, key=str)
    for who in world.volunteers:
        headers = {"Authorization": f"Bearer {world.people[who].token}"}
        found[who] = client.get("/api/reporting/v1/me/changes?limit=200", headers=headers).get_json()
    path = f"/api/reporting/v1/exercises/{world.exercise}/documents"
    headers = {"Authorization": f"Bearer {world.role('lead').token}"}
    made = client.get(path, headers=headers).get_json()["items"]
    newest = {one["kind"]: one["version"] for one in sorted(made, key=lambda one: one["version"])}
    for kind, version in newest.items():
        found[kind] = content(client.get(f"{path}/{kind}/{version}.json", headers=headers).get_json())
    return found


def content(document: dict[str, Any]) -> dict[str, Any]:
    """A document without which version it is."""
    return {name: value for name, value in document.items() if name not in ("version", "made_at")}
