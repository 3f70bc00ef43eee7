"""Bytes whose row never came are erased after a day; what a row names, or may still come to name, is not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from services.intake.photo_jobs import stored_photos
from services.intake.photos import clean
from services.intake.store import photos as store
from services.intake.store import swept
from services.intake.store.photos import original_key
from services.intake.store.voice_notes import key_of
from services.intake.use_cases import photos as use_cases
from services.intake.voice_jobs import stored_recordings
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.test_photo_api import with_photos
from tests.service.intake.visiting import Intake, a_jpeg, a_visit, listing, new_id, voice_listing
from tests.unit.intake.sounds import a_webm

PHOTO = a_jpeg(7)
DAY = timedelta(days=1, minutes=1)


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def keys(intake: Intake) -> list[str]:
    return list(intake.service.objects.keys(""))


def age(intake: Intake) -> None:
    """Everything in the store was written just now, and then a day goes by."""
    for key in keys(intake):
        at = intake.clock.now().timestamp()
        os.utime(intake.service.objects._path(key), (at, at))
    intake.clock.move(DAY)


def lay(intake: Intake, key: str, body: bytes) -> str:
    intake.service.objects.put(key, body, "image/jpeg")
    return key


def failing(*_args: object, **_named: object) -> Any:
    raise OperationalError("INSERT", {}, Exception("the database is away"))


def test_an_original_whose_row_never_came_goes_once_its_visit_was_taken_back(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (photo_id,) = with_photos(intake, PHOTO)
    with monkeypatch.context() as away:
        away.setattr(store, "mark_safe", failing)
        assert me.put_photo(visit_id, photo_id, PHOTO).status_code == 503
    assert len(keys(intake)) == 1
    age(intake)
    assert intake.work("object-sweeper") == 0, "the visit still waits for these bytes"
    assert me.withdraw(visit_id).status_code == 200
    intake.work("original-eraser")
    assert len(keys(intake)) == 1
    intake.clock.move(timedelta(hours=1))
    assert intake.work("object-sweeper") == 1
    assert keys(intake) == []


def test_a_copy_is_looked_for_by_its_key_and_not_among_all_photos(intake: Intake) -> None:
    plans: list[str] = []
    with intake.service.database.reading() as tx:

        def explain(_conn: Any, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> None:
            if "json_extract" in statement and not statement.startswith("EXPLAIN"):
                plans.extend(row[3] for row in tx.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", given))

        event.listen(tx.engine, "before_cursor_execute", explain)
        assert swept.named(tx, [f"photos/{'0' * 64}"]) == set()
        event.remove(tx.engine, "before_cursor_execute", explain)
    assert len(plans) == 2
    assert all("USING INDEX photos_by_" in plan or "USING COVERING INDEX photos_by_" in plan for plan in plans), plans


def test_only_what_no_row_names_goes_and_only_after_a_day(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    voice = a_webm()
    note = voice_listing(voice)
    visit_id = new_id()
    photo = listing(PHOTO)
    sent = a_visit(photos=[photo], voice_notes=[note])
    assert me.put(visit_id, sent).status_code == 201
    assert me.put_photo(visit_id, photo["photo_id"], PHOTO).status_code == 201
    assert me.put_voice(visit_id, note["voice_id"], voice).status_code == 201
    intake.work("photo-cleaner")
    known = keys(intake)
    assert {key for key, _ in [*stored_photos(intake.service), *stored_recordings(intake.service)]} == set(known)
    other = a_jpeg(9)
    sha256 = hashlib.sha256(other).hexdigest()
    for key in (original_key(sha256), key_of(sha256), f"photos/{sha256}"):
        lay(intake, key, other)
    # Reporting's own, which intake knows nothing of.
    lay(intake, "documents/an-exercise/a-kind/1/aa.json", b"{}")
    assert intake.work("object-sweeper") == 0
    age(intake)
    assert intake.work("object-sweeper") == 3
    assert keys(intake) == sorted([*known, "documents/an-exercise/a-kind/1/aa.json"])
    job = next(job for job in intake.jobs if job.name == "object-sweeper")
    assert job.pending() == 0


def test_an_original_that_is_swept_while_it_is_sent_again_is_kept(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(intake, original_key(hashlib.sha256(PHOTO).hexdigest()), PHOTO)
    age(intake)
    put = intake.service.objects.put

    def swept_right_after(*args: Any, **named: Any) -> Any:
        stored = put(*args, **named)
        monkeypatch.setattr(intake.service.objects, "put", put)
        assert intake.work("object-sweeper") == 1
        return stored

    monkeypatch.setattr(intake.service.objects, "put", swept_right_after)
    use_cases.draft_photo(intake.service, an_id("volunteer-1"), EXERCISE, new_id(), new_id(), "RE", PHOTO)
    assert [key for key, _ in stored_photos(intake.service)] == keys(intake)
    assert intake.work("photo-cleaner") == 1


def test_copies_that_are_swept_while_they_are_made_again_are_kept(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleaned = clean(PHOTO, intake.settings.photo_pixels)
    copies = {lay(intake, f"photos/{copy.sha256}", copy.body) for copy in (cleaned.display, cleaned.thumbnail)}
    age(intake)
    keep = use_cases._keep_copies

    def swept_right_after(*args: Any) -> Any:
        kept = keep(*args)
        monkeypatch.setattr(use_cases, "_keep_copies", keep)
        assert intake.work("object-sweeper") == len(copies)
        return kept

    monkeypatch.setattr(use_cases, "_keep_copies", swept_right_after)
    use_cases.draft_photo(intake.service, an_id("volunteer-1"), EXERCISE, new_id(), new_id(), "RE", PHOTO)
    assert intake.work("photo-cleaner") == 1
    assert {key for key, _ in stored_photos(intake.service)} == set(keys(intake))


def test_a_store_that_belongs_to_another_database_is_left_alone(intake: Intake) -> None:
    for number in range(30):
        lay(intake, f"originals/{hashlib.sha256(bytes([number])).hexdigest()}", bytes([number]))
    age(intake)
    assert intake.work("object-sweeper") == 0
    assert len(keys(intake)) == 30
