"""The headline measures of domain.md §5."""

from __future__ import annotations

from datetime import timedelta

from services.reporting.domain.measures import Share, measure
from tests.unit.reporting.making import NOW, a_recommendation

TODAY = NOW.date()
SHARED = {"shared_at": NOW, "reply_due": NOW.date() + timedelta(days=28)}


def test_nothing_shared_measures_nothing() -> None:
    found = measure([a_recommendation(), a_recommendation(status="agreed")], {}, TODAY)
    assert found.replied_in_time.percent is None
    assert found.days_to_verified is None
    assert found.by_status == {}


def test_a_reply_counts_once_it_came_or_its_day_has_passed() -> None:
    in_time = a_recommendation(status="accepted", replied_at=NOW + timedelta(days=28), **SHARED)
    late = a_recommendation(status="accepted", replied_at=NOW + timedelta(days=29), **SHARED)
    waiting = a_recommendation(status="shared", **SHARED)
    assert measure([in_time, late, waiting], {}, TODAY).replied_in_time == Share(1, 2)
    assert measure([in_time, late, waiting], {}, TODAY + timedelta(days=40)).replied_in_time == Share(1, 3)


def test_praise_needs_no_change_and_does_not_count_as_a_concern() -> None:
    kinds = {"good": "strength", "bad": "red"}
    praise = a_recommendation(status="shared", findings=("good",), **SHARED)
    concern = a_recommendation(status="planned", findings=("bad", "good"), **SHARED)
    assert measure([praise, concern], kinds, TODAY).planned_or_made == Share(1, 1)


def test_how_long_it_took_is_the_median() -> None:
    def took(days: int) -> object:
        return a_recommendation(status="verified", verified_at=NOW + timedelta(days=days), **SHARED)

    found = measure([took(10), took(40), took(100), took(50)], {}, TODAY)  # type: ignore[list-item]
    assert found.days_to_verified == 45.0
    assert found.verified == Share(4, 4)


def test_percent_is_rounded_half_up_to_one_decimal() -> None:
    assert Share(1, 3).percent == 33.3
    assert Share(2, 3).percent == 66.7
    assert Share(1, 16).percent == 6.3
