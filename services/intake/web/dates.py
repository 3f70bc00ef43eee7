"""Dates as people read them."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask

from shared.contracts.days import day_here
from shared.web.languages import day_in_words, month_in_words


def day(value: str | date | datetime | None) -> str:
    """A date or moment (aware), as text or not, in words: 1 October 2026. Empty for none.

    The day of a moment is the one where the visits take place.
    """
    if not value:
        return ""
    found = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else value
    if isinstance(found, str):
        found = date.fromisoformat(found)
    return day_in_words(day_here(found) if isinstance(found, datetime) else found)


def months(opens: str, closes: str) -> str:
    """The months from a first to a last day (2026-09-27): September 2026, or September 2026 to October 2026."""
    first, last = (month_in_words(date.fromisoformat(one)) for one in (opens, closes))
    return first if first == last else f"{first} to {last}"


def install(app: Flask) -> None:
    """Let templates write `{{ wave.opens | day }}` and `{{ wave.opens | months(wave.closes) }}`."""
    app.add_template_filter(day, "day")
    app.add_template_filter(months, "months")
