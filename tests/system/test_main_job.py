"""The main job from a plan to a change that two volunteers went back and saw, on every set of machinery: whatever it
runs on, the same people hear the same."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.acceptance import visits
from tests.acceptance.plans import World, make_plan
from tests.acceptance.test_recommendations import A_DAY, BASE, PHOTO, Story, findings
from tests.system.in_process import InProcess
from tests.system.machinery import EMBEDDED, EVERY, Machinery, Place, Servers
from tests.system.pictures import a_photo

SEED = 4
VISITS = 3
"""Of each volunteer to each site."""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

told_on_embedded: dict[str, Any] = {}


def machineries() -> list[Any]:
    return [pytest.param(one, id=one.name, marks=[pytest.mark.slow] if one.needs_servers else []) for one in EVERY]


@pytest.fixture(params=machineries())
def machinery(request: pytest.FixtureRequest) -> Machinery:
    found: Machinery = request.param
    return found


def test_the_main_job_says_the_same_on_all_machinery(
    machinery: Machinery, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if not told_on_embedded:
        told_on_embedded.update(the_main_job(InProcess(tmp_path / "embedded", {})))
    settings = {}
    if machinery.needs_servers:
        servers: Servers = request.getfixturevalue("servers")
        settings = Place(machinery, servers).settings()
    told = the_main_job(InProcess(tmp_path / "data", settings))
    for what, expected in told_on_embedded.items():
        assert told[what] == expected, what
    assert told["verified"] == "verified"
    assert len(told["findings"]) >= 1
    assert all(state == ["cleaned"] for state in told["photos"])
    assert (machinery is EMBEDDED) == (not settings)


def the_main_job(system: InProcess) -> dict[str, Any]:
    try:
        rng = Random(SEED)
        world = system.world(make_plan(rng, [["RE"], ["RE", "EN"]]))
        world.move("fieldwork")
        sent = send_visits(world, rng)
        system.drain()
        world.move("sense-making")
        world.move("manager-review")
        system.drain()
        story = Story(world)
        system.drain()
        world.move("shared")
        world.move("action")
        system.drain()
        follow(world, story)
        system.drain()
        return what_is_told(world, story, sent)
    finally:
        system.close()


def send_visits(world: World, rng: Random) -> dict[str, str]:
    """Every volunteer goes everywhere; who sent which visit. One in three brings a photo."""
    sent = {}
    for site in world.sites:
        plain = visits.plain_environment(world.exercise, site, 1, world.day(1))
        for number in range(VISITS):
            for who in world.volunteers:
                body = visits.environment(rng, plain, world.zones(site))
                if number == 0:
                    body = a_red_visit(world, site)
                body["consents"] = {"use_words": True, "use_photos": True, "quote": True}
                photos = [a_photo(rng)] if number == 1 else []
                body["photos"] = [listed(rng, one) for one in photos]
                visit_id = visits.visit_id(rng)
                for status in (201, 200):
                    answer = world.people[who].send_visit(visit_id, body)
                    assert answer.status_code == status, answer.text
                for entry, picture in zip(body["photos"], photos, strict=True):
                    taken = world.people[who].send_photo(visit_id, entry["photo_id"], picture, "image/jpeg")
                    assert taken.status_code == 201, taken.text
                sent[visit_id] = who
    return sent


def a_red_visit(world: World, site: str) -> dict[str, Any]:
    """Everybody is troubled by the same thing, so that something is found."""
    answers = [{"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3}]
    return visits.plain_environment(world.exercise, site, 1, world.day(1), answers)


def listed(rng: Random, picture: bytes) -> dict[str, Any]:
    """How a visit names a photo of the reception."""
    return {
        "photo_id": visits.visit_id(rng),
        "sha256": hashlib.sha256(picture).hexdigest(),
        "media_type": "image/jpeg",
        "bytes": len(picture),
        "zone": "RE",
        "annotations": [],
    }


def follow(world: World, story: Story) -> None:
    """From a draft to a change that two volunteers saw."""
    story.up_to_shared()
    story.done("manager", "accepted", "We will.")
    story.done("manager", "planned", "Starts on Monday; first step: clear the store room.", A_DAY)
    story.done("manager", "doing", "The desk is being moved.")
    story.done("manager", "partner-says-done", "It is there.", PHOTO)
    for who in world.volunteers[:2]:
        story.done(world.people[who], "verified", "I was offered the room.")


def what_is_told(world: World, story: Story, sent: dict[str, str]) -> dict[str, Any]:
    """Everything that must not depend on the machinery; ids that are made at random are only counted."""
    lead, manager = world.role("lead"), world.role("manager")
    reports = f"/api/reporting/v1/exercises/{world.exercise}/documents"
    receipts = {v: world.people[who].get(f"/api/intake/v1/visits/{v}/receipt").json() for v, who in sent.items()}
    return {
        "states": {v: one["state"] for v, one in receipts.items()},
        "photos": [[photo["state"] for photo in one["photos"]] for one in receipts.values() if one["photos"]],
        "results": {
            (site, role): without_revision(world.role(role).get(world.wave_path(site, 1)).json())
            for site in world.sites
            for role in ("lead", "manager")
        },
        "findings": findings(world),
        "verified": story.now()["status"],
        "history": [(one["kind"], one["from"], one["to"], one["note"]) for one in story.history()],
        "board": [UUID.sub("*", str(one["title"]) + one["status"]) for one in manager.get(BASE).json()["items"]],
        "documents": [(one["kind"], one["version"]) for one in lead.get(reports).json()["items"]],
        "changes": {
            who: UUID.sub("*", world.people[who].get("/api/reporting/v1/me/changes?limit=200").text)
            for who in world.volunteers
        },
    }


def without_revision(result: dict[str, Any]) -> dict[str, Any]:
    """A result without how often it was told."""
    return {name: value for name, value in result.items() if name != "revision"}
