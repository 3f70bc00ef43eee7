"""The demo is loaded by the use cases of its people, once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from services.intake import demo, wiring
from services.intake.demo import playing
from services.intake.demo.script import Script, Step, scripts
from services.intake.photos import nothing_but_pixels
from services.intake.store import exercises, tables, visit_tables
from shared.access import directory
from shared.contracts import catalogue
from shared.contracts.demo_ids import demo_id
from shared.messaging import outbox
from shared.runtime.clock import MovableClock
from shared.runtime.service import Service
from shared.runtime.settings import Settings

TODAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PHOTOS = Path(demo.__file__).parent / "photos"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(TODAY)


@pytest.fixture
def intake(tmp_path: Path, clock: MovableClock) -> Iterator[Service]:
    settings = Settings.from_env(
        {
            "OPENDOOR_DATA": str(tmp_path),
            "OPENDOOR_SIGNING_KEY": "signing-" * 8,
            "OPENDOOR_IDENTITY_KEY": "identity-" * 8,
        }
    )
    service = wiring.build(settings, clock=clock)
    service.migrate()
    yield service
    service.database.close()


TABLES = {
    "visits": visit_tables.visits,
    "photos": visit_tables.photos,
    "words": visit_tables.words,
    "moves": tables.stage_moves,
    "acts": tables.release_acts,
}


def counts(service: Service) -> dict[str, int]:
    with service.database.reading() as tx:
        return {
            name: tx.execute(select(func.count()).select_from(table)).scalar_one() for name, table in TABLES.items()
        }


def stage_of(service: Service, word: str) -> str:
    with service.database.reading() as tx:
        state = exercises.state(tx, demo_id(word))
    assert state is not None
    return state.stage


def test_both_exercises_stand_where_they_should(intake: Service) -> None:
    demo.load(intake)
    assert stage_of(intake, "jobcentre-exercise") == "action"
    assert stage_of(intake, "housing-exercise") == "fieldwork"
    with intake.database.reading() as tx:
        jobcentre = directory.exercise(tx, demo_id("jobcentre-exercise"))
        housing = directory.exercise(tx, demo_id("housing-exercise"))
    assert jobcentre is not None
    assert housing is not None
    today = TODAY.date()
    assert jobcentre.wave_releases == {2}
    assert all(wave.closes < today for wave in jobcentre.waves)
    assert housing.waves[0].closes < today
    assert housing.waves[1].opens < today < housing.waves[1].closes
    assert counts(intake)["visits"] == 18
    assert counts(intake)["photos"] == 5


def test_the_data_keeper_let_most_through_changed_some_and_left_some(intake: Service) -> None:
    demo.load(intake)
    with intake.database.reading() as tx:
        said = [envelope for _, envelope in outbox.unsent(tx, 1000)]
        words = visit_tables.words
        states = {row[0]: row[1] for row in tx.execute(select(words.c.state, func.count()).group_by(words.c.state))}
    shared = [one.data["text"] for one in said if one.type == catalogue.WORDS_RELEASED]
    assert len(shared) == states["released"] > 40
    assert states["held-back"] == 1
    assert states["waiting"] == 2
    assert "I was told where to go in front of everyone." in shared
    assert not any("desk 4" in words or "lanyard" in words or "brother" in words for words in shared)
    photos = [one.data for one in said if one.type == catalogue.PHOTO_RELEASED]
    assert len(photos) == 4
    for photo in photos:
        body = intake.objects.get(photo["display"]["key"])
        assert nothing_but_pixels(body)
        assert photo["annotations"]


def test_loading_again_changes_nothing_even_on_a_later_day(intake: Service, clock: MovableClock) -> None:
    demo.load(intake)
    before = counts(intake)
    with intake.database.reading() as tx:
        unsent = [envelope.id for _, envelope in outbox.unsent(tx, 1000)]
    demo.load(intake)
    clock.move(timedelta(days=3))
    demo.load(intake)
    assert counts(intake) == before
    with intake.database.reading() as tx:
        assert [envelope.id for _, envelope in outbox.unsent(tx, 1000)] == unsent


def test_stopped_anywhere_it_goes_on_and_ends_the_same(intake: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    play = playing._play
    budget = 0

    class Stopped(Exception):
        pass

    def stopping(service: Service, script: Script, step: Step) -> None:
        nonlocal budget
        if budget == 0:
            raise Stopped
        budget -= 1
        play(service, script, step)

    monkeypatch.setattr(playing, "_play", stopping)
    steps = sum(len(list(script.steps())) for script in scripts(TODAY.date()))
    for allowed in range(4, steps, 4):
        budget = allowed
        with pytest.raises(Stopped):
            demo.load(intake)
    budget = steps
    demo.load(intake)
    assert stage_of(intake, "jobcentre-exercise") == "action"
    assert counts(intake)["visits"] == 18


def test_somebody_of_every_role_can_sign_in_once_it_is_loaded(intake: Service) -> None:
    assert demo.people(intake) == {}
    demo.load(intake)
    found = demo.people(intake)
    assert list(found) == [
        "volunteer", "buddy", "lead", "data-keeper", "sponsor", "manager", "working-group", "staff",
    ]  # fmt: skip
    with intake.database.reading() as tx:
        for role, person_id in found.items():
            member = directory.membership(tx, person_id, demo_id("jobcentre-exercise"))
            assert member is not None
            assert role in member.roles


def test_people_are_called_by_what_they_do() -> None:
    for script in scripts(date(2026, 11, 23)):
        names = {person["name"] for person in script.plan["people"]}
        words = " ".join(names).lower()
        assert all(name[0].isupper() for name in names)
        assert set(words.replace("'s", "").split()) <= {
            "lead", "data", "keeper", "buddy", "volunteer", "one", "two", "three", "four", "jobcentre", "housing",
            "sponsor", "manager", "somebody", "on", "the", "staff", "office", "in", "working", "group",
        }  # fmt: skip


def test_its_photos_are_small_real_ones_with_a_position_and_their_licence_beside_them() -> None:
    readme = (PHOTOS / "README.md").read_text(encoding="utf-8")
    found = sorted(PHOTOS.glob("*.jpg"))
    assert len(found) == 4
    assert sum(path.stat().st_size for path in found) < 1_500_000
    for path in found:
        assert path.stat().st_size < 300_000
        assert f"`{path.name}`" in readme
        with Image.open(path) as image:
            marks = image.getexif()
            assert marks[0x0110] == "Demo phone"
            assert marks.get_ifd(0x8825)[1] == "N"
