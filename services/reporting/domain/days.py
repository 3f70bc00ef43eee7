"""Which day it is where the visits take place: the one place where a moment becomes a date.

Half an hour before midnight in UTC it is tomorrow here, all summer long.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_HERE = ZoneInfo("Europe/London")


def day_here(moment: datetime) -> date:
    """The day of an aware moment, in England."""
    return moment.astimezone(_HERE).date()
