"""A lead brings in and renames only people whom they answer for; someone else's stay as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.intake.domain.people_of_others import Known, Planner, faults, may_act_for
from services.intake.domain.plan import Plan, from_file
from tests.service.intake.plans import EXERCISE, a_plan, an_id

WHO, ID, NAME = an_id("volunteer-1"), "/people/0/id", "/people/0/name"
PLANNER = Planner(an_id("lead"), frozenset({EXERCISE, "mine"}))


def plan(name: str = "The volunteer-1") -> Plan:
    made = from_file(a_plan())
    return replace(made, people=(replace(made.people[0], name=name),))


@pytest.mark.parametrize(
    ("exercises", "was_in", "name", "found"),
    [
        ([], False, "Another name", []),  # in no exercise any more
        (["mine"], False, "Another name", []),
        ([EXERCISE, "mine"], True, "Another name", []),
        (["theirs"], False, "The volunteer-1", [ID]),
        (["theirs"], False, "Another name", [ID]),
        (["theirs", "mine"], False, "The volunteer-1", []),
        (["theirs", "mine"], False, "Another name", [NAME]),
        ([EXERCISE, "theirs"], True, "The volunteer-1", []),
        ([EXERCISE, "theirs"], True, "Another name", [NAME]),
    ],
)
def test_who_may_be_brought_in_and_renamed(exercises: list[str], was_in: bool, name: str, found: list[str]) -> None:
    known = {WHO: Known("The volunteer-1", frozenset(exercises))}
    before = plan() if was_in else None
    assert [fault.pointer for fault in faults(PLANNER, known, before, plan(name))] == found


def test_somebody_new_and_oneself_are_no_strangers() -> None:
    assert not list(faults(PLANNER, {}, None, plan()))
    oneself = Planner(WHO, frozenset())
    assert not list(faults(oneself, {WHO: Known("Me", frozenset({"theirs"}))}, None, plan()))
    assert may_act_for(oneself, WHO, frozenset({"theirs"}))
