"""Once visits rest on a plan, it may grow but not lose what they stand on, and the lead sees how far the work is."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.use_cases.exercise_page import exercise_page
from services.intake.use_cases.plan import export_plan, import_plan
from services.intake.use_cases.seen import Viewer
from shared.contracts.refusals import Refusal
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.visiting import Intake, a_visit, new_id, the_plan


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    found = Intake(tmp_path)
    yield found
    found.close()


def sent(intake: Intake, who: str, **changes: Any) -> str:
    """A visit that this volunteer has sent; its id."""
    visit_id = new_id()
    answer = intake.as_(who).put(visit_id, a_visit(**changes))
    assert answer.status_code == 201, answer.text
    return visit_id


def covered(intake: Intake) -> list[tuple[int, int, int, tuple[str, ...], str]]:
    """Wave, visits, volunteers, parts of the day and what is missing, as the lead's page has them."""
    viewer = Viewer(an_id("lead"), EXERCISE, {"lead"}, {"lead"}, False, "fieldwork")
    page = exercise_page(intake.service, viewer)
    return [(row.wave, row.done, row.volunteers, row.parts_of_day, row.missing) for row in page.covered]


def without(section: str, keep: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The plan without some entries of one section."""
    plan = copy.deepcopy(the_plan())
    plan[section] = [entry for entry in plan[section] if keep(entry)]
    return plan


def without_volunteer() -> dict[str, Any]:
    plan = without("people", lambda person: person["id"] != an_id("volunteer-1"))
    plan["assignments"] = [entry for entry in plan["assignments"] if entry["volunteer"] != an_id("volunteer-1")]
    return plan


def without_zone() -> dict[str, Any]:
    plan = the_plan()
    plan["sites"][0]["zones"] = [zone for zone in plan["sites"][0]["zones"] if zone != "RE"]
    return plan


def with_another_site() -> dict[str, Any]:
    plan = the_plan(assignments=[])
    plan["sites"] = [{**plan["sites"][0], "id": an_id("elsewhere")}]
    return plan


def without_first_wave() -> dict[str, Any]:
    plan = the_plan(assignments=[])
    plan["exercise"]["waves"] = []
    return plan


def without_assignment() -> dict[str, Any]:
    return without("assignments", lambda entry: entry["id"] != an_id("assigned-volunteer-1-1-environment"))


@pytest.mark.parametrize(
    ("changed", "where", "status"),
    [
        (without_volunteer, "/people", 409),
        (without_zone, "/sites/0/zones", 409),
        (with_another_site, "/sites", 409),
        (without_first_wave, "/exercise/waves", 422),
        (without_assignment, "/assignments", 409),
    ],
)
def test_what_visits_rest_on_stays(intake: Intake, changed: Any, where: str, status: int) -> None:
    sent(intake, "volunteer-1")
    before = export_plan(intake.service, EXERCISE)
    with pytest.raises(Refusal) as refused:
        import_plan(intake.service, changed())
    assert refused.value.status == status
    assert where in [fault.pointer for fault in refused.value.errors]
    assert export_plan(intake.service, EXERCISE) == before


def test_a_plan_with_visits_may_grow(intake: Intake) -> None:
    sent(intake, "volunteer-1")
    plan = the_plan()
    plan["sites"][0]["zones"].append("EX")
    plan["people"].append({"id": an_id("third"), "name": "A third", "roles": ["volunteer"], "representative": False})
    assert import_plan(intake.service, plan).change == "updated"


def test_a_withdrawn_visit_holds_nothing(intake: Intake) -> None:
    visit_id = sent(intake, "volunteer-1")
    assert intake.as_("volunteer-1").withdraw(visit_id).status_code == 200
    assert import_plan(intake.service, without_volunteer()).change == "updated"


def test_coverage_counts_what_counts(intake: Intake) -> None:
    sent(intake, "volunteer-1", part_of_day="morning")
    sent(intake, "volunteer-1", part_of_day="morning", stopped_early=True, keep_answers=False)
    assert covered(intake)[0][:4] == (1, 1, 1, ("morning",))
    sent(intake, "volunteer-2", part_of_day="evening")
    gone = sent(intake, "volunteer-2", part_of_day="afternoon")
    assert covered(intake)[0] == (1, 3, 2, ("morning", "afternoon", "evening"), "")
    intake.as_("volunteer-2").withdraw(gone)
    assert covered(intake)[0][4] == "One more visit."
    assert covered(intake)[1][:2] == (2, 0)
