"""A day is the one where the visits take place: from 23:00 UTC in summer it is already tomorrow there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.intake.use_cases.plan import import_plan
from services.intake.web.dates import day
from shared.contracts.days import day_here
from tests.service.intake.planning import House, an_intake
from tests.service.intake.plans import a_plan, an_id
from tests.service.intake.visiting import Browser, Intake, the_plan

LATE_IN_SUMMER = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 1, 31, 23, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 2, 1, 0, 0, tzinfo=UTC), date(2026, 2, 1)),
    ],
)
def test_the_boundary_is_midnight_there(moment: datetime, there: date) -> None:
    assert day_here(moment) == there


@pytest.mark.parametrize("value", [LATE_IN_SUMMER, LATE_IN_SUMMER.isoformat(timespec="microseconds"), "2026-07-01"])
def test_a_moment_is_written_as_its_day_there_and_a_day_as_itself(tmp_path: Path, value: str | datetime) -> None:
    with an_intake(tmp_path).app().test_request_context("/"):
        assert day(value) == "1 July 2026"
        assert day(date(2026, 7, 1)) == "1 July 2026"


def in_summer(opens: str, closes: str) -> dict[str, object]:
    exercise = {**a_plan()["exercise"], "waves": [{"number": 1, "opens": opens, "closes": closes}]}
    asked = [each for each in the_plan()["assignments"] if each["wave"] == 1]
    return the_plan(exercise=exercise, assignments=asked)


def test_a_wave_opens_and_ends_for_the_lead_at_midnight_there(tmp_path: Path) -> None:
    house = House(an_intake(tmp_path))
    house.service.clock.move(LATE_IN_SUMMER - house.service.clock.now())  # type: ignore[attr-defined]
    import_plan(house.service, in_summer("2026-07-01", "2026-07-20"))
    assert "The first round has opened. The next stage may begin" in house.browser("lead").get("/").text
    house.move("fieldwork")
    import_plan(house.service, in_summer("2026-06-10", "2026-06-30"))
    assert "The first round is over." in house.browser("lead").get("/").text


def test_a_volunteer_may_go_in_from_midnight_there(tmp_path: Path) -> None:
    intake = Intake(tmp_path, plan_file=in_summer("2026-07-01", "2026-07-20"))
    intake.clock.move(LATE_IN_SUMMER - intake.clock.now())
    me, asked = Browser(intake, "volunteer-1"), an_id("assigned-volunteer-1-1-environment")
    me.open(f"/visits/{asked}/ready")
    me.send(f"/visits/{asked}/answer", answer="accepted")
    me.send(f"/visits/{asked}/prepare", needs="A lift")
    assert "I am there: check in" in me.open("/")
    intake.close()
