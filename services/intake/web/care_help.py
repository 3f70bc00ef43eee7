"""Who to call: the same place at the foot of every page of a volunteer, with the buddy of that very visit."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_babel import gettext as _

from services.intake.use_cases.wellbeing import who_to_call
from services.intake.web.api import service
from services.intake.web.care_words import dialled
from shared.web.gate import person_or_none

_PAGES = frozenset({"visit", "photo_pages", "pin_pages", "consents", "receipt", "care", "phone", "reach"})


def contact(place: str | None) -> dict[str, Any] | None:
    """For `help_contact` of the layout. `place`: the id of an assignment, a trip or a visit, or None for none yet."""
    person = person_or_none()
    found = who_to_call(service(), person.id, place) if person else None
    if found is None:
        return None
    phone = found.number if found.number and dialled(found.number) else None
    words = (
        _("Need somebody, or something feels wrong? Call or text your buddy,")
        if found.buddy
        else _("Need somebody, or something feels wrong? Call or text the lead,")
    )
    return {"name": found.name, "phone": phone, "words": words}


def install(app: Flask) -> None:
    """Give every page of a visit its contact."""

    def help_contact() -> dict[str, Any]:
        if request.blueprint not in _PAGES:
            return {}
        values = request.view_args or {}
        place = values.get("trip_id") or values.get("assignment_id") or values.get("visit_id")
        return {"help_contact": contact(str(place) if place else None)}

    app.context_processor(help_contact)
