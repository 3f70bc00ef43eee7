"""A volunteer's first page: the next visit as a card with one button, and what was sent before below it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services.intake.use_cases import volunteer_home
from services.intake.use_cases.buddies import looks_after_anybody
from services.intake.use_cases.phone import owner_of
from services.intake.use_cases.today import today
from services.intake.use_cases.volunteer_home import Mine
from services.intake.use_cases.wellbeing import under_way, ways_home
from services.intake.web.api import service
from services.intake.web.care_help import contact
from services.intake.web.phone_words import sending_words
from shared.contracts.days import day_here
from shared.web.gate import current_person
from shared.web.languages import speak_here


def _may_check_in(mine: Mine) -> bool:
    """Whether today may be the day of this visit."""
    return mine.takes_visits and mine.wave.opens <= day_here(service().clock.now())


def _nearest(card: dict[str, Any]) -> int:
    """First where somebody is now, then how they are after it, then the rest in its own order."""
    way = card["way"]
    return 2 if way is None else 0 if way.trip.inside else 1


def home() -> ResponseReturnValue:
    """The next visit first; called by the page `/` for those who are volunteers."""
    speak_here()
    person_id = current_person().id
    mine = volunteer_home.home(service(), person_id, request.args.get("earlier"))
    ways = ways_home(service(), person_id)
    states = under_way(service(), person_id)
    asked = [one for one in mine.asked if not one.over]
    # One card for a visit: being there, or a talk that is due, stands on the card of what was asked.
    due = {way.kept.assignment_id: way for way in reversed(ways)}
    cards = [
        {"mine": one, "way": due.get(one.asked.id), "state": states.get(one.asked.id), "check_in": _may_check_in(one)}
        for one in asked
    ]
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
        ways=ways,
        ways_alone=[way for way in ways if way.kept.assignment_id not in {one.asked.id for one in asked}],
        cards=sorted(cards, key=_nearest),
        looks_out=looks_after_anybody(service(), person_id),
        help_contact=contact(None),
        phone_owner=owner_of(service(), person_id),
        phone_words={**sending_words(), "sent-safe": _("What you sent: %(safe)s of %(all)s safe.")},
    )
