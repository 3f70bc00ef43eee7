"""What a phone tells of its volunteer, late or twice: it is never refused, and their buddy hears of it once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.use_cases import wellbeing
from services.intake.use_cases.assignments import answer_assignment
from services.intake.use_cases.wellbeing import way_of_assignment
from tests.service.intake.plans import an_id
from tests.service.intake.test_care import PIE, plan_with_buddies
from tests.service.intake.visiting import Browser, Intake

ME = an_id("volunteer-1")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path, plan_file=plan_with_buddies())
    yield house
    house.close()


def tell(me: Browser, act: str, status: int = 200, assignment: str = PIE) -> dict[str, Any]:
    """As the phone does it: first who is asking, then the act with the token it got."""
    token = me.client.get("/api/intake/v1/phone").get_json()["csrf_token"]
    path = f"/api/intake/v1/phone/assignments/{assignment}/{act}"
    answered = me.client.post(path, headers={"X-CSRFToken": token})
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


def test_nobody_tells_for_somebody_else_and_nothing_without_the_token(intake: Intake) -> None:
    me, other = Browser(intake, "volunteer-1"), Browser(intake, "volunteer-2")
    tell(other, "stop", 404)
    tell(me, "stop", 404, an_id("no such assignment"))
    path = f"/api/intake/v1/phone/assignments/{PIE}"
    assert me.client.post(f"{path}/stop").status_code == 403
    assert me.client.post(f"{path}/dance").status_code == 404
    assert intake.app.test_client().post(f"{path}/stop").status_code == 401
