"""Twenty working days, over Christmas, Easter and a plain month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.working_days import is_working_day, reply_due, working_days_after
from services.reporting.holidays import bank_holidays


@pytest.mark.parametrize(
    ("shared_on", "due"),
    [
        (date(2026, 11, 2), date(2026, 11, 30)),  # four plain weeks
        (date(2026, 12, 7), date(2027, 1, 7)),  # Christmas Day, Boxing Day moved to Monday 28, New Year's Day
        (date(2026, 3, 16), date(2026, 4, 15)),  # Good Friday 3 April and Easter Monday 6 April
        (date(2026, 4, 24), date(2026, 5, 26)),  # both bank holidays of May
        (date(2026, 10, 31), date(2026, 11, 27)),  # shared on a Saturday
    ],
)
def test_a_reply_is_due_twenty_working_days_on(shared_on: date, due: date) -> None:
    assert reply_due(shared_on, bank_holidays(shared_on.year)) == due


def test_the_holidays_are_those_of_england() -> None:
    days = bank_holidays(2026)
    assert date(2026, 8, 31) in days  # the August holiday of England
    assert date(2026, 8, 3) not in days  # Scotland's
    assert date(2026, 3, 17) not in days  # Northern Ireland's
    assert date(2027, 1, 1) in days


def test_days_are_counted_forward_only() -> None:
    assert working_days_after(date(2026, 11, 2), 0, ()) == date(2026, 11, 2)
    with pytest.raises(ValueError, match="forward"):
        working_days_after(date(2026, 11, 2), -1, ())


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 60))
def test_between_start_and_end_lie_exactly_that_many_working_days(start: date, count: int) -> None:
    holidays = bank_holidays(start.year)
    end = working_days_after(start, count, holidays)
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day, holidays) for day in days) == count
    assert is_working_day(end, holidays)
