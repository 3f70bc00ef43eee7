"""Pins on the sketch of a part, where no photos may be taken, on a page that needs no script: near what it was, what it
did, how much, and what it is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services.intake.domain.acceptance import ENVIRONMENT
from services.intake.domain.draft import Draft
from services.intake.domain.pins import MOST_PINS
from services.intake.domain.sketch_plans import HIGH, PLANS, middle_of
from services.intake.use_cases import drafts
from services.intake.use_cases.drafts import OpenDraft
from services.intake.web import marking
from services.intake.web.api import service
from services.intake.web.said_and_pinned import prompt_of
from services.intake.web.visit_faults import fault_of_words
from services.intake.web.visit_pages import opened
from services.intake.web.visit_views import part_name
from shared.contracts.refusals import not_found
from shared.web.gate import current_person, signed_in

blueprint = Blueprint("pin_pages", __name__, url_prefix="/visits/<uuid:visit_id>/<string(length=2):part>/pins")
Pin = dict[str, Any]


def install(app: Flask) -> None:
    """Let templates draw the sketches."""
    app.jinja_env.globals["sketch_plans"] = PLANS


def _opened(visit_id: UUID, part: str) -> OpenDraft:
    found = opened(visit_id)
    if found.content["kind"] != ENVIRONMENT or part not in found.parts or found.site.photos_allowed:
        raise not_found()
    return found


@blueprint.get("")
@signed_in
def page(visit_id: UUID, part: str) -> ResponseReturnValue:
    """The sketch, what is pinned on it, and a form for one more pin."""
    return render_template("intake/visit_pins.html", **_view(_opened(visit_id, part), part, {}, {}))


def _view(found: OpenDraft, part: str, typed: dict[str, str], faults: dict[str, str]) -> dict[str, Any]:
    here = [pin for pin in found.content.get("pins", ()) if pin["zone"] == part]
    return {
        "visit": found,
        "part": part,
        "zone_name": part_name(found, part),
        "pins": [_pin_view(found, pin, here[:at]) for at, pin in enumerate(here)],
        "things": PLANS[part],
        "items": marking.asked_about(found, part),
        "typed": typed,
        "errors": faults,
        "room": len(found.content.get("pins", ())) < MOST_PINS,
    }


def _pin_view(found: OpenDraft, pin: Pin, before: list[Pin]) -> dict[str, Any]:
    # Beside the word of the thing, and beside those that lie at the very same place.
    same = sum((other["x"], other["y"]) == (pin["x"], pin["y"]) for other in before)
    return {
        "shown_x": min(pin["x"] + 7 * (same % 5), 97),
        "shown_y": max(pin["y"] * HIGH / 100 - 4.5 - 7 * (same // 5), 3),
        "whole": _whole(pin),
        "kind": pin["value"],
        **{"x": pin["x"], "y": pin["y"], "w": 0, "h": 0},
        "strength": pin["strength"],
        "words": pin.get("words"),
        "item_words": prompt_of(found, pin["item"]) or "",
    }


@blueprint.post("")
@signed_in
def add_pin(visit_id: UUID, part: str) -> ResponseReturnValue:
    """One more pin."""
    found = _opened(visit_id, part)
    typed = marking.typed_in("near")
    faults = marking.faults_in(found, typed)
    near = PLANS[part][int(typed["near"])] if typed["near"] in map(str, range(len(PLANS[part]))) else None
    if near is None:
        faults = {"near": _("Say what it was near."), **faults}
    if fault := fault_of_words(typed["words"], _("In your words")):
        faults["words"] = fault
    if near is None or faults or len(found.content.get("pins", ())) >= MOST_PINS:
        return render_template("intake/visit_pins.html", **_view(found, part, typed, faults)), 422
    x, y = middle_of(near)
    pin = {"zone": part, "x": x, "y": y, **marking.said_in(typed)}
    _change(visit_id, lambda pins: [*pins, pin])
    flash(_("The pin is on the sketch."))
    return redirect(url_for("pin_pages.page", visit_id=visit_id, part=part), 303)


def _change(visit_id: UUID, made: Callable[[list[Pin]], list[Pin]]) -> None:
    def change(draft: Draft) -> None:
        draft["pins"] = made(list(draft.get("pins", ())))

    drafts.change_draft(service(), current_person().id, str(visit_id), change)


@blueprint.post("/take-away")
@signed_in
def take_away(visit_id: UUID, part: str) -> ResponseReturnValue:
    """One pin less: the very one that the page showed, whatever another window added or took away meanwhile."""
    _opened(visit_id, part)
    gone = request.form.get("pin", "")

    def without(pins: list[Pin]) -> list[Pin]:
        at = next((at for at, pin in enumerate(pins) if pin["zone"] == part and _whole(pin) == gone), len(pins))
        return [*pins[:at], *pins[at + 1 :]]

    _change(visit_id, without)
    flash(_("The pin is gone."))
    return redirect(url_for("pin_pages.page", visit_id=visit_id, part=part), 303)


def _whole(pin: Pin) -> str:
    return json.dumps(pin, sort_keys=True)
