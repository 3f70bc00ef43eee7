"""A volunteer's first page: what they are asked to do next, as a card, and the rest below it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from services.intake.use_cases.seen import see_myself
from services.intake.web.api import service
from shared.web.gate import current_person


def home() -> ResponseReturnValue:
    """The next visit first; called by the page `/` for those who are volunteers."""
    myself = see_myself(service(), current_person().id)
    return render_template("intake/visit_home.html", assignments=myself["assignments"])
