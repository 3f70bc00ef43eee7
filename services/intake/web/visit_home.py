"""A volunteer's first page: the next visit as a card with one button, and what was sent before below it."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services.intake.use_cases import volunteer_home
from services.intake.use_cases.buddies import cared_for
from services.intake.use_cases.phone import owner_of
from services.intake.use_cases.today import today
from services.intake.use_cases.wellbeing import ways_home
from services.intake.web.api import service
from services.intake.web.care_help import contact
from services.intake.web.phone_words import sending_words
from shared.web.gate import current_person
from shared.web.languages import speak_here


def home() -> ResponseReturnValue:
    """The next visit first; called by the page `/` for those who are volunteers."""
    speak_here()
    person_id = current_person().id
    mine = volunteer_home.home(service(), person_id, request.args.get("earlier"))
    # A representative also holds one of the two keys that lift an embargo.
    keys = [
        {"text": _("Something waits for your yes"), "href": f"/exercises/{waits.exercise_id}", "since": waits.title}
        for waits in today(service(), person_id).waiting
        if waits.kind == "release"
    ]
    return render_template(
        "intake/visit_home.html",
        home=mine,
        tasks=keys,
        ways=ways_home(service(), person_id),
        looks_out=bool(cared_for(service(), person_id)),
        help_contact=contact(None),
        phone_owner=owner_of(service(), person_id),
        phone_words=sending_words(),
    )
