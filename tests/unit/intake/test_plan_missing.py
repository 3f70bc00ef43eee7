"""What a plan lacks before people go: each thing is named, with the place where it is put right."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake.domain.plan import from_file
from services.intake.domain.plan_missing import Missing, missing
from tests.service.intake.plans import a_plan, an_id

NUMBERS = {an_id("buddy"), an_id("lead")}


def whole(**changes: Any) -> dict[str, Any]:
    """A plan that lacks nothing: both volunteers go, each with a buddy."""
    plan = a_plan()
    plan["assignments"][0]["buddy"] = an_id("buddy")
    return plan | changes


def found(plan: dict[str, Any], numbers: set[str] = NUMBERS, **states: str) -> list[tuple[str, str | None]]:
    said = {an_id(name.replace("_", "-")): state for name, state in states.items()}
    return [(each.section, each.entry) for each in missing(from_file(plan), said, numbers)]


def people(*without: str, **changed: dict[str, Any]) -> list[dict[str, Any]]:
    kept = [person for person in a_plan()["people"] if not set(without) & set(person["roles"])]
    return [person | changed.get(person["name"].removeprefix("The ").replace("-", "_"), {}) for person in kept]


def test_a_whole_plan_lacks_nothing() -> None:
    assert found(whole()) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"people": people(volunteer_1={"representative": False})}, [("people", None)]),
        (
            {"people": people("lead", volunteer_1={"roles": ["volunteer", "lead"]})},
            [("people", None), ("my-number", None)],
        ),
        ({"people": people("sponsor")}, [("people", "new")]),
        ({"people": people("manager")}, [("people", "new")]),
        ({"scenarios": [a_plan()["scenarios"][0] | {"safe_letter": " "}]}, [("scenarios", an_id("scenario"))]),
        ({"scenarios": [a_plan()["scenarios"][0] | {"unwind": []}]}, [("scenarios", an_id("scenario"))]),
        ({"assignments": []}, [("assignments", None)]),
        ({"assignments": a_plan()["assignments"]}, [("assignments", None)]),
    ],
)
def test_what_is_missing_is_named_where_it_is_put_right(
    changes: dict[str, Any], where: list[tuple[str, str | None]]
) -> None:
    assert found(whole(**changes)) == where


def test_numbers_to_call_are_missed_of_buddies_who_are_needed_and_of_the_leads_together() -> None:
    assert found(whole(), set()) == [("people", an_id("buddy")), ("my-number", None)]
    assert found(whole(), {an_id("buddy"), an_id("second-lead")}) == []
    nobody_goes = found(whole(), set(), assignment_1="declined", assignment_2="declined")
    assert nobody_goes == [("assignments", None)]


def test_who_goes_without_a_buddy_is_said_by_name_and_no_number_is() -> None:
    said = missing(from_file(a_plan()), {}, NUMBERS)
    words = "No buddy is named for The volunteer-1 (Pier Road office, round 1). Until then the leads look out for them."
    assert said == [Missing(words, "assignments")]
