"""Parts and servers of the full set die, hang and come back, and the log is fed rubbish, under a steady stream of
visits with photos and of recommendations. What was acknowledged is there, once; nobody is told that something broke.

The tests of this file are one story: they share the processes, and the last one looks at what is left of it all.
"""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, true

from deploy.servers.waiting import until
from services.assessment.store import tables as assessment
from services.embedded.draining import drain_all
from services.intake.store import visit_tables as intake
from services.reporting.store import tables as reporting
from tests.acceptance.plans import World, make_plan
from tests.acceptance.visits import plain_environment
from tests.system.faults import poison
from tests.system.faults.fleet import SESSION_SECONDS, Fleet, fleet_in, hanging
from tests.system.faults.senders import Sender, Stream, Volunteer, Writer

pytestmark = pytest.mark.slow
SEED = 20261123
VOLUNTEERS = 2
HANDOVER_SECONDS = 60
DONE: dict[str, tuple[Any, Any, Any]] = {
    "intake": (intake.photos, intake.photos.c.visit_id, intake.photos.c.state == "cleaned"),
    "assessment": (assessment.visits, assessment.visits.c.visit_id, assessment.visits.c.counted),
    "reporting": (reporting.visit_stories, reporting.visit_stories.c.visit_id, true()),
}
"""Where a service's workers leave their mark when they are done with a visit."""
OUTAGE_SECONDS = SESSION_SECONDS + 2


@dataclass
class Scene:
    """The fleet with two exercises: one in fieldwork that visits are sent to, one in action with recommendations."""

    fleet: Fleet
    visited: World
    acted_on: World
    stream: Stream
    dead: int = 0

    @property
    def volunteers(self) -> list[Sender]:
        return [sender for sender in self.stream.senders if isinstance(sender, Volunteer)]

    def has_all_effects(self, service: str) -> None:
        """Return when the service's workers, whichever of them live, have done all for what is acknowledged by now."""
        sent = [visit for sender in self.volunteers for visit in sender.safe]
        table, column, rule = DONE[service]
        database = self.fleet.house[service].database
        database.close()  # its server may have been away since it was last asked

        def done() -> bool:
            with database.reading() as tx:
                known = set(tx.execute(select(column).where(rule).select_from(table)).scalars())
            return set(sent) <= known

        until(done, HANDOVER_SECONDS, f"the other worker of {service}")

    @property
    def writers(self) -> list[Sender]:
        return [sender for sender in self.stream.senders if isinstance(sender, Writer)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with fleet_in(tmp_path_factory.mktemp("fleet")) as fleet:
        rng = Random(SEED)
        visited = new_world(fleet, rng, VOLUNTEERS)
        acted_on = new_world(fleet, rng, 2)
        for world in (visited, acted_on):
            world.move("fieldwork")
        answers = [{"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3}]
        body = plain_environment(acted_on.exercise, acted_on.sites[0], 1, acted_on.day(1), answers)
        for who in acted_on.volunteers:
            assert acted_on.people[who].send_visit(str(uuid.uuid4()), body).status_code == 201
        for to in ("sense-making", "manager-review", "shared", "action"):
            acted_on.move(to)
        drain_all(fleet.house)
        senders: list[Sender] = [
            Volunteer(visited.people[who], visited, seed) for seed, who in enumerate(visited.volunteers)
        ]
        stream = Stream([*senders, Writer(acted_on.role("lead"), acted_on, SEED)])
        yield Scene(fleet, visited, acted_on, stream)
        for sender in stream.senders:
            sender.stop.set()


def new_world(fleet: Fleet, rng: Random, volunteers: int) -> World:
    plan = make_plan(rng, [["RE"]] * volunteers, wave_count=1, volunteers=volunteers)
    return World(plan, fleet.import_plan(plan), fleet)


def test_the_stream_flows(scene: Scene) -> None:
    scene.stream.goes_on()
    assert scene.stream.was_refused() == 0


@pytest.mark.parametrize("service", ["intake", "assessment", "reporting"])
def test_a_worker_is_killed_and_the_other_goes_on(scene: Scene, service: str) -> None:
    worker = scene.fleet.part(f"{service}-worker-a")
    worker.kill()
    scene.stream.goes_on()
    scene.has_all_effects(service)
    worker.start()


@pytest.mark.parametrize("service", ["intake", "assessment", "reporting"])
def test_a_web_is_killed(scene: Scene, service: str) -> None:
    web = scene.fleet.part(f"{service}-web-a")
    web.kill()
    web.start()
    web.wait()
    scene.stream.goes_on()


def test_the_broker_is_killed_and_what_is_sent_meanwhile_is_taken(scene: Scene) -> None:
    scene.fleet.kafka.stop_node(0, signal.SIGKILL)
    scene.stream.goes_on()
    scene.fleet.kafka.start_node(0)
    scene.stream.goes_on()


def test_the_database_is_killed(scene: Scene) -> None:
    scene.fleet.postgres.kill()
    web = scene.fleet.part("intake-web-a")
    until(lambda: web.ready() == 503, 30, "an honest word that the database is away")
    scene.fleet.postgres.start_again()
    scene.stream.goes_on()
    until(lambda: web.ready() == 200, 30, "readiness")
    assert scene.stream.was_refused() > 0, "nobody was told to come back later"


def test_the_object_store_is_killed(scene: Scene) -> None:
    refused = scene.stream.was_refused()
    scene.fleet.seaweed.stop()
    until(lambda: scene.stream.was_refused() > refused, 60, "a photo to be refused for now")
    scene.stream.goes_on(kinds=Writer)
    scene.fleet.seaweed.start()
    scene.stream.goes_on()


def test_everything_below_is_stopped_in_good_order_and_comes_back(scene: Scene) -> None:
    scene.fleet.kafka.stop_node(0, signal.SIGTERM)
    scene.fleet.seaweed.stop(signal.SIGTERM)
    scene.fleet.postgres.stop_for_now()
    scene.fleet.postgres.start_again()
    scene.fleet.seaweed.start()
    scene.fleet.kafka.start_node(0)
    scene.stream.goes_on()


def test_servers_that_hang_for_longer_than_a_session(scene: Scene) -> None:
    fleet = scene.fleet
    pairs: list[tuple[Callable[[], Any], Callable[[], Any]]] = [
        (lambda: fleet.kafka.pause_node(0), lambda: fleet.kafka.resume_node(0)),
        (fleet.postgres.pause, fleet.postgres.resume),
        (fleet.seaweed.pause, fleet.seaweed.resume),
    ]
    for pause, resume in pairs:
        pause()
        try:
            wait(OUTAGE_SECONDS)
        finally:
            resume()
        scene.stream.goes_on()


def test_a_worker_that_hangs_loses_its_share_and_does_no_harm_when_it_wakes(scene: Scene) -> None:
    with hanging(scene.fleet.part("assessment-worker-b")), hanging(scene.fleet.part("reporting-worker-a")):
        wait(OUTAGE_SECONDS)
        scene.stream.goes_on()
        scene.has_all_effects("reporting")
    scene.stream.goes_on()


def test_rubbish_on_the_log_is_set_aside_and_holds_up_nothing(scene: Scene) -> None:
    fleet = scene.fleet
    where = (fleet.kafka.bootstrap, fleet.prefix)
    key = f"{scene.visited.exercise}/{scene.visited.sites[0]}"
    bad = poison.bad_records(key)
    rng = Random(SEED)
    again = poison.again_and_shuffled(*where, 300, rng)
    records = [*bad, *again]
    rng.shuffle(records)
    poison.publish(*where, records)
    for service in fleet.house.values():
        service.database.close()
    # The directory has two consumers, the other topics one each.
    scene.dead = sum(2 if one.topic == poison.DIRECTORY else 1 for one in bad if one.dies)
    scene.stream.goes_on()
    until(lambda: fleet.dead_letters() >= scene.dead, 90, f"{scene.dead} dead letters")


def test_everything_acknowledged_is_there_once(scene: Scene) -> None:
    scene.stream.stop()
    scene.stream.is_not_surprised()
    fleet, visited = scene.fleet, scene.visited
    fleet.drain()
    lead = visited.role("lead")
    for sender, site in zip(scene.volunteers, visited.sites, strict=True):
        result = lead.get(visited.wave_path(site, 1)).json()
        assert (result["visits"], result["volunteers"]) == (len(sender.safe), 1)
        for sent, body in sender.safe.items():
            kept = sender.client.get(f"/api/intake/v1/visits/{sent}").json()
            assert len(kept["answers"]) == len(body["answers"])
            receipt = sender.client.get(f"/api/intake/v1/visits/{sent}/receipt").json()
            assert receipt["state"] == "processed", receipt
            assert [photo["state"] for photo in receipt["photos"]] == ["cleaned"]
    for writer in scene.writers:
        for made, body in writer.safe.items():
            kept = writer.client.get(f"/api/reporting/v1/recommendations/{made}").json()
            assert kept["title"] == body["title"]
            history = writer.client.get(f"/api/reporting/v1/recommendations/{made}/history").json()["items"]
            assert [one["kind"] for one in history] == ["written"]


def test_findings_are_drawn_and_documents_made_once(scene: Scene) -> None:
    lead = scene.acted_on.role("lead")
    base = f"/api/assessment/v1/exercises/{scene.acted_on.exercise}/sites/{scene.acted_on.sites[0]}"
    (red,) = [one for one in lead.get(f"{base}/findings").json()["items"] if one["kind"] == "red"]
    assert red["item"] == "P-RE-03"
    until(lambda: _answers_many(scene), 60, "connections from before the faults to be gone")
    for to in ("sense-making", "manager-review"):
        scene.visited.move(to)
    drain_all(scene.fleet.house)
    path = f"/api/reporting/v1/exercises/{scene.visited.exercise}/documents"
    made = [(one["kind"], one["version"]) for one in scene.visited.role("lead").get(path).json()["items"]]
    assert len(made) == len(set(made)) == 2
    verified = scene.fleet.command("verify")
    assert verified.returncode == 0, verified.stderr


def test_all_rubbish_is_listed_and_nothing_else(scene: Scene) -> None:
    listed = dead_letters(scene.fleet)
    assert len(listed) == scene.dead, "\n".join(listed)
    assert all("worker stopped" not in part.log() for part in scene.fleet.parts)
    again = scene.fleet.command("dead-letters", "retry")
    assert f"0 handled, {scene.dead} still set aside" in again.stdout, again.stdout + again.stderr


def test_no_process_met_anything_it_could_not_name(scene: Scene) -> None:
    for part in scene.fleet.parts:
        assert '"unexpected"' not in part.log(), f"{part.name}:\n{part.log()[-3000:]}"
        assert "Traceback" not in part.log(), f"{part.name}:\n{part.log()[-3000:]}"


def _answers_many(scene: Scene) -> bool:
    lead = scene.visited.role("lead")
    return all(lead.get("/api/intake/v1/me").status_code == 200 for _ in range(40))


def dead_letters(fleet: Fleet) -> list[str]:
    said = fleet.command("dead-letters", "list")
    assert said.returncode == 0, said.stderr
    return [line for line in said.stdout.splitlines() if "set aside" in line and "No event" not in line]


def wait(seconds: float) -> None:
    """Let a fault last, for longer than somebody's patience with it."""
    began = time.monotonic()
    until(lambda: time.monotonic() - began > seconds, seconds + 5, "time to pass")
