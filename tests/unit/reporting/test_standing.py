"""Overdue and silent are worked out from the clock, and everybody has a turn that is named."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.reporting.domain.recommendation import STATUSES
from services.reporting.domain.standing import overdue, silent, who_acts
from tests.unit.reporting.making import NOW, a_recommendation

TODAY = NOW.date()


def test_a_reply_is_late_the_day_after_it_was_due() -> None:
    waiting = a_recommendation(status="shared", reply_due=TODAY)
    assert not overdue(waiting, TODAY)
    assert overdue(waiting, TODAY + timedelta(days=1))
    assert not overdue(a_recommendation(status="accepted", reply_due=date(2020, 1, 1)), TODAY)


@pytest.mark.parametrize("status", STATUSES)
def test_a_date_of_ones_own_binds_while_there_is_work_to_do(status: str) -> None:
    late = a_recommendation(status=status, due=TODAY - timedelta(days=1))
    busy = {"accepted", "accepted-in-part", "other-way-offered", "planned", "doing", "not-yet", "paused"}
    assert overdue(late, TODAY) is (status in busy)


@pytest.mark.parametrize("status", STATUSES)
def test_sixty_days_without_news_are_silence_where_news_is_awaited(status: str) -> None:
    quiet = a_recommendation(status=status)
    awaited = {
        "shared", "accepted", "accepted-in-part", "other-way-offered", "planned", "doing", "not-yet",
        "partner-says-done",
    }  # fmt: skip
    assert not silent(quiet, TODAY + timedelta(days=59))
    assert silent(quiet, TODAY + timedelta(days=60)) is (status in awaited)


@pytest.mark.parametrize("status", STATUSES)
def test_it_is_always_said_whose_turn_it_is(status: str) -> None:
    assert who_acts(a_recommendation(status=status)).endswith(".")
