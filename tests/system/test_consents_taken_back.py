"""Consents that are taken back after everything was shared, all the way to what the partner's manager reads."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.intake.store import words as words_store
from services.intake.use_cases import words
from tests.acceptance import visits
from tests.acceptance.plans import World, make_plan
from tests.system.in_process import InProcess
from tests.system.pictures import a_photo
from tests.told_in_files import told

EVERYTHING = {"use_words": True, "use_photos": True, "quote": True}
QUOTE, REMARK = "Everybody could hear what I said.", "This glass."


@pytest.fixture
def system(tmp_path: Path) -> Iterator[InProcess]:
    house = InProcess(tmp_path, {})
    yield house
    house.close()


class Shared:
    """A round that was shared, in which one volunteer is quoted and one photo of theirs is shown."""

    def __init__(self, system: InProcess) -> None:
        self.system = system
        self.world: World = system.world(make_plan(Random(7), [["RE"]]))
        self.world.move("fieldwork")
        self.visit_id, self.photo_id = str(uuid.uuid4()), str(uuid.uuid4())
        self.who = self.world.people[self.world.volunteers[0]]
        for number, volunteer in enumerate(self.world.volunteers[:3]):
            self._send(volunteer, first=number == 0)
        system.drain()
        self._release()
        for stage in ("sense-making", "manager-review", "shared"):
            self.world.move(stage)
            system.drain()
        site = self.world.sites[0]
        self.findings_path = f"/api/assessment/v1/exercises/{self.world.exercise}/sites/{site}/findings"
        self.photo_path = f"/api/assessment/v1/exercises/{self.world.exercise}/sites/{site}/photos/{self.photo_id}"
        self.page = f"/findings/{self.world.exercise}/{site}"

    def _send(self, volunteer: str, *, first: bool) -> None:
        world = self.world
        answer = {"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3}
        body = visits.plain_environment(
            world.exercise, world.sites[0], 1, world.day(1), [{**answer, **({"words": QUOTE} if first else {})}]
        )
        visit_id, photo = (self.visit_id, a_photo(Random(1))) if first else (str(uuid.uuid4()), b"")
        if first:
            mark = {
                "body": {"purpose": "tagging", "value": "trigger", "item": "P-RE-03", "strength": 3, "words": REMARK},
                "target": {"selector": {"type": "FragmentSelector", "value": "xywh=percent:10,20,30,40"}},
            }
            digest = hashlib.sha256(photo).hexdigest()
            listed = {"photo_id": self.photo_id, "sha256": digest, "media_type": "image/jpeg", "bytes": len(photo)}
            body |= {"consents": EVERYTHING, "photos": [{**listed, "zone": "RE", "annotations": [mark]}]}
        sent = world.people[volunteer].send_visit(visit_id, body)
        assert sent.status_code == 201, sent.text
        if first:
            assert self.who.send_photo(visit_id, self.photo_id, photo, "image/jpeg").status_code == 201

    def _release(self) -> None:
        intake = self.system.intake
        keeper = next(one["id"] for one in self.world.plan["people"] if "data-keeper" in one["roles"])
        with intake.database.reading() as tx:
            waiting = words_store.words_of(tx, self.visit_id)
        for one in waiting:
            words.share_words(intake, keeper, one.words_id, one.text)
        words.share_photo(intake, keeper, self.visit_id, self.photo_id, with_words=True)

    def read(self) -> dict[str, Any]:
        """Everything that the manager can read now, by where."""
        manager = self.world.role("manager")
        documents = manager.get(f"/api/reporting/v1/exercises/{self.world.exercise}/documents").json()["items"]
        pack = next(one for one in documents if one["kind"] == "findings-pack")
        found = {"findings": manager.get(self.findings_path).text, "page": manager.get(self.page).text}
        found |= {one["media_type"]: told(manager.get(one["href"])) for one in pack["formats"]}
        return found

    def take_back(self, *names: str) -> None:
        """As the volunteer's program does; with all its effects."""
        answer = self.who.post(f"/api/intake/v1/visits/{self.visit_id}/consents", dict.fromkeys(names, False))
        assert answer.status_code == 200, answer.text
        self.system.drain()


def test_quotes_go_from_everywhere_and_the_picture_stays(system: InProcess) -> None:
    shared = Shared(system)
    for where, text in shared.read().items():
        assert QUOTE in text, where
        assert REMARK in text, where
    figures = shared.world.role("manager").get(shared.findings_path).json()["items"][0]["k"]
    shared.take_back("quote")
    for where, text in shared.read().items():
        assert QUOTE not in text, where
        assert REMARK not in text, where
    after = shared.world.role("manager").get(shared.findings_path).json()["items"][0]
    assert after["k"] == figures
    assert [one["id"] for one in after["photos"]] == [shared.photo_id]
    assert shared.world.role("manager").get(shared.photo_path).status_code == 200


def test_a_photo_goes_from_everywhere_and_its_link_with_it(system: InProcess) -> None:
    shared = Shared(system)
    assert shared.world.role("manager").get(shared.photo_path).status_code == 200
    assert "data:image/jpeg" in shared.read()["text/html"]
    shared.take_back("use_photos")
    for where, text in shared.read().items():
        assert shared.photo_id not in text, where
        assert "data:image/jpeg" not in text, where
        assert "ppt/media/" not in text, where
        assert QUOTE in text, where
    for role in ("manager", "lead", "staff"):
        assert shared.world.role(role).get(shared.photo_path).status_code == 404


def test_a_document_with_what_was_taken_back_opens_to_nobody_but_the_host(system: InProcess) -> None:
    shared = Shared(system)
    world = shared.world
    path = f"/api/reporting/v1/exercises/{world.exercise}/documents"
    listed = world.role("manager").get(path).json()["items"]
    (pack,) = [one for one in listed if one["kind"] == "findings-pack"]
    shared.take_back("use_words", "use_photos")
    for role in ("manager", "staff", "volunteer"):
        (now,) = [one for one in world.role(role).get(path).json()["items"] if one["kind"] == "findings-pack"]
        assert now["version"] > pack["version"]
        for each in pack["formats"]:
            assert world.role(role).get(each["href"]).status_code == 404, role
    for each in pack["formats"]:
        kept = world.role("lead").get(each["href"])
        assert hashlib.sha256(kept.content).hexdigest() == each["sha256"]


def test_a_pack_made_under_embargo_stays_there(system: InProcess) -> None:
    shared = Shared(system)
    world = shared.world
    path = f"/api/reporting/v1/exercises/{world.exercise}/documents"
    for stage in ("manager-review", "sense-making"):
        back = {"to": stage, "reason": "Something was missing."}
        moved = world.role("lead").post(f"/api/intake/v1/exercises/{world.exercise}/stage", back)
        assert moved.status_code == 200, moved.text
    assert world.role("lead").post(path, {}).status_code == 202
    system.drain()
    made = {(one["kind"], one["version"]) for one in world.role("lead").get(path).json()["items"]}
    withdrawn = shared.who.withdraw(shared.visit_id)
    assert withdrawn.status_code == 200, withdrawn.text
    for stage in ("manager-review", "shared"):
        system.drain()
        world.move(stage)
    system.drain()
    for role in ("manager", "staff"):
        listed = world.role(role).get(path).json()["items"]
        assert {one["kind"] for one in listed} == {"findings-pack", "recommendations"}
        assert not made & {(one["kind"], one["version"]) for one in listed}
        texts = [told(world.role(role).get(each["href"])) for one in listed for each in one["formats"]]
        assert not [text for text in texts if QUOTE in text or REMARK in text or shared.photo_id in text]


def test_when_the_clock_stands_still_what_was_taken_back_stays_taken_back(system: InProcess) -> None:
    """Letting go and calling back at one and the same moment: the later word counts, not the later time."""
    shared = Shared(system)
    shared.take_back("use_words", "use_photos")
    assert all(QUOTE not in text and shared.photo_id not in text for text in shared.read().values())
