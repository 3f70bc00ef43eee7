"""Two replicas and many people at the same moment, on one file and on a database server: each thing happens once, each
rule that reads before it writes holds, and nobody is told that something broke."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.intake.store import visits as visit_store
from services.intake.use_cases import drafts
from services.intake.use_cases.visits import key_of
from tests.acceptance import visits
from tests.acceptance.plans import World, make_plan
from tests.acceptance.test_recommendations import Story
from tests.system.in_process import Caller, InProcess
from tests.system.machinery import EMBEDDED, Machinery, Place
from tests.system.pictures import a_photo

MANY = 20
ON_A_SERVER = Machinery("postgresql", database="postgresql")


class Two:
    """Two replicas of everything, and a world that both know."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.replicas = [InProcess(folder, settings) for _ in range(2)]
        self.world = self.replicas[0].world(make_plan(Random(6), [["RE"]], wave_count=1))
        self.world.move("fieldwork")

    def client(self, person: str, turn: int) -> Caller:
        """The same person's programs, at one replica or the other by turns."""
        return Caller(self.replicas[turn % 2], str(self.world.people[person].token))

    def at_once(self, act: Callable[[int], Any], times: int = MANY) -> list[Any]:
        """Do something many times at the same moment; what came of each."""
        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(act, range(times)))

    def drain(self) -> None:
        """Have all effects, by both replicas at the same time."""
        self.at_once(lambda turn: self.replicas[turn].drain(), 2)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(EMBEDDED, id="embedded"),
        pytest.param(ON_A_SERVER, id="postgresql", marks=pytest.mark.slow),
    ],
)
def two(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    settings = {}
    if request.param.needs_servers:
        settings = Place(request.param, request.getfixturevalue("servers")).settings()
    both = Two(tmp_path_factory.mktemp("two"), settings)
    yield both
    for replica in both.replicas:
        replica.close()


def a_visit(world: World, photos: int = 0) -> tuple[dict[str, Any], list[bytes]]:
    body = visits.plain_environment(world.exercise, world.sites[0], 1, world.day(1), visits.everything_fine("RE"))
    pictures = [a_photo(Random()) for _ in range(photos)]
    body["photos"] = [
        {
            "photo_id": visits.visit_id(Random()),
            "sha256": hashlib.sha256(one).hexdigest(),
            "media_type": "image/jpeg",
            "bytes": len(one),
            "zone": "RE",
            "annotations": [],
        }
        for one in pictures
    ]
    return body, pictures


def test_the_same_visit_many_times_is_one_visit(two: Two) -> None:
    body, _ = a_visit(two.world)
    who, new = two.world.volunteers[0], visits.visit_id(Random())
    answers = two.at_once(lambda turn: two.client(who, turn).send_visit(new, body).status_code)
    assert Counter(answers) == {201: 1, 200: MANY - 1}


def test_other_visits_with_the_same_id_differ(two: Two) -> None:
    bodies = []
    for part in ("morning", "afternoon"):
        body, _ = a_visit(two.world)
        bodies.append(body | {"part_of_day": part})
    who, new = two.world.volunteers[0], visits.visit_id(Random())
    answers = two.at_once(lambda turn: two.client(who, turn).send_visit(new, bodies[turn % 2]).status_code)
    assert Counter(answers) == {201: 1, 200: MANY // 2 - 1, 409: MANY // 2}


def test_all_photos_of_a_visit_at_once_tell_of_it_once(two: Two) -> None:
    body, pictures = a_visit(two.world, photos=5)
    who, new = two.world.volunteers[1], visits.visit_id(Random())
    assert two.client(who, 0).send_visit(new, body).status_code == 201

    def send(turn: int) -> int:
        which = turn % 5
        photo_id = body["photos"][which]["photo_id"]
        return int(two.client(who, turn).send_photo(new, photo_id, pictures[which], "image/jpeg").status_code)

    assert Counter(two.at_once(send)) == {201: 5, 200: MANY - 5}
    two.drain()
    receipt = two.client(who, 0).get(f"/api/intake/v1/visits/{new}/receipt").json()
    assert receipt["state"] == "processed"
    assert [photo["state"] for photo in receipt["photos"]] == ["cleaned"] * 5


def test_of_many_corrections_of_one_version_one_is_kept(two: Two) -> None:
    body, _ = a_visit(two.world)
    who, new = two.world.volunteers[2], visits.visit_id(Random())
    client = two.client(who, 0)
    assert client.send_visit(new, body).status_code == 201
    seen = client.get(f"/api/intake/v1/visits/{new}").headers["ETag"]

    def correct(turn: int) -> int:
        changed = {**body, "answers": body["answers"][turn + 1 :]}
        path = f"/api/intake/v1/visits/{new}/amendment"
        return int(two.client(who, turn).call("PUT", path, json=changed, headers={"If-Match": seen}).status_code)

    assert Counter(two.at_once(correct, 6)) == {200: 1, 412: 5}


def test_a_visit_begun_by_two_clicks_is_one_draft(two: Two) -> None:
    who = two.world.volunteers[3]
    asked = next(one["id"] for one in two.world.plan["assignments"] if one["volunteer"] == who)
    begun = two.at_once(lambda turn: drafts.start_visit(two.replicas[turn % 2].intake, who, asked))
    assert len(set(begun)) == 1
    intake = two.replicas[0].intake
    with intake.database.reading() as tx:
        assert len(visit_store.drafts_by(tx, [key_of(intake, two.world.exercise, who)])) == 1


def test_what_many_send_at_once_is_counted_once_by_two_replicas(two: Two) -> None:
    two.drain()
    before = two.world.role("lead").get(two.world.wave_path(two.world.sites[0], 1)).json()["visits"]

    def send(turn: int) -> int:
        body, pictures = a_visit(two.world, photos=1)
        who, new = two.world.volunteers[turn % 4], visits.visit_id(Random())
        client = two.client(who, turn)
        assert client.send_visit(new, body).status_code == 201
        return int(client.send_photo(new, body["photos"][0]["photo_id"], pictures[0], "image/jpeg").status_code)

    assert Counter(two.at_once(send)) == {201: MANY}
    two.drain()
    assert two.world.role("lead").get(two.world.wave_path(two.world.sites[0], 1)).json()["visits"] == before + MANY


def test_two_who_agree_at_once_are_both_heard(two: Two) -> None:
    world = two.world
    for who in world.volunteers[:2]:
        answers = [{"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3}]
        body = visits.plain_environment(world.exercise, world.sites[0], 1, world.day(1), answers)
        assert world.people[who].send_visit(visits.visit_id(Random()), body).status_code == 201
    for to in ("sense-making", "manager-review", "shared", "action"):
        world.move(to)
    two.drain()
    story = Story(world).up_to_shared()
    story.done("manager", "accepted", "We will.")
    story.done("manager", "planned", "On Monday; first step: the key.", [{"kind": "date", "text": "2030-01-01"}])
    story.done("manager", "doing", "It is being moved.")
    story.done("manager", "partner-says-done", "There.", [{"kind": "photo", "text": "It", "sha256": "a" * 64}])
    body = {"to": "verified", "note": "I saw it."}

    def see(turn: int) -> int:
        path = f"/api/reporting/v1/recommendations/{story.id}/moves"
        return int(two.client(world.volunteers[turn % 2], turn // 2).post(path, body).status_code)

    assert max(two.at_once(see, 8)) < 500
    assert story.now()["status"] == "verified"
    assert [one["to"] for one in story.history()].count("verified") == 2
    lead = world.role("lead").get(f"/api/reporting/v1/exercises/{world.exercise}/documents").json()["items"]
    versions = [(one["kind"], one["version"]) for one in lead]
    assert len(versions) == len(set(versions))
