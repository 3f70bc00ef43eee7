""" "How may we reach you?": everybody's own page, and the two that links in letters lead to. Opening a link does
nothing yet, so that a mail program that looks ahead says neither yes nor no."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.intake.domain.letters import Topic
from services.intake.forms.letters import AddressForm
from services.intake.use_cases import reaching
from services.intake.web.api import service
from services.intake.web.page_forms import chosen, read_form
from shared.backends import folder_of_letters
from shared.contracts.refusals import Refusal
from shared.web.gate import current_person, open_to_all, person_or_none, signed_in
from shared.web.languages import in_its_language, language

blueprint = Blueprint("reach", __name__, url_prefix="/reach-me")

_TOPICS = {
    Topic.CARE: (_l("When somebody I look after is late or has stopped"), None),
    Topic.REMINDER: (_l("When I am late coming out"), _l("15 minutes after the time you said.")),
    Topic.NEWS: (_l("When there is something new to read"), _l("Such as what came of what was said.")),
    Topic.WAY_IN: (_l("A link to come in, when the lead sends me one"), None),
}


@blueprint.get("")
@signed_in
def page() -> ResponseReturnValue:
    """One's own address, and what one is written about."""
    return _page({})


def _page(errors: dict[str, str], given: dict[str, Any] | None = None) -> str:
    found = reaching.choices(service(), current_person().id)
    shown = given or {
        "address": found.reach.address if found.reach else "",
        "topics": found.on,
        "way_in": bool(found.reach and found.reach.way_in),
    }
    topics = [
        {
            "name": "topics",
            "value": topic.value,
            "text": _TOPICS[topic][0],
            "hint": _TOPICS[topic][1],
            "checked": topic in shown["topics"],
        }
        for topic in found.offered
    ]
    sent = folder_of_letters(service().settings) is None
    return render_template("intake/reach.html", reach=found.reach, given=shown, topics=topics, errors=errors, sent=sent)


@blueprint.post("")
@signed_in
def keep() -> ResponseReturnValue:
    """Keep the address and the choices; another address is written to once, to be confirmed."""
    known = {topic.value: topic for topic in Topic}
    topics = {known[each] for each in request.form.getlist("topics") if each in known}
    way_in = request.form.get("way_in") == "true"
    given = {"address": chosen("address") or "", "topics": topics, "way_in": way_in}
    try:
        address = read_form(AddressForm, {"address": given["address"]})["address"]
        reaching.keep_address(service(), current_person().id, address, topics, way_in=way_in, language=language())
    except Refusal as refused:
        if refused.status != 422:
            raise
        fault = _("The address %(fault)s", fault=in_its_language(refused.errors[0].detail))
        return _page({"address": fault}, given), 422
    flash(_("Saved."))
    return redirect(url_for("reach.page"), 303)


@blueprint.post("/take-back")
@signed_in
def take_back() -> ResponseReturnValue:
    """The address goes at once."""
    reaching.take_back(service(), current_person().id)
    flash(_("Your address is gone. Nothing is sent to it any more."))
    return redirect(url_for("reach.page"), 303)


@blueprint.get("/confirm/<token>")
@open_to_all
def arrive(token: str) -> ResponseReturnValue:
    """Where the link of the first letter leads: one button, for the person who gave the address."""
    person = person_or_none()
    mine = person is not None and reaching.is_mine(service(), person.id, token)
    shown = render_template("intake/reach_confirm.html", token=token, mine=mine, somebody=person is not None)
    return shown, 200 if mine else 404


@blueprint.post("/confirm/<token>")
@signed_in
def confirm(token: str) -> ResponseReturnValue:
    """Say yes."""
    reaching.confirm(service(), current_person().id, token)
    flash(_("Thank you. We can write to you now."))
    return redirect(url_for("reach.page"), 303)


@blueprint.get("/stop/<token>")
@open_to_all
def before_stop(token: str) -> ResponseReturnValue:
    """Where the link at the foot of every letter leads: one button, also for somebody who never signed in here."""
    written = reaching.still_written_to(service(), token)
    return render_template("intake/reach_stop.html", token=token, written=written)


@blueprint.post("/stop/<token>")
@open_to_all
def stop(token: str) -> ResponseReturnValue:
    """No more letters to this address."""
    reaching.stop_by_link(service(), token)
    return redirect(url_for("reach.before_stop", token=token), 303)
