"""Times of day, numbers to call and news of a trip, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.intake.web.api import service
from services.intake.web.dates import day
from shared.contracts.days import HERE

STAY_WORDS: Mapping[int, str] = {
    30: _l("Half an hour"),
    60: _l("An hour"),
    90: _l("An hour and a half"),
    120: _l("Two hours"),
    180: _l("Three hours"),
}
LONGER_WORDS: Mapping[int, str] = {15: _l("15 minutes longer"), 30: _l("Half an hour longer"), 60: _l("An hour longer")}
NEWS_WORDS: Mapping[str, str] = {
    "went-in": _l("%(name)s went in."),
    "staying": _l("%(name)s is staying longer."),
    "paused": _l("%(name)s is taking a break."),
    "going-on": _l("%(name)s is going on."),
    "stopped": _l("%(name)s has stopped. Call them now, and do not ask why."),
    "out": _l("%(name)s is out."),
    "call-me": _l("%(name)s would like you to call."),
    "late-buddy-calls": _l("%(name)s is half an hour late. Call them now."),
    "late-lead": _l("%(name)s is three quarters of an hour late. Call their buddy, then call them."),
    "late-emergency": _l("%(name)s is an hour late. Do now what was agreed."),
}
"""Kind of notice -> what it says of the person."""


def moment(value: datetime | str | None) -> str:
    """A time of day where the visits take place: 14:05; with the day when that is not today. Empty for none."""
    if not value:
        return ""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    local, today = found.astimezone(HERE), service().clock.now().astimezone(HERE)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    said: str = _("%(time)s on %(day)s", time=f"{local:%H:%M}", day=day(local))
    return said


def local_day(value: datetime | None) -> str:
    """The day of a moment where the visits take place: 9 October 2026."""
    return day(value)


def dialled(number: str) -> str:
    """A number as a phone dials it; empty when there is nothing to dial in it."""
    digits = "".join(sign for sign in number if sign.isascii() and (sign.isdigit() or sign == "+"))
    return digits if len(digits) >= 3 else ""


def install(app: Flask) -> None:
    """Let templates write `{{ trip.due_out | moment }}`."""
    app.add_template_filter(moment, "moment")
    app.add_template_filter(local_day, "local_day")
    app.add_template_filter(dialled, "dialled")
