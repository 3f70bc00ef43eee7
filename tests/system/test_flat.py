"""Nothing on a request path grows with history: what the database does for each page and each answer is counted, with
some visits and all that follows from them behind it, and again with many times as many.

Steps of SQLite's own machine are counted and no time is taken, so that a busy machine finds nothing and hides nothing.
What people have in hand at one moment is no history: the plan, and the recommendations that a group works on.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import event

from services.embedded.web import service_of
from shared.contracts.catalogue import VISIT_SUBMITTED, VISITS
from shared.messaging import dead_letters
from tests.acceptance import visits as bodies
from tests.acceptance.plans import World, make_plan
from tests.system.in_process import InProcess

FEW, MANY = 120, 480
"""Visits of each volunteer: more than any page shows, and four times as many."""
RECOMMENDATIONS = 10
GROWTH = 1.3
SLACK = 200
"""Steps that do not count: an index that is a level deeper."""
EVERY = 10
TELLS_OF_EACH = ("/changes", "/api/reporting/v1/me/changes")
"""What came of my visits: there each visit of one's own is told of, for as long as it is kept."""


class Steps:
    """Counts what the databases of the services do while it is asked to."""

    def __init__(self, system: InProcess) -> None:
        self.count = 0
        for service in system.services.values():
            event.listen(service.database.engine, "checkout", self._watch)

    def _watch(self, driver: Any, *_: object) -> None:
        driver.set_progress_handler(self._note, EVERY)

    def _note(self) -> int:
        self.count += EVERY
        return 0

    @contextmanager
    def of(self, name: str, found: Counter[str]) -> Iterator[None]:
        """The steps of this block, under this name."""
        before = self.count
        yield
        found[name] += self.count - before


class History:
    """An exercise in action with ever more behind it."""

    def __init__(self, folder: Path) -> None:
        self.system = InProcess(folder, {})
        self.rng = Random(7)
        self.world: World = self.system.world(make_plan(self.rng, [["RE"]], wave_count=2, volunteers=2))
        self.world.move("fieldwork")
        self.made = 0
        self.recommendation = ""
        self.visit = ""

    def add(self, each: int) -> None:
        """So many visits more of each volunteer, and what follows from a good many visits."""
        world = self.world
        if self.made == 0:
            self._visits(1, each)
            for to in ("sense-making", "manager-review", "shared", "action"):
                world.move(to)
            self._visits(2, each // 2)
            world.release("shared", wave=2)
            for number in range(RECOMMENDATIONS):
                self._recommendation(number)
        self._more_of_the_second_round(each)
        self.made += each
        self._dead_letters(each)
        self.system.drain()
        lead = world.role("lead")
        for _ in range(each // 4):
            for to, why in (("shared", "look again"), ("action", "")):
                body = {"to": to, "reason": why} if why else {"to": to}
                moved = lead.post(f"/api/intake/v1/exercises/{world.exercise}/stage", body)
                assert moved.status_code in (200, 409), moved.text
        self.system.drain()

    def _more_of_the_second_round(self, each: int) -> None:
        """A round that was released takes visits only when the exercise has gone back to its visits."""
        world, lead = self.world, self.world.role("lead")
        for to in ("shared", "manager-review", "sense-making", "fieldwork"):
            body = {"to": to, "reason": "more visits"}
            assert lead.post(f"/api/intake/v1/exercises/{world.exercise}/stage", body).status_code == 200
        self._visits(2, each)
        for to in ("sense-making", "manager-review", "shared", "action"):
            world.move(to)

    def _visits(self, wave: int, each: int) -> None:
        for number in range(each):
            for who in self.world.volunteers:
                self._visit(who, wave, number)
        self.system.drain()

    def _visit(self, who: str, wave: int, number: int) -> None:
        world, site = self.world, self.world.sites[0]
        answers = [
            {"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3, "words": f"Word {self.rng.random()}"}
        ]
        body = bodies.plain_environment(world.exercise, site, wave, world.day(wave), answers)
        body["consents"] = {"use_words": True, "quote": True}
        body["part_of_day"] = ("morning", "afternoon", "evening")[number % 3]
        self.visit = str(uuid.uuid4())
        sent = world.people[who].send_visit(self.visit, body)
        assert sent.status_code == 201, sent.text

    def _recommendation(self, number: int) -> None:
        lead = self.world.role("lead")
        body = {"exercise_id": self.world.exercise, "site_id": self.world.sites[0], "title": f"Mend it {number}"}
        body |= {"why": "It troubles people.", "items": ["P-RE-03"], "kind": "practice"}
        made = lead.post("/api/reporting/v1/recommendations", body)
        assert made.status_code == 201, made.text
        self.recommendation = made.json()["id"]

    def _dead_letters(self, count: int) -> None:
        with self.system.services["assessment"].database.transaction() as tx:
            for _ in range(count):
                told = (str(uuid.uuid4()), VISIT_SUBMITTED, VISITS, "{}", "It could not be read.")
                dead_letters.add(tx, "assessment", *told, self.system.clock.now())

    def steps(self) -> Counter[str]:
        """What each request costs now. Asked twice, so that nothing is counted that only the first has to do."""
        steps, found = Steps(self.system), Counter[str]()
        for path, who in self.requests():
            client = self.system.client(service_of(path.partition("?")[0]))
            headers = {}
            if path.startswith("/api/"):
                headers = {"Authorization": f"Bearer {self.world.people[who].token}"}
            else:
                with client.session_transaction() as session:
                    session["person"], session["credential"] = who, f"walk-{who}"
                    session["since"] = int(self.system.clock.now().timestamp())
            for counted in (False, True):
                with steps.of(path if counted else "", found):
                    answer = client.get(path, headers=headers)
                    size = len(answer.get_data())
                assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
            found[f"bytes of {path}"] = size
        return found

    def requests(self) -> list[tuple[str, str]]:
        """Everything that is read often, by whoever reads it."""
        world = self.world
        by_role = {role: one["id"] for one in world.plan["people"] for role in one["roles"]}
        lead, keeper, manager, volunteer = (
            by_role["lead"],
            by_role["data-keeper"],
            by_role["manager"],
            world.volunteers[0],
        )
        exercise, site = world.exercise, world.sites[0]
        assessed = f"/api/assessment/v1/exercises/{exercise}/sites/{site}"
        return [
            ("/", lead),
            ("/?", keeper),
            ("/?a", volunteer),
            ("/?b", manager),
            (f"/exercises/{exercise}", lead),
            (f"/exercises/{exercise}/visits", lead),
            (f"/exercises/{exercise}/plan", lead),
            ("/words-and-photos?show=words", keeper),
            ("/api/intake/v1/me", volunteer),
            (f"/api/intake/v1/exercises/{exercise}", lead),
            (f"/api/intake/v1/visits/{self.visit}/receipt", world.volunteers[1]),
            (f"/api/intake/v1/visits/{self.visit}", world.volunteers[1]),
            ("/findings", lead),
            ("/findings/set-aside", lead),
            (f"/findings/{exercise}/{site}", lead),
            (f"{assessed}/waves/2", lead),
            (f"{assessed}/findings", lead),
            (f"{assessed}/findings?", manager),
            (f"{assessed}/comparison?from=1&to=2", lead),
            (f"{assessed}/comparison?from=1&to=2&", manager),
            ("/recommendations", lead),
            (f"/recommendations/{self.recommendation}", lead),
            (f"/recommendations?exercise_id={exercise}", manager),
            (f"/api/reporting/v1/recommendations?exercise_id={exercise}", lead),
            (f"/api/reporting/v1/recommendations/{self.recommendation}", lead),
            (f"/reports/{exercise}", lead),
            ("/changes", volunteer),
            ("/api/reporting/v1/me/changes", volunteer),
        ]


def test_no_request_costs_more_for_what_lies_behind_it(tmp_path: Path) -> None:
    history = History(tmp_path / "data")
    history.add(FEW)
    visit, recommendation, few = history.visit, history.recommendation, history.steps()
    history.add(MANY - FEW)
    history.visit, history.recommendation = visit, recommendation
    many = history.steps()
    history.system.close()
    asked = [name for name in few if name and not name.endswith(TELLS_OF_EACH)]
    assert len(asked) > 40
    grown = {name: (few[name], many[name]) for name in asked if many[name] > few[name] * GROWTH + SLACK}
    assert grown == {}
