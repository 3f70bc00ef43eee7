"""Days where the visits take place. Moments are kept in UTC, which in summer is still on the day before for an hour."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/London")


def day_here(moment: datetime) -> date:
    """The day of a moment (aware) where the visits take place."""
    return moment.astimezone(HERE).date()
