"""Which day it is where the visits take place: the one place where a moment becomes a date.

Half an hour before midnight in UTC it is tomorrow here, all summer long.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/London")


def day_here(moment: datetime) -> date:
    """The day of a moment (aware) where the visits take place."""
    return moment.astimezone(HERE).date()
