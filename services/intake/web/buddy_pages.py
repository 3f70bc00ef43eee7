"""A buddy's pages: who of their own volunteers is on the way or inside, what to do now, and whom to call."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services.intake.forms.care import NumberForm
from services.intake.use_cases import buddies
from services.intake.use_cases.today import today
from services.intake.web.api import service
from services.intake.web.care_words import NEWS_WORDS, dialled
from services.intake.web.page_forms import chosen, read_form
from shared.access.roles import Role
from shared.contracts.refusals import Refusal, not_found
from shared.web.gate import current_person, signed_in
from shared.web.languages import in_its_language, speak_here

blueprint = Blueprint("buddy", __name__)


def out_now_page() -> str:
    """Everybody this person looks after now. Raises Refusal 404 for somebody who looks after nobody."""
    speak_here()
    person_id = current_person().id
    found = buddies.cared_for(service(), person_id)
    carer = buddies.looks_after_anybody(service(), person_id)
    if not found and not carer:
        raise not_found()
    own_number = buddies.own_number(service(), person_id)
    return render_template(
        "intake/buddy_home.html",
        cared=found,
        leads=Role.LEAD in today(service(), person_id).roles,
        others=buddies.inside_with_buddies(service(), person_id),
        news_words=NEWS_WORDS,
        own_number=own_number,
        may_give_number=carer,
    )


@blueprint.get("/out-now")
@signed_in
def out_now() -> ResponseReturnValue:
    """Who is on the way or inside now, for buddies and leads; a lead sees who else is inside."""
    return out_now_page()


@blueprint.get("/out-now/<uuid:trip_id>")
@signed_in
def one(trip_id: UUID) -> ResponseReturnValue:
    """One of them; a lead opens it when somebody is late."""
    found = buddies.one_cared_for(service(), current_person().id, str(trip_id))
    return render_template("intake/buddy_one.html", one=found, news_words=NEWS_WORDS)


@blueprint.post("/out-now/<uuid:trip_id>")
@signed_in
def say(trip_id: UUID) -> ResponseReturnValue:
    """Heard from them, out, staying longer, or only seen."""
    buddies.answer_for(service(), current_person().id, str(trip_id), request.form.get("said", ""))
    flash(_("Thank you. That is written down."))
    return redirect("/" if request.form.get("back") == "home" else url_for("buddy.out_now"), 303)


@blueprint.get("/my-number")
@signed_in
def number() -> ResponseReturnValue:
    """The number on which volunteers can call this buddy or lead."""
    if not buddies.looks_after_anybody(service(), current_person().id):
        raise not_found()
    return _number_page(buddies.own_number(service(), current_person().id), {})


def _number_page(given: str | None, errors: dict[str, str]) -> str:
    return render_template("intake/buddy_number.html", number=given or "", errors=errors)


@blueprint.post("/my-number")
@signed_in
def keep_number() -> ResponseReturnValue:
    """Keep it, or take it away when the field is empty."""
    given = chosen("number")
    try:
        read_form(NumberForm, {"number": given})
    except Refusal as refused:
        return _number_page(
            given, {"number": _("The number %(fault)s", fault=in_its_language(refused.errors[0].detail))}
        ), 422
    if given and not dialled(given):
        return _number_page(given, {"number": _("Write the number in figures, such as 07700 900123.")}), 422
    buddies.keep_number(service(), current_person().id, given)
    flash(_("Your number is kept.") if given else _("Your number is gone."))
    return redirect(url_for("buddy.number"), 303)
