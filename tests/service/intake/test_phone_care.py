"""What a phone tells of its volunteer, late or twice: it is never refused, and their buddy hears of it once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, text

from services.intake.domain.wellbeing import Trip
from services.intake.store import wellbeing as store
from services.intake.use_cases import wellbeing
from services.intake.use_cases.assignments import answer_assignment
from services.intake.use_cases.wellbeing import way_of_assignment
from tests.service.intake.plans import an_id
from tests.service.intake.test_care import PIE, plan_with_buddies
from tests.service.intake.visiting import OCTOBER, Browser, Intake

ME = an_id("volunteer-1")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path, plan_file=plan_with_buddies())
    yield house
    house.close()


def tell(me: Browser, act: str, status: int = 200, assignment: str = PIE, **body: Any) -> dict[str, Any]:
    """As the phone does it: first who is asking, then the act with the token it got."""
    token = me.client.get("/api/intake/v1/phone").get_json()["csrf_token"]
    path = f"/api/intake/v1/phone/assignments/{assignment}/{act}"
    answered = me.client.post(path, headers={"X-CSRFToken": token}, **({"json": body} if body else {}))
    assert answered.status_code == status, answered.text
    said: dict[str, Any] = answered.get_json()
    return said


def gone_in(intake: Intake) -> None:
    answer_assignment(intake.service, ME, PIE, "accepted")
    wellbeing.prepare(intake.service, ME, PIE, {})
    wellbeing.check_in(intake.service, ME, PIE, 3, 60)


def test_a_stop_told_twice_is_one_stop_and_the_buddy_hears_of_it(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    gone_in(intake)
    assert tell(me, "stop") == {"state": "stopped", "inside": True}
    intake.clock.move(timedelta(minutes=3))
    assert tell(me, "stop") == {"state": "stopped", "inside": True}
    assert "stopped" in buddy.open("/").lower()
    assert tell(me, "check-out") == {"state": "checked-out", "inside": False}
    assert tell(me, "check-out") == {"state": "checked-out", "inside": False}


def test_going_on_after_a_stop_and_after_a_break(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    gone_in(intake)
    tell(me, "stop")
    assert tell(me, "go-on")["state"] == "checked-in"
    assert tell(me, "pause")["state"] == "paused"
    assert tell(me, "go-on")["state"] == "checked-in"
    assert tell(me, "go-on")["state"] == "checked-in"


def test_a_stop_marks_what_was_begun_on_our_own_pages(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    me.open(f"/visits/{PIE}/ready")
    visit = me.send(f"/visits/{PIE}/start")
    tell(me, "stop")
    assert "You stopped this visit" in me.open(visit)


def test_a_break_before_any_yes_changes_nothing(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    tell(me, "pause")
    assert not way_of_assignment(intake.service, ME, PIE).begun


def trip_of(intake: Intake) -> Trip:
    with intake.service.database.reading() as tx:
        kept = store.latest(tx, PIE)
    assert kept is not None
    return kept.trip


def test_a_stop_told_late_says_when_it_was_and_when_we_heard_and_nobody_is_late_for_it(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    gone_in(intake)  # at 10:00 in London, for an hour
    intake.clock.move(timedelta(minutes=45))
    heard = intake.clock.now()
    assert tell(me, "stop", seconds_ago=35 * 60) == {"state": "stopped", "inside": True}
    trip = trip_of(intake)
    assert (trip.stopped_at, trip.stop_told_at) == (heard - timedelta(minutes=35), heard)
    assert "Stopped at about 10:10, told us at 10:45. May still be inside. Call them." in buddy.open("/out-now")
    # They are looked for from the moment we heard: what was late when we heard of it, is not late yet.
    assert trip.due_out == heard
    intake.work("care-watch")
    assert trip_of(intake).told == 0
    intake.clock.move(timedelta(minutes=31))
    intake.work("care-watch")
    assert trip_of(intake).told == 2
    page = buddy.open("/out-now")
    assert "They stopped, and we have not heard that they are out. Call them now." in page
    assert "Stopped at about 10:10, told us at 10:45." in page


def test_a_stop_told_late_does_not_begin_the_late_steps_again(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    gone_in(intake)
    intake.clock.move(timedelta(minutes=92))
    intake.work("care-watch")
    assert trip_of(intake).told == 2
    tell(me, "stop", seconds_ago=80 * 60)
    assert trip_of(intake).told == 2
    assert trip_of(intake).due_out == OCTOBER + timedelta(minutes=60)


def test_coming_out_told_late_ends_it_when_it_was(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    gone_in(intake)
    intake.clock.move(timedelta(hours=3))
    heard = intake.clock.now()
    assert tell(me, "check-out", seconds_ago=2 * 3600) == {"state": "checked-out", "inside": False}
    trip = trip_of(intake)
    assert (trip.out_at, trip.out_told_at) == (heard - timedelta(hours=2), heard)
    assert trip.debrief_by == heard + timedelta(hours=22)
    assert "Came out at about 11:00, told us at 13:00." in buddy.open("/out-now")


@pytest.mark.parametrize(
    "seconds_ago",
    [None, 0, 59, -600, 46 * 60, 8 * 24 * 3600, 10**20],
    ids=["not said", "now", "a moment ago", "to come", "before going in", "too long ago", "for ever ago"],
)
def test_a_moment_that_cannot_be_is_left_out_and_the_stop_holds(intake: Intake, seconds_ago: int | None) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    gone_in(intake)
    intake.clock.move(timedelta(minutes=45))
    assert tell(me, "stop", seconds_ago=seconds_ago)["state"] == "stopped"
    assert (trip_of(intake).stopped_at, trip_of(intake).stop_told_at) == (intake.clock.now(), None)
    assert "Stopped at 10:45." in buddy.open("/out-now")


def test_the_steps_keep_both_moments_and_both_are_erased_with_the_other_hours(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    gone_in(intake)
    intake.clock.move(timedelta(hours=1))
    heard = intake.clock.now()
    for act, ago in (("pause", 50), ("go-on", 40), ("stop", 30), ("check-out", 20)):
        tell(me, act, seconds_ago=ago * 60)
    late = [(row.act, row.at) for row in steps(intake) if row.told_at]
    assert late == [
        (act, (heard - timedelta(minutes=ago)).isoformat(timespec="microseconds"))
        for act, ago in (("pause", 50), ("go-on", 40), ("stop", 30), ("check-out", 20))
    ]
    intake.clock.move(timedelta(days=30) - timedelta(minutes=20))
    assert intake.work("care-eraser") == 1
    assert {(row.at, row.told_at) for row in steps(intake)} == {(None, None)}
    with intake.service.database.reading() as tx:
        kept = tx.execute(text("SELECT stopped_at, stop_told_at, out_at, out_told_at FROM trips")).all()
    assert [tuple(row) for row in kept] == [(None, None, None, None)]


def steps(intake: Intake) -> list[Row[Any]]:
    with intake.service.database.reading() as tx:
        return list(tx.execute(text("SELECT act, at, told_at FROM trip_steps ORDER BY number")))


def test_nobody_tells_for_somebody_else_and_nothing_without_the_token(intake: Intake) -> None:
    me, other = Browser(intake, "volunteer-1"), Browser(intake, "volunteer-2")
    tell(other, "stop", 404)
    tell(me, "stop", 404, an_id("no such assignment"))
    path = f"/api/intake/v1/phone/assignments/{PIE}"
    assert me.client.post(f"{path}/stop").status_code == 403
    assert me.client.post(f"{path}/dance").status_code == 404
    assert intake.app.test_client().post(f"{path}/stop").status_code == 401
