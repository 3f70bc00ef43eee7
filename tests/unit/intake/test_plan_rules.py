"""A plan that breaks a rule is refused with every fault at once, each by its place (wire.md §2, domain.md §4)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from services.intake.domain.plan import as_file, from_file
from services.intake.domain.plan_rules import line_of_thought
from services.intake.forms.plan import read_plan
from tests.service.intake.plans import a_plan, an_id


def broken(change: Any) -> dict[str, Any]:
    """The good plan with one change made to it."""
    plan = copy.deepcopy(a_plan())
    change(plan)
    return plan


def pointers(plan: Any) -> list[str]:
    """Where the faults of a plan are."""
    read, faults = read_plan(plan)
    assert (read is None) == bool(faults)
    return [fault.pointer for fault in faults]


def test_a_good_plan_comes_back_as_it_went_in() -> None:
    plan, faults = read_plan(a_plan())
    assert faults == []
    assert plan is not None
    assert as_file(plan) == a_plan()
    assert from_file(as_file(plan)) == plan


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda p: p["exercise"].pop("sponsor_decision"), "/exercise/sponsor_decision"),
        (lambda p: p["exercise"]["sponsor_decision"].pop("reason"), "/exercise/sponsor_decision/reason"),
        (lambda p: p["exercise"]["sponsor_decision"].update(on="1 September"), "/exercise/sponsor_decision/on"),
        (lambda p: p["exercise"].update(mode="secret"), "/exercise/mode"),
        (lambda p: p["exercise"]["waves"][1].update(number=1), "/exercise/waves/1/number"),
        (lambda p: p["exercise"]["waves"][1].update(number=0), "/exercise/waves/1/number"),
        (lambda p: p["exercise"]["waves"][0].update(number=3), "/exercise/waves/1/number"),
        (lambda p: p["exercise"]["waves"][0].update(closes="2026-09-30"), "/exercise/waves/0/closes"),
        (lambda p: p["exercise"].update(waves=[]), "/exercise/waves"),
        (lambda p: p["scenarios"][0].pop("stop_line"), "/scenarios/0/stop_line"),
        (lambda p: p["scenarios"][0].update(stop_line="  "), "/scenarios/0/stop_line"),
        (lambda p: p["scenarios"][0].update(channel="letter"), "/scenarios/0/channel"),
        (lambda p: p["people"][2].update(roles=["guard"]), "/people/2/roles/0"),
        (lambda p: p["people"][2].update(roles=[]), "/people/2/roles"),
        (lambda p: p["people"][2].update(role="buddy"), "/people/2/role"),
        (lambda p: p["people"][2].update(representative=True), "/people/2/representative"),
        (lambda p: p["people"][6].update(roles=["sponsor", "volunteer"]), "/people/6/roles"),
        (lambda p: p["people"][1].update(id=p["people"][0]["id"]), "/people/1/id"),
        (lambda p: p["people"][1].update(name="\ud800"), "/people/1/name"),
        (lambda p: p["sites"][0].update(zones=["AP", "AP"]), "/sites/0/zones"),
        (lambda p: p["sites"][0].update(zones=["XX"]), "/sites/0/zones/0"),
        (lambda p: p["sites"][0].update(id="not-a-uuid"), "/sites/0/id"),
        (lambda p: p["sites"][0].update(photos_allowed="yes"), "/sites/0/photos_allowed"),
        (lambda p: p["assignments"][0].update(volunteer=an_id("lead")), "/assignments/0/volunteer"),
        (lambda p: p["assignments"][0].update(volunteer=an_id("nobody")), "/assignments/0/volunteer"),
        (lambda p: p["assignments"][0].update(site=an_id("nowhere")), "/assignments/0/site"),
        (lambda p: p["assignments"][0].update(wave=3), "/assignments/0/wave"),
        (lambda p: p["assignments"][0].update(wave=True), "/assignments/0/wave"),
        (lambda p: p["assignments"][0].update(wave="1"), "/assignments/0/wave"),
        (lambda p: p["assignments"][1].pop("scenario"), "/assignments/1/scenario"),
        (lambda p: p["assignments"][1].update(scenario=an_id("other")), "/assignments/1/scenario"),
        (lambda p: p["assignments"][1].update(buddy=an_id("volunteer-2")), "/assignments/1/buddy"),
        (lambda p: p["partner"].update(kind="shop"), "/partner/kind"),
        (lambda p: p.update(extra=1), "/extra"),
        (lambda p: p.pop("people"), "/people"),
        (lambda p: p.update(people="nobody"), "/people"),
        (lambda p: p.update(sites=[7]), "/sites/0"),
    ],
)
def test_each_fault_is_found_at_its_place(change: Any, where: str) -> None:
    assert where in pointers(broken(change))


def test_waves_may_touch_overlap_miss_a_number_and_stand_in_any_order() -> None:
    first = {"number": 1, "opens": "2026-10-01", "closes": "2026-10-31"}
    overlapping = {"number": 2, "opens": "2026-10-31", "closes": "2026-11-20"}
    later = {"number": 4, "opens": "2026-10-01", "closes": "2026-10-01"}
    listed = broken(lambda p: p["exercise"].update(waves=[later, first, overlapping]))
    plan, faults = read_plan(listed)
    assert faults == []
    assert plan is not None
    assert as_file(plan)["exercise"]["waves"] == [first, overlapping, later]


def test_all_faults_are_told_at_once() -> None:
    def change(plan: dict[str, Any]) -> None:
        plan["people"][2]["roles"] = ["guard"]
        plan["exercise"]["waves"][1]["number"] = 1
        del plan["scenarios"][0]["stop_line"]
        plan["assignments"][0]["site"] = an_id("nowhere")

    found = pointers(broken(change))
    assert {"/people/2/roles/0", "/exercise/waves/1/number", "/scenarios/0/stop_line"} < set(found)
    assert "/assignments/0/site" in found


@pytest.mark.parametrize("nonsense", [None, [], "plan", 7, {}, {"people": {}}, {"exercise": []}, {"sites": [[]]}])
def test_nonsense_is_refused_and_never_breaks(nonsense: Any) -> None:
    assert pointers(nonsense)


def test_an_announced_exercise_needs_no_decision_and_may_leave_out_what_is_optional() -> None:
    def change(plan: dict[str, Any]) -> None:
        plan["exercise"] = {**plan["exercise"], "mode": "announced", "sponsor_decision": None}
        plan["scenarios"] = [{"id": an_id("s"), "title": "T", "channel": "phone", "stop_line": "Stop."}]
        plan["assignments"] = []
        for person in plan["people"]:
            person.pop("representative")

    assert pointers(broken(change)) == []


def test_a_pointer_becomes_a_line_of_thought() -> None:
    assert line_of_thought("/people/2/roles") == "people[2].roles"
    assert line_of_thought("/exercise/waves/0/opens") == "exercise.waves[0].opens"
    assert line_of_thought("") == "plan"
