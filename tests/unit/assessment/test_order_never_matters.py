"""Counts form a group: no order, no detour and no correction leaves a trace (issue 3 point 8)."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.assessment.domain.tally import WaveTally
from tests.unit.assessment.counted import Counted
from tests.unit.assessment.random_waves import environments, visits

QUIETLY = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@QUIETLY
@given(visits(), st.randoms(use_true_random=False))
def test_the_order_of_arrival(sent: list[dict[str, Any]], chance: Any) -> None:
    shuffled = list(sent)
    chance.shuffle(shuffled)
    assert Counted(shuffled).state() == Counted(sent).state()


@QUIETLY
@given(visits(), visits(start=50), st.randoms(use_true_random=False))
def test_withdrawing_equals_never_having_sent(stay: list[Any], leave: list[Any], chance: Any) -> None:
    everything = [*stay, *leave]
    chance.shuffle(everything)
    found = Counted(everything)
    chance.shuffle(leave)
    for visit in leave:
        found.remove(visit["visit_id"])
    assert found.state() == Counted(stay).state()


@QUIETLY
@given(visits(), environments(70), environments(70))
def test_a_correction_equals_having_said_so_at_once(others: list[Any], first: Any, second: Any) -> None:
    second |= {"volunteer_key": first["volunteer_key"], "received_at": first["received_at"]}
    found = Counted([*others, first])
    found.remove(first["visit_id"])
    found.add(second)
    assert found.state() == Counted([*others, second]).state()


@QUIETLY
@given(visits(most=4))
def test_taking_everything_back_leaves_nothing(sent: list[dict[str, Any]]) -> None:
    found = Counted(sent)
    for visit in sent:
        found.remove(visit["visit_id"])
    assert found.state() == (WaveTally(), {})
