"""What is forgotten when its time has come, line by line of domain.md §4 "Retention", with a clock that is moved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.intake.domain.retention import links_gone_before
from services.intake.store import addresses, retention, visits
from services.intake.store import people as people_store
from services.intake.store import words as words_store
from services.intake.store.addresses import Reach
from services.intake.store.visit_tables import erasures
from services.intake.use_cases import people, reaching, words
from services.intake.use_cases.plan import export_plan, import_plan
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.test_care import plan_with_buddies, ready
from tests.service.intake.visiting import Browser, Intake, a_jpeg, a_visit, close, listing, new_id

DAY = timedelta(days=1)
OTHER = an_id("another exercise")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path, plan_file=plan_with_buddies())
    yield house
    house.close()


def a_draft(intake: Intake) -> tuple[Browser, str]:
    me = Browser(intake, "volunteer-1")
    asked = an_id("assigned-volunteer-1-1-environment")
    me.open(f"/visits/{asked}/ready")
    where = me.send(f"/visits/{asked}/start")
    return me, where.rsplit("/", 1)[1]


def test_a_draft_goes_ninety_days_after_it_was_last_changed_and_its_photos_with_it(intake: Intake) -> None:
    me, visit_id = a_draft(intake)
    assert "erased 90 days after you last changed it" in me.open(f"/visits/{visit_id}")
    intake.clock.move(80 * DAY)
    me = Browser(intake, "volunteer-1")
    me.open(f"/visits/{visit_id}/WA")
    me.send(f"/visits/{visit_id}/WA", photo_taken=(io.BytesIO(a_jpeg()), "a.jpg"))
    intake.work("photo-cleaner")
    intake.clock.move(89 * DAY)
    assert intake.work("forgetter") == 0
    intake.clock.move(1 * DAY)
    assert intake.work("forgetter") == 1
    assert Browser(intake, "volunteer-1").client.get(f"/visits/{visit_id}").status_code == 404
    with intake.service.database.reading() as tx:
        assert [act.did for act in retention.acts(tx, EXERCISE)] == ["forgot drafts (1)"]
    intake.work("original-eraser")
    with intake.service.database.reading() as tx:
        of_visit = select(erasures.c.what).where(erasures.c.visit_id == visit_id)
        assert set(tx.execute(of_visit).scalars()) == {"original", "copies"}
    assert intake.work("forgetter") == 0


def test_a_correction_that_was_never_sent_goes_and_the_visit_stays(intake: Intake) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit())
    me = Browser(intake, "volunteer-1")
    me.open(f"/visits/{visit_id}/receipt")
    me.send(f"/visits/{visit_id}/correct")
    intake.clock.move(90 * DAY)
    assert intake.work("forgetter") == 1
    with intake.service.database.reading() as tx:
        assert visits.draft(tx, visit_id) is None
        assert visits.content(tx, visit_id, 1) is not None


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ((2027, 4, 14), (2026, 10, 14)),
        ((2027, 8, 31), (2027, 2, 28)),
        ((2028, 8, 31), (2028, 2, 29)),
        ((2027, 1, 1), (2026, 7, 1)),
    ],
)
def test_six_months_are_six_months_of_the_calendar(now: Any, before: Any) -> None:
    assert links_gone_before(datetime(*now, 9, tzinfo=UTC)) == datetime(*before, 9, tzinfo=UTC)


def test_six_months_after_the_end_nobody_knows_whose_a_visit_was(intake: Intake) -> None:
    ready(Browser(intake, "volunteer-1"))
    visit_id, second, photo = new_id(), new_id(), listing(a_jpeg())
    consents = {"quote": True, "use_photos": True}
    assert intake.as_("volunteer-1").put(visit_id, a_visit(photos=[photo], consents=consents)).status_code == 201
    assert intake.as_("volunteer-1").put_photo(visit_id, photo["photo_id"], a_jpeg()).status_code == 201
    intake.work("photo-cleaner")
    with intake.service.database.reading() as tx:
        written = {one.text: one.words_id for one in words_store.words_of(tx, visit_id)}
    words.share_words(intake.service, an_id("data-keeper"), written["Hard chairs in one row."], "Hard chairs.")
    assert intake.as_("volunteer-2").put(second, a_visit()).status_code == 201
    with intake.service.database.reading() as tx:
        before = {one: visits.visit(tx, one) for one in (visit_id, second)}
    reaching.keep_address(intake.service, an_id("buddy"), "buddy@4711.example", [], way_in=False, language="en_GB")
    reach = Reach(an_id("volunteer-1"), new_id(), "me@example.org", "cy", frozenset(), False, "2026-10-12", None)
    with intake.service.database.transaction() as tx:
        addresses.keep(tx, reach)
    close(intake)
    intake.clock.move(datetime(2027, 4, 12, 8, 0, tzinfo=UTC) - intake.clock.now())
    intake.work("care-eraser")  # which has had its own time since long
    assert intake.work("forgetter") == 0
    assert "The volunteer-1" in str(export_plan(intake.service, EXERCISE))
    intake.clock.move(DAY)
    assert intake.work("forgetter") == 1
    exported = str(export_plan(intake.service, EXERCISE))
    for gone in ("The volunteer-1", an_id("volunteer-1"), "The buddy", an_id("buddy")):
        assert gone not in exported
    assert an_id("lead") in exported
    with intake.service.database.reading() as tx:
        after = {one: visits.visit(tx, one) for one in (visit_id, second)}
        keys = {one.volunteer_key for one in after.values() if one}
        assert len(keys) == 2
        assert keys.isdisjoint(one.volunteer_key for one in before.values() if one)
        assert {one.by for one in visits.versions(tx, visit_id)} == {after[visit_id].volunteer_key}  # type: ignore[union-attr]
        content = visits.content(tx, visit_id, 1)
        assert content
        assert (len(content["answers"]), content["visited_on"], content["part_of_day"]) == (4, None, "morning")
        assert [one.text for one in words_store.words_of(tx, visit_id)] == ["Hard chairs."]
        assert people_store.name(tx, an_id("volunteer-1")) is None
        assert retention.acts(tx, EXERCISE)[-1].did == "forgot whose visits they were (4)"
        everything = [
            str(list(tx.exec_driver_sql(f"select * from {table}")))
            for table in (
                "visits",
                "visit_versions",
                "photos",
                "words",
                "assignments",
                "memberships",
                "trips",
                "care_numbers",
                "mail_addresses",
                "mail_addresses",
            )
        ]
    for raw in ("sat behind me", "in one row", "2026-10-10", "Marmalade", "07700", "4711.example"):
        assert raw not in str(everything)
    assert intake.work("original-eraser") >= 1  # nobody had looked at it
    assert [one for one in intake.service.stored_objects() if one[0].startswith("photos/")] == []
    for who in ("volunteer-1", "volunteer-2", "buddy"):
        assert an_id(who) not in str(everything)
        assert intake.as_(who).client.get("/api/intake/v1/me", headers=intake.as_(who).headers).status_code == 401
    assert intake.as_("volunteer-1").get(visit_id).status_code == 401
    assert intake.work("forgetter") == 0
    lead = Browser(intake, "lead")
    assert "The volunteer-1" not in lead.open(f"/exercises/{EXERCISE}")
    assert "The volunteer-1" not in lead.open(f"/exercises/{EXERCISE}/plan")


def test_somebody_who_goes_on_in_another_exercise_keeps_their_name_there(intake: Intake) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit())
    plan = plan_with_buddies()
    plan |= {"exercise": {**plan["exercise"], "id": OTHER}, "scenarios": [], "assignments": []}  # type: ignore[dict-item]
    import_plan(intake.service, plan)
    close(intake)
    intake.clock.move(190 * DAY)
    assert intake.work("forgetter") == 1
    people.create_token(intake.service, an_id("volunteer-1"))
    with intake.service.database.reading() as tx:
        assert people_store.name(tx, an_id("volunteer-1")) == "The volunteer-1"
        assert [one["exercise_id"] for one in people_store.memberships(tx, an_id("volunteer-1"))] == [OTHER]
    me = Browser(intake, "volunteer-1")
    assert me.client.get(f"/visits/{visit_id}/receipt").status_code == 404
