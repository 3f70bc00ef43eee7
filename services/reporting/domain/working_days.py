"""The twenty working days a partner has to answer: weekends and bank holidays do not count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

REPLY_WORKING_DAYS = 20
"""How long a partner has to reply (domain.md §5; the clock of Enter & View)."""


def working_days_after(start: date, days: int, bank_holidays: Collection[date]) -> date:
    """The date `days` working days after `start`, which itself does not count. Raises ValueError below 0."""
    if days < 0:
        raise ValueError("working days are counted forward")
    day = start
    while days:
        day += timedelta(days=1)
        if is_working_day(day, bank_holidays):
            days -= 1
    return day


def is_working_day(day: date, bank_holidays: Collection[date]) -> bool:
    """Monday to Friday, and no bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays


def reply_due(shared_on: date, bank_holidays: Collection[date]) -> date:
    """The last day for a reply to something shared on `shared_on`."""
    return working_days_after(shared_on, REPLY_WORKING_DAYS, bank_holidays)
