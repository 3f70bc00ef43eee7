"""What the last steps of the database of intake take away and add, on both engines, with yesterday's rows in it."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text

import services.intake as intake
from deploy.servers.postgres import Postgres
from services.intake.store import access_acts, erased
from services.intake.store.visit_tables import erasures, photos, voice_notes
from services.intake.store.wellbeing_tables import care_erasures, care_notices, trips
from shared.backends import open_database
from shared.storage.database import Database
from shared.storage.migrations import upgrade
from tests.service.intake.plans import EXERCISE, an_id

AT = "2026-11-02T09:30:00.000000+00:00"
TRIP = an_id("a trip")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'intake.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database()
    database = open_database(url)
    upgrade(database, "services.intake")
    with database.transaction() as tx:
        row = {"id": TRIP, "exercise_id": EXERCISE, "site_id": an_id("jobcentre"), "made_at": AT, "state": "closed"}
        tx.execute(insert(trips).values(**row, told=0))
    yield database
    database.close()


def take_the_step(database: Database, number: str) -> None:
    (path,) = Path(str(intake.__file__)).parent.glob(f"migrations/versions/{number}_*.py")
    with database.transaction() as tx, Operations.context(MigrationContext.configure(tx)):
        runpy.run_path(str(path))["upgrade"]()


def shape(database: Database) -> tuple[set[str], set[str | None]]:
    looked = inspect(database.engine)
    columns = {one["name"] for one in looked.get_columns("care_notices")}
    return columns, {one["name"] for one in looked.get_indexes("care_notices")}


def test_the_column_that_nothing_filled_goes_and_every_notice_stays(database: Database) -> None:
    today = shape(database)
    notice = {"trip_id": TRIP, "person_id": an_id("buddy"), "kind": "in", "at": AT}
    with database.transaction() as tx:
        tx.execute(text("ALTER TABLE care_notices ADD COLUMN posted_at VARCHAR(40)"))
        tx.execute(text("CREATE INDEX care_notices_to_post ON care_notices (posted_at)"))
        tx.execute(insert(care_notices).values(notice))
    take_the_step(database, "0018")
    assert shape(database) == today
    assert today == (
        {"number", "trip_id", "person_id", "kind", "at", "seen_at"},
        {"care_notices_by_person", "care_notices_by_trip"},
    )
    with database.transaction() as tx:
        tx.execute(insert(care_notices).values(notice | {"kind": "out"}))  # as the code of 6315483 does, too
        found = [(row.number, row.kind, row.seen_at) for row in tx.execute(select(care_notices))]
    assert found == [(1, "in", None), (2, "out", None)]


def test_what_was_erased_and_who_gave_a_way_in_are_read_alike(database: Database) -> None:
    ids = [an_id(f"photo {number}") for number in range(3)]
    kept = {"visit_id": an_id("a visit"), "volunteer_key": "k", "exercise_id": EXERCISE, "listed": True}
    kept |= {"may_use": True, "sha256": "0" * 64, "size": 1, "state": "cleaned", "zone": "WA"}
    said = {**kept, "may_quote": True, "media_type": "audio/webm", "seconds": 1, "heard": "written"}
    gone = {"visit_id": an_id("a visit"), "sha256": "0" * 64, "what": "original", "why": "cleaned"}
    with database.transaction() as tx:
        for number, photo_id in enumerate(ids):
            tx.execute(insert(photos).values(**kept, media_type="image/jpeg", photo_id=photo_id, review="waiting"))
            tx.execute(
                insert(erasures).values(**gone, photo_id=photo_id, at=AT.replace("-02T", f"-0{2 + number // 2}T"))
            )
        tx.execute(
            insert(voice_notes).values(
                **said, voice_id=an_id("v"), erased_at=AT.replace("T09", "T21"), erased_why="written"
            )
        )
        tx.execute(insert(care_erasures).values(trip_id=TRIP, what="times", at=AT))
        access_acts.record(tx, EXERCISE, an_id("lead"), access_acts.BACK, an_id("staff"), AT, 3)
        days = [(one.at[:10], one.did) for one in erased.days(tx, EXERCISE)]
        acts = [(one.person_id, one.did) for one in access_acts.acts(tx, EXERCISE)]
        assert (erased.days(tx, an_id("other")), access_acts.acts(tx, an_id("other"))) == ([], [])
    assert days == [
        ("2026-11-02", "erased photos as they came (2): they had done their work"),
        ("2026-11-02", "erased recordings (1): what was said was written down"),
        ("2026-11-02", "erased hours of trips (1): their time had come"),
        ("2026-11-03", "erased photos as they came (1): they had done their work"),
    ]
    assert acts == [(an_id("lead"), f"took every link and token back from {an_id('staff')} (3)")]
