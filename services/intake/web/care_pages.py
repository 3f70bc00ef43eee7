"""A volunteer's pages of care: getting ready, checking in and out, stopping, a break, and the two talks afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.intake.domain.wellbeing import LONGER, STAYS, Act
from services.intake.forms.care import PreparedForm, TalkForm
from services.intake.use_cases import drafts, wellbeing
from services.intake.web.api import service
from services.intake.web.care_words import LONGER_WORDS, STAY_WORDS
from services.intake.web.page_forms import chosen, read_form
from shared.contracts.refusals import Refusal, not_found
from shared.web.gate import current_person, signed_in
from shared.web.languages import in_its_language

blueprint = Blueprint("care", __name__, url_prefix="/visits")

_PREPARED = ("needs", "company", "way_there", "way_out", "code_word", "number", "if_missing")
_LABELS = {
    "needs": _l("What you need"),
    "company": _l("Who comes along"),
    "way_there": _l("How you get there"),
    "way_out": _l("How you get home"),
    "code_word": _l("Your code word"),
    "number": _l("Your number"),
    "if_missing": _l("What we should do"),
    "words": _l("What you wrote"),
}
_ACTS = {
    "stop": Act.STOP,
    "pause": Act.PAUSE,
    "go-on": Act.GO_ON,
    "longer": Act.STAY_LONGER,
    "check-out": Act.CHECK_OUT,
}
_TALKS = {"talk": Act.DEBRIEF, "second-talk": Act.DEBRIEF_AGAIN}


def ready_page(assignment_id: str, given: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> str:
    """ "Get ready", with what was told to the buddy so far, or just typed."""
    person_id = current_person().id
    way = wellbeing.way_of_assignment(service(), person_id, assignment_id)
    return render_template(
        "intake/visit_ready.html",
        ready=drafts.ready(service(), person_id, assignment_id),
        way=way,
        prepared=way.kept.prepared if given is None else given,
        errors=errors or {},
    )


@blueprint.post("/<uuid:assignment_id>/prepare")
@signed_in
def prepare(assignment_id: UUID) -> ResponseReturnValue:
    """Keep what the volunteer tells their buddy for the day."""
    given: dict[str, Any] = {name: chosen(name) for name in _PREPARED}
    given["not_known_here"] = True if request.form.get("not_known_here") == "true" else None
    try:
        prepared = read_form(PreparedForm, given)
    except Refusal as refused:
        return ready_page(str(assignment_id), given, _beside(refused)), 422
    wellbeing.prepare(service(), current_person().id, str(assignment_id), prepared)
    flash(_("Saved. You are ready."))
    return redirect(url_for("visit.ready", assignment_id=assignment_id) + "#check-in", 303)


def _beside(refused: Refusal) -> dict[str, str]:
    names = [(error.pointer.strip("/"), error.detail) for error in refused.errors]
    return {name: f"{_LABELS.get(name, _('This'))} {in_its_language(detail)}" for name, detail in names}


@blueprint.get("/<uuid:assignment_id>/check-in")
@signed_in
def arrive(assignment_id: UUID) -> ResponseReturnValue:
    """Before going in: how they feel, and how long they will be."""
    return _arrive(assignment_id, {})


def _arrive(assignment_id: UUID, errors: dict[str, str]) -> str:
    way = wellbeing.way_of_assignment(service(), current_person().id, str(assignment_id))
    return render_template(
        "intake/care_check_in.html",
        way=way,
        assignment_id=assignment_id,
        stays=[[str(minutes), STAY_WORDS[minutes]] for minutes in STAYS],
        chosen=request.form,
        errors=errors,
    )


@blueprint.post("/<uuid:assignment_id>/check-in")
@signed_in
def check_in(assignment_id: UUID) -> ResponseReturnValue:
    """Going in now."""
    minutes = _number("minutes")
    if minutes not in STAYS:
        said = _("Say how long you will be, so that somebody looks out for you.")
        return _arrive(assignment_id, {"minutes": said}), 422
    face = _number("face")
    trip_id = wellbeing.check_in(service(), current_person().id, str(assignment_id), face, minutes)
    if face in (1, 2):
        flash(_("You do not have to go in. You can stop now, or take a break, and nobody will ask why."))
    return redirect(url_for("care.trip", trip_id=trip_id), 303)


def _number(name: str) -> int | None:
    given = request.form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else None


@blueprint.get("/trips/<uuid:trip_id>")
@signed_in
def trip(trip_id: UUID) -> ResponseReturnValue:
    """Where somebody is on their way there and back, with what they can do now."""
    way = wellbeing.way_of_trip(service(), current_person().id, str(trip_id))
    now = service().clock.now()
    return render_template(
        "intake/care_trip.html",
        way=way,
        late=way.trip.inside and way.trip.due_out is not None and now > way.trip.due_out,
        talk=wellbeing.talk_due(way.trip, now),
        longer=[(minutes, LONGER_WORDS[minutes]) for minutes in LONGER],
    )


@blueprint.post("/trips/<uuid:trip_id>/<any(stop, pause, 'go-on', longer, 'check-out'):act>")
@signed_in
def act_on_trip(trip_id: UUID, act: str) -> ResponseReturnValue:
    """Stop, a break, going on, staying longer, or out."""
    minutes = _number("minutes") if act == "longer" else None
    wellbeing.act_on_trip(service(), current_person().id, str(trip_id), _ACTS[act], minutes)
    if act == "check-out":
        return redirect(url_for("care.talk", trip_id=trip_id, which="talk"), 303)
    return redirect(url_for("care.trip", trip_id=trip_id), 303)


@blueprint.get("/trips/<uuid:trip_id>/<any(talk, 'second-talk'):which>")
@signed_in
def talk(trip_id: UUID, which: str) -> ResponseReturnValue:
    """How are you? After the visit, and about a week later."""
    way = wellbeing.way_of_trip(service(), current_person().id, str(trip_id))
    if way.trip.inside:
        raise not_found()
    return render_template("intake/care_talk.html", way=way, which=which, words="", errors={})


@blueprint.post("/trips/<uuid:trip_id>/<any(talk, 'second-talk'):which>")
@signed_in
def save_talk(trip_id: UUID, which: str) -> ResponseReturnValue:
    """Keep it for the volunteer and their buddy."""
    person_id = current_person().id
    words = chosen("words")
    try:
        read_form(TalkForm, {"words": words})
    except Refusal as refused:
        way = wellbeing.way_of_trip(service(), person_id, str(trip_id))
        view = {"way": way, "which": which, "words": words, "errors": _beside(refused)}
        return render_template("intake/care_talk.html", **view), 422
    wellbeing.talk_over(
        service(),
        person_id,
        str(trip_id),
        _TALKS[which],
        face=_number("face"),
        words=words,
        call_me=request.form.get("call_me") == "true",
    )
    return redirect(url_for("care.trip", trip_id=trip_id), 303)
