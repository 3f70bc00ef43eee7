"""The counts of visits that the database keeps are what counting all visits again would give, whatever volunteers do,
on both engines, and also for visits from before there were counts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import and_, delete, select, text

from deploy.servers.postgres import Postgres
from services.intake.domain.visit import kept_for_scores
from services.intake.store import rested
from services.intake.store.visit_tables import visit_counts, visit_versions, visits
from tests.acceptance import visits as bodies
from tests.acceptance.plans import World, make_plan
from tests.system.in_process import InProcess
from tests.system.pictures import a_photo

STEPS = 60
LOOK_EVERY = 10
KEY = ("volunteer_key", "site_id", "wave", "kind", "part_of_day", "exercise_id")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[InProcess]:
    chosen = {}
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        chosen["intake_database"] = server.new_database()
    house = InProcess(tmp_path / "data", chosen)
    yield house
    house.close()


def kept(house: InProcess) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """What the database counted; rows of noughts left out."""
    with house.intake.database.reading() as tx:
        rows = tx.execute(select(visit_counts)).all()
    found = {tuple(getattr(row, name) for name in KEY): (row.sent, row.kept, row.counted) for row in rows}
    return {key: counts for key, counts in found.items() if any(counts)}


def recounted(house: InProcess) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """The same from the visits themselves, by the rule of the domain and not by the column that says what it said."""
    latest = and_(visit_versions.c.visit_id == visits.c.id, visit_versions.c.version == visits.c.version)
    sent, there, counted = Counter[Any](), Counter[Any](), Counter[Any]()
    with house.intake.database.reading() as tx:
        for row in tx.execute(select(visits, visit_versions.c.content).join(visit_versions, latest)):
            key = tuple(getattr(row, name) for name in KEY)
            sent[key] += 1
            there[key] += row.withdrawn_at is None
            counted[key] += row.withdrawn_at is None and row.announced > 0 and kept_for_scores(row.content)
    return {key: (sent[key], there[key], counted[key]) for key in sent}


class Volunteers:
    """Two people who send, correct and take back visits at random; some photos come late, some never."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.rng = world, rng
        self.sent: dict[str, tuple[str, dict[str, Any]]] = {}
        self.photos: list[tuple[str, str, str, bytes]] = []

    def do_something(self) -> None:
        """One thing of those they may do now."""
        acts = [self.send, self.send, *([self.correct, self.take_back] if self.sent else [])]
        self.rng.choice([*acts, *([self.send_photo] if self.photos else [])])()

    def send(self) -> None:
        who, site = self.rng.choice(self.world.volunteers), self.rng.choice(self.world.sites)
        plain = bodies.plain_environment(self.world.exercise, site, 1, self.world.day(1))
        body = bodies.environment(self.rng, plain, self.world.zones(site))
        visit = bodies.visit_id(self.rng)
        if self.rng.random() < 0.4:
            picture, photo = a_photo(self.rng), bodies.visit_id(self.rng)
            listed = {"photo_id": photo, "sha256": hashlib.sha256(picture).hexdigest(), "media_type": "image/jpeg"}
            body["photos"] = [{**listed, "bytes": len(picture), "zone": self.world.zones(site)[0], "annotations": []}]
            self.photos.append((who, visit, photo, picture))
        answer = self.world.people[who].send_visit(visit, body)
        assert answer.status_code == 201, answer.text
        self.sent[visit] = (who, body)

    def send_photo(self) -> None:
        who, visit, photo, picture = self.photos.pop(self.rng.randrange(len(self.photos)))
        answer = self.world.people[who].send_photo(visit, photo, picture, "image/jpeg")
        assert answer.status_code in (201, 404), answer.text

    def correct(self) -> None:
        visit, (who, body) = self.rng.choice(list(self.sent.items()))
        stopped = self.rng.random() < 0.5
        changed = {
            **body,
            "part_of_day": self.rng.choice(("morning", "afternoon", "evening")),
            "stopped_early": stopped,
            "keep_answers": stopped and self.rng.random() < 0.5,
        }
        answer = self.world.people[who].amend(visit, changed)
        assert answer.status_code == 200, answer.text
        self.sent[visit] = (who, changed)

    def take_back(self) -> None:
        visit = self.rng.choice(list(self.sent))
        who, _ = self.sent.pop(visit)
        for _ in range(self.rng.randint(1, 2)):
            assert self.world.people[who].withdraw(visit).status_code == 200
        self.photos = [one for one in self.photos if one[1] != visit]


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_are_what_counting_again_gives(house: InProcess, seed: int) -> None:
    rng = Random(seed)
    world = house.world(make_plan(rng, [["RE"], ["RE", "EN"]], wave_count=1, volunteers=2))
    world.move("fieldwork")
    people = Volunteers(world, rng)
    for step in range(1, STEPS + 1):
        people.do_something()
        if step % LOOK_EVERY == 0:
            assert kept(house) == recounted(house)
    assert sum(counted for _, _, counted in kept(house).values()) > 0
    assert any(sent > there for sent, there, _ in kept(house).values())
    with house.intake.database.transaction() as tx:
        gone = tx.execute(select(visits.c.id)).scalars().first()
        tx.execute(delete(visit_versions).where(visit_versions.c.visit_id == gone))
        tx.execute(text("DELETE FROM words WHERE visit_id = :gone"), {"gone": gone})
        tx.execute(delete(visits).where(visits.c.id == gone))
    assert kept(house) == recounted(house)


def test_visits_from_before_there_were_counts_are_counted_by_the_step_that_brings_them(house: InProcess) -> None:
    rng = Random(3)
    world = house.world(make_plan(rng, [["RE"]], wave_count=1, volunteers=2))
    world.move("fieldwork")
    people = Volunteers(world, rng)
    for _ in range(STEPS // 2):
        people.do_something()
    before = kept(house)
    as_yesterday(house)
    house.intake.migrate()
    assert kept(house) == recounted(house) == before
    people.send()
    assert kept(house) == recounted(house) != before


def test_what_older_code_sends_meanwhile_is_counted_when_it_is_asked_for(house: InProcess) -> None:
    rng = Random(4)
    world = house.world(make_plan(rng, [["RE"]], wave_count=1, volunteers=2))
    world.move("fieldwork")
    people = Volunteers(world, rng)
    for _ in range(STEPS // 4):
        people.send()

    def counted() -> list[tuple[str, int, str, str, int]]:
        with house.intake.database.reading() as tx:
            found = Counter[Any]()
            for *place, count in rested.counted_visits(tx, world.exercise):
                found[tuple(place)] += count
            return sorted((*place, count) for place, count in found.items())

    now = counted()
    with house.intake.database.transaction() as tx:
        tx.execute(text("UPDATE visits SET used = NULL"))
    assert counted() == now != []


def as_yesterday(house: InProcess) -> None:
    """The database of intake as the version before left it, with visits nobody looked at whether they count."""
    on_sqlite = house.intake.database.dialect == "sqlite"
    with house.intake.database.transaction() as tx:
        for trigger in ("visit_sent", "visit_gone") if on_sqlite else ("visit_sent_or_gone",):
            tx.execute(text(f"DROP TRIGGER {trigger}" + ("" if on_sqlite else " ON visits")))
        tx.execute(text("DROP TRIGGER visit_changed" + ("" if on_sqlite else " ON visits")))
        if not on_sqlite:
            tx.execute(text("DROP FUNCTION count_visit"))
        tx.execute(text("DROP TABLE visit_counts"))
        tx.execute(text("DROP INDEX visits_nobody_looked_at"))
        tx.execute(text("DROP INDEX words_by_exercise"))
        tx.execute(text("CREATE INDEX words_by_exercise ON words (exercise_id, state)"))
        tx.execute(text("ALTER TABLE words DROP COLUMN since"))
        tx.execute(text("UPDATE visits SET used = NULL"))
        tx.execute(text("UPDATE alembic_version SET version_num = '0007'"))
