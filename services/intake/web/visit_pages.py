"""The pages of a visit: get ready, fill in part by part, stop at any moment, look it all over, send.

Everything works without JavaScript; every save goes to the draft, so that a phone may go dark at any moment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.intake.domain import draft as drafts_domain
from services.intake.domain.acceptance import ENVIRONMENT
from services.intake.domain.draft import Draft
from services.intake.domain.visit import CONSENTS
from services.intake.forms.visit import PARTS_OF_DAY
from services.intake.use_cases import drafts, visits, wellbeing
from services.intake.use_cases.assignments import answer_assignment
from services.intake.use_cases.drafts import OpenDraft
from services.intake.web import voice_pages
from services.intake.web.api import service
from services.intake.web.care_pages import ready_page
from services.intake.web.visit_faults import faults_in_part, missing_before_sending, why_not_sent
from services.intake.web.visit_views import check_view, part_name, part_view, visit_view
from services.intake.web.voice_pages import file_in
from shared.contracts.days import day_here
from shared.contracts.refusals import Refusal, not_found
from shared.web.gate import current_person, signed_in
from shared.web.languages import asked_here, in_its_language

blueprint = Blueprint("visit", __name__, url_prefix="/visits")

_SAID = {
    "accepted": _l("You said yes. Thank you."),
    "swap-asked": _l("We have told the lead that you would like another one. You do not have to say why."),
    "declined": _l("You said no. That is all right, and nobody will ask why."),
}


@blueprint.get("/<uuid:assignment_id>/ready")
@signed_in
def ready(assignment_id: UUID) -> ResponseReturnValue:
    """What to know before one goes."""
    return ready_page(str(assignment_id))


@blueprint.get("/<uuid:assignment_id>/letter")
@signed_in
def letter(assignment_id: UUID) -> ResponseReturnValue:
    """The letter to show if somebody asks, as big as the screen."""
    found = drafts.ready(service(), current_person().id, str(assignment_id))
    if found.scenario is None or not found.scenario.safe_letter:
        raise not_found()
    return render_template("intake/visit_letter.html", ready=found)


@blueprint.post("/<uuid:assignment_id>/answer")
@signed_in
def answer(assignment_id: UUID) -> ResponseReturnValue:
    """Yes, another one please, or no."""
    said = request.form.get("answer", "")
    answer_assignment(service(), current_person().id, str(assignment_id), said)
    flash(str(_SAID[said]))
    return redirect(url_for("visit.ready", assignment_id=assignment_id), 303)


@blueprint.post("/<uuid:assignment_id>/start")
@signed_in
def start(assignment_id: UUID) -> ResponseReturnValue:
    """Begin to fill in a visit, or go on with the one that was begun."""
    visit_id = drafts.start_visit(service(), current_person().id, str(assignment_id))
    return redirect(url_for("visit.page", visit_id=visit_id), 303)


def opened(visit_id: UUID) -> OpenDraft:
    """The draft of this page in its language, if it is the caller's own. Raises Refusal 404."""
    found = drafts.open_draft(service(), current_person().id, str(visit_id))
    return replace(found, instrument=asked_here(found.instrument))


@blueprint.get("/<uuid:visit_id>")
@signed_in
def page(visit_id: UUID) -> ResponseReturnValue:
    """The parts of the visit, in any order; or the receipt, once it was sent."""
    if not drafts.has_draft(service(), current_person().id, str(visit_id)):
        visits.own_visit(service(), current_person().id, str(visit_id))
        return redirect(url_for("receipt.page", visit_id=visit_id), 303)
    return render_template("intake/visit.html", **visit_view(opened(visit_id)))


@blueprint.post("/<uuid:visit_id>/form")
@signed_in
def form(visit_id: UUID) -> ResponseReturnValue:
    """Short form or all questions; nothing that was said is lost by it."""
    chosen = "long" if request.form.get("form") == "long" else "short"

    def change(draft: Draft) -> None:
        if draft["kind"] == ENVIRONMENT:
            draft["form"] = chosen

    drafts.change_draft(service(), current_person().id, str(visit_id), change)
    return redirect(url_for("visit.page", visit_id=visit_id), 303)


@blueprint.get("/<uuid:visit_id>/<string(length=2):part>")
@signed_in
def part(visit_id: UUID, part: str) -> ResponseReturnValue:
    """One part of the building, or one stage of the talk."""
    found = opened(visit_id)
    _refuse_no_part(found, part)
    return render_template(_template(found), **part_view(found, part, found.content, {}))


def _template(found: OpenDraft) -> str:
    return "intake/visit_zone.html" if found.content["kind"] == ENVIRONMENT else "intake/visit_stage.html"


def _refuse_no_part(found: OpenDraft, part: str) -> None:
    if part not in found.parts:
        raise not_found()


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


@blueprint.post("/<uuid:visit_id>/<string(length=2):part>")
@signed_in
def save_part(visit_id: UUID, part: str) -> ResponseReturnValue:
    """Keep what was said in this part. What is not right yet is shown again with a word beside it; nothing is lost."""
    found = opened(visit_id)
    _refuse_no_part(found, part)
    given = _given(found, part)
    faults = faults_in_part(found, given["answers"], given["first"])
    person_id = current_person().id
    kept = drafts.change_draft(service(), person_id, str(visit_id), lambda draft: _take(draft, part, given, faults))
    photo_id = None
    file = file_in("photo")
    if file:
        try:
            photo_id = drafts.add_photo(service(), person_id, str(visit_id), part, file)
        except Refusal as refused:
            faults["photo"] = in_its_language(refused.detail)
    said_aloud = voice_pages.changed(str(visit_id), part, faults)
    if faults:
        shown = {**kept, **_as_typed(kept, part, given)}
        view = part_view(opened(visit_id), part, shown, faults)
        return render_template(_template(found), **view), 422
    if photo_id is not None:
        return redirect(url_for("photo_pages.page", visit_id=visit_id, photo_id=photo_id), 303)
    if said_aloud:
        return redirect(url_for("visit.part", visit_id=visit_id, part=part, _anchor="recordings"), 303)
    if request.form.get("then") == "pins":
        return redirect(url_for("pin_pages.page", visit_id=visit_id, part=part), 303)
    if request.form.get("then") == "later":
        flash(_("Saved. Come back when you like, it is all kept here."))
        return redirect("/", 303)
    flash(_("Saved: %(part)s.", part=part_name(found, part)))
    return redirect(url_for("visit.page", visit_id=visit_id), 303)


def _given(found: OpenDraft, part: str) -> dict[str, Any]:
    """What the fields of the page say, by item, and beside the items."""
    asked = {
        item.code: item for item in drafts_domain.items_in({**found.content, "form": "long"}, found.instrument, part)
    }
    zone = part if found.content["kind"] == ENVIRONMENT else None
    answers: dict[str, dict[str, Any] | None] = {}
    for code, item in asked.items():
        if f"a.{code}" not in request.form and f"w.{code}" not in request.form:
            continue
        offered = _offered(found, item.kind, part)
        chosen = request.form.get(f"a.{code}", "")
        answers[drafts_domain.place(code, zone)] = drafts_domain.said(
            chosen if chosen in offered else None,
            request.form.get(f"t.{code}"),
            request.form.get(f"c.{code}"),
            _typed(f"w.{code}") or None,
        )
    return {
        "answers": answers,
        "first": _typed("first"),
        "everything": request.form.get("everything"),
        "face": request.form.get("face"),
    }


def _offered(found: OpenDraft, kind: str, part: str) -> frozenset[str]:
    if found.content["kind"] == ENVIRONMENT:
        felt = {"T": {"bad"}, "C": {"good"}, "B": {"bad", "good", "both"}}[kind]
        return frozenset(felt | {"fine", "not-here", "did-not-see", "skip"})
    late = {"too-soon"} if part == "AF" else set()
    return frozenset(late | {"2", "1", "0", "not-applicable", "did-not-get-that-far", "skip"})


def _take(draft: Draft, part: str, given: dict[str, Any], faults: dict[str, str]) -> None:
    for at, said in given["answers"].items():
        if f"w.{at.rpartition('/')[2]}" in faults:
            continue
        if said is None:
            draft["answers"].pop(at, None)
        else:
            draft["answers"][at] = said
    if draft["kind"] != ENVIRONMENT:
        if given["face"] in ("1", "2", "3", "4", "5"):
            draft["faces"][part] = int(given["face"])
        return
    if "first" not in faults:
        draft["first_impressions"] = {**draft["first_impressions"], part: given["first"]}
        if not given["first"]:
            del draft["first_impressions"][part]
    if given["everything"] in ("yes", "no"):
        for name, wanted in (("zones_complete", given["everything"] == "yes"), ("asked_if_everything", True)):
            draft[name] = [zone for zone in draft[name] if zone != part] + ([part] if wanted else [])


def _as_typed(kept: Draft, part: str, given: dict[str, Any]) -> dict[str, Any]:
    answers = {**kept["answers"], **{at: said for at, said in given["answers"].items() if said}}
    first = {**kept["first_impressions"], part: given["first"]}
    return {"answers": answers, "first_impressions": first}


@blueprint.post("/<uuid:visit_id>/stop")
@signed_in
def stop(visit_id: UUID) -> ResponseReturnValue:
    """Stop, at once and without a reason. What is to become of the answers is asked later."""
    wellbeing.stop_visit(service(), current_person().id, str(visit_id))
    return redirect(url_for("visit.stopped", visit_id=visit_id), 303)


@blueprint.get("/<uuid:visit_id>/stopped")
@signed_in
def stopped(visit_id: UUID) -> ResponseReturnValue:
    """After a stop: first how the person is, then what to do with what they said."""
    found = opened(visit_id)
    way = None
    if found.assignment_id:
        way = wellbeing.way_of_assignment(service(), current_person().id, found.assignment_id)
    return render_template("intake/visit_stopped.html", visit=found, draft=found.content, way=way)


@blueprint.post("/<uuid:visit_id>/stopped")
@signed_in
def after_stop(visit_id: UUID) -> ResponseReturnValue:
    """Go on after all, keep what was said, keep it for oneself, or throw it away."""
    chosen = request.form.get("next", "")
    person_id = current_person().id
    if chosen == "throw-away":
        drafts.throw_away(service(), person_id, str(visit_id))
        flash(_("What you filled in is gone. You can start again whenever you like, or not at all."))
        return redirect("/", 303)
    settled = {"go-on": (False, None), "keep": (True, True), "mine": (True, False)}.get(chosen)
    if settled is None:
        return redirect(url_for("visit.stopped", visit_id=visit_id), 303)

    def change(draft: Draft) -> None:
        draft["stopped_early"], draft["keep_answers"] = settled

    drafts.change_draft(service(), person_id, str(visit_id), change)
    if chosen == "go-on":
        wellbeing.go_on_after_stop(service(), person_id, str(visit_id))
    onward = "visit.page" if chosen == "go-on" else "visit.check"
    return redirect(url_for(onward, visit_id=visit_id), 303)


@blueprint.get("/<uuid:visit_id>/check")
@signed_in
def check(visit_id: UUID) -> ResponseReturnValue:
    """Everything that was said, part by part, before it is sent."""
    found = opened(visit_id)
    return render_template("intake/visit_check.html", **check_view(found, day_here(service().clock.now()), {}))


@blueprint.post("/<uuid:visit_id>/check")
@signed_in
def send(visit_id: UUID) -> ResponseReturnValue:
    """Send it. When something is missing the page says what, and everything else stays as it is."""
    person_id = current_person().id

    def change(draft: Draft) -> None:
        draft["visited_on"] = request.form.get("visited_on") or None
        day_part = request.form.get("part_of_day")
        draft["part_of_day"] = day_part if day_part in PARTS_OF_DAY else None
        draft["consents"] = {name: request.form.get(name) == "true" for name in CONSENTS}
        if draft["stopped_early"] and request.form.get("keep_answers") in ("yes", "no"):
            draft["keep_answers"] = request.form["keep_answers"] == "yes"

    drafts.change_draft(service(), person_id, str(visit_id), change)
    found = opened(visit_id)
    faults = missing_before_sending(found)
    if not faults:
        try:
            drafts.send_draft(service(), person_id, str(visit_id))
            return redirect(url_for("receipt.page", visit_id=visit_id), 303)
        except Refusal as refused:
            if refused.status == 412:
                drafts.correct_what_is_now(service(), person_id, str(visit_id))
                found = opened(visit_id)
            elif refused.status != 422:
                raise
            faults = why_not_sent(found, refused)
    view = check_view(found, day_here(service().clock.now()), faults)
    return render_template("intake/visit_check.html", **view), 422
