"""Dates as people read them."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask

from shared.web.languages import day_in_words


def day(value: str | date | datetime | None) -> str:
    """A date or moment, as text or not, in words: 1 October 2026. Empty for none."""
    if not value:
        return ""
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return day_in_words(found)


def install(app: Flask) -> None:
    """Let templates write `{{ wave.opens | day }}`."""
    app.add_template_filter(day, "day")
