"""Stages go one step at a time, an embargo takes two people, and nothing is archived before it is unwound."""

from __future__ import annotations

from itertools import product

import pytest

from services.intake.domain.closure import closure_faults, to_unwind
from services.intake.domain.exercise import STAGES, Act, Release, check_move, check_release, missing_keys, opens
from services.intake.domain.exercise_coverage import Made, coverage
from services.intake.domain.exercise_next import next_stage, previous_stage
from services.intake.domain.plan import ROLES, ZONES, from_file
from services.intake.domain.plan_conflicts import conflicts, gaps
from shared.access.roles import Role
from shared.access.stages import Stage
from shared.contracts.instruments import load
from shared.contracts.refusals import Refusal
from tests.service.intake.plans import a_plan, an_id

LEAD, REP, BOTH, NONE = (
    frozenset({"lead"}),
    frozenset({"representative"}),
    frozenset({"lead", "representative"}),
    frozenset[str](),
)


def test_the_words_of_the_plan_are_those_of_access_and_instruments() -> None:
    assert tuple(Stage) == STAGES
    assert tuple(Role) == ROLES
    assert tuple(zone.code for zone in load("pie-environment", 1).zones) == ZONES


@pytest.mark.parametrize(("stage", "to"), list(product(STAGES, STAGES)))
def test_only_the_next_stage_or_one_back_and_two_keys_where_an_embargo_lifts(stage: str, to: str) -> None:
    step = STAGES.index(to) - STAGES.index(stage)
    allowed = step == -1 or (step == 1 and to not in ("manager-review", "shared"))
    if allowed:
        check_move(stage, to, "because", closure_signed=True)
    else:
        with pytest.raises(Refusal) as refused:
            check_move(stage, to, "because", closure_signed=True)
        assert refused.value.status == 409


def test_going_back_needs_a_reason_and_closing_needs_the_closure() -> None:
    with pytest.raises(Refusal) as refused:
        check_move("fieldwork", "plan", None, closure_signed=False)
    assert (refused.value.status, refused.value.errors[0].pointer) == (422, "/reason")
    with pytest.raises(Refusal) as refused:
        check_move("action", "closed", None, closure_signed=False)
    assert (refused.value.status, refused.value.code) == (409, "closure-missing")


@pytest.mark.parametrize(
    ("acts", "missing"),
    [
        ([], ("lead", "representative")),
        ([("a", LEAD)], ("representative",)),
        ([("a", REP)], ("lead",)),
        ([("a", LEAD), ("b", LEAD)], ("representative",)),
        ([("a", LEAD), ("b", REP)], ()),
        ([("a", BOTH)], ("somebody-else",)),
        ([("a", BOTH), ("b", LEAD)], ()),
        ([("a", BOTH), ("b", REP)], ()),
        ([("a", BOTH), ("b", NONE)], ("somebody-else",)),
        ([("a", LEAD), ("b", NONE)], ("representative",)),
    ],
)
def test_two_different_people_hold_the_two_keys(
    acts: list[tuple[str, frozenset[str]]], missing: tuple[str, ...]
) -> None:
    assert missing_keys(Act(person, keys) for person, keys in acts) == missing


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_released_only_from_the_one_before(stage: str) -> None:
    for to in ("manager-review", "shared"):
        if STAGES.index(to) == STAGES.index(stage) + 1:
            check_release(Release(to), stage, waves=[1], released=[])
        else:
            with pytest.raises(Refusal) as refused:
                check_release(Release(to), stage, waves=[1], released=[])
            assert refused.value.status == 409


@pytest.mark.parametrize(
    ("release", "stage", "released", "status"),
    [
        (Release("shared", 2), "action", [], None),
        (Release("shared", 2), "action", [2], 409),
        (Release("shared", 2), "shared", [], 409),
        (Release("shared", 1), "action", [], 422),
        (Release("shared", 3), "action", [], 422),
        (Release("manager-review", 2), "action", [], 422),
    ],
)
def test_a_later_wave_is_released_in_action_only(
    release: Release, stage: str, released: list[int], status: int | None
) -> None:
    if status is None:
        check_release(release, stage, waves=[1, 2], released=released)
    else:
        with pytest.raises(Refusal) as refused:
            check_release(release, stage, waves=[1, 2], released=released)
        assert refused.value.status == status


def test_what_each_release_opens() -> None:
    assert opens(Release("manager-review"), ()) == (1,)
    assert opens(Release("manager-review"), (2,)) == (1, 2)
    assert opens(Release("shared"), (2,)) == ()
    assert opens(Release("shared", 3), (2,)) == (3,)


def test_every_stage_but_the_last_says_what_comes_next() -> None:
    steps = [next_stage(stage) for stage in STAGES]
    assert [step.to for step in steps if step] == list(STAGES[1:])
    assert [previous_stage(stage) for stage in STAGES] == [None, *STAGES[:-1]]


def test_the_closure_needs_every_record_ticked_and_a_statement() -> None:
    needed = to_unwind(from_file(a_plan()))
    assert needed == ["The appointment in the diary", "The dummy record"]
    assert closure_faults(needed, needed, "Done.") == []
    assert [fault.pointer for fault in closure_faults(needed, needed[:1], " ")] == ["/unwind", "/statement"]
    assert [fault.pointer for fault in closure_faults(needed, [*needed, "Something else"], "Done.")] == ["/unwind/2"]


def test_coverage_says_in_words_what_is_missing() -> None:
    def said(*visits: tuple[str, str]) -> str:
        [row] = coverage([Made("s", 1, volunteer, part) for volunteer, part in visits], ["s"], [1])
        return row.missing

    assert said().startswith("Three visits")
    assert said(("a", "morning")) == "Two more visits (one of them by somebody else) in the afternoon or evening."
    assert said(("a", "morning"), ("a", "evening")) == "One more visit by somebody else."
    assert said(("a", "morning"), ("b", "morning")) == "One more visit in the afternoon or evening."
    assert said(("a", "morning"), ("b", "morning"), ("b", "evening")) == ""
    assert said(*[("a", "morning")] * 5) == "One more visit by somebody else in the afternoon or evening."


def test_conflicts_are_marked_where_somebody_should_look() -> None:
    file = a_plan()
    file["assignments"].append(
        {
            "id": an_id("third"),
            "volunteer": an_id("volunteer-1"),
            "site": an_id("site"),
            "wave": 1,
            "kind": "mystery-shop",
            "scenario": an_id("scenario"),
        }
    )
    plan = from_file(file)
    found = conflicts(plan, {an_id("assignment-2"): "declined"})
    assert set(found) == {an_id("assignment-1"), an_id("assignment-2"), an_id("third")}
    assert found[an_id("assignment-2")] == ["The volunteer said no. Ask somebody else."]
    assert gaps(plan, {}) == ["Pier Road office, round 2: nobody goes yet. It takes at least two."]
