"""After sending: what is safe with us, how the person is, what happens next; and the way to correct or take back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services.intake.use_cases import drafts, visits, wellbeing
from services.intake.web.api import service
from shared.web.gate import current_person, signed_in
from shared.web.languages import in_its_language

blueprint = Blueprint("receipt", __name__, url_prefix="/visits/<uuid:visit_id>")


@blueprint.get("/receipt")
@signed_in
def page(visit_id: UUID) -> ResponseReturnValue:
    """What is safe, and what comes now."""
    person_id = current_person().id
    receipt = visits.receipt(service(), person_id, str(visit_id))
    own = visits.own_visit(service(), person_id, str(visit_id))
    site = own.exercise.site(receipt.record.site_id) if own.exercise else None
    return render_template(
        "intake/visit_receipt.html",
        receipt=receipt,
        versions=len(own.versions),
        site=site,
        exercise=own.exercise,
        files=[
            {"name": _("Photo %(index)s", index=number), "state": one.state, "why": one.why}
            for number, one in enumerate(receipt.photos, 1)
        ]
        + [
            {"name": _("Voice note %(number)s", number=number), "state": one.state, "why": one.why}
            for number, one in enumerate(receipt.voice_notes, 1)
        ],
        ways=[way for way in wellbeing.ways_home(service(), person_id) if way.kept.site_id == receipt.record.site_id],
        correctable=drafts.may_correct(own),
        correcting=drafts.has_draft(service(), person_id, str(visit_id)),
    )


@blueprint.post("/correct")
@signed_in
def correct(visit_id: UUID) -> ResponseReturnValue:
    """Open the visit again, to put something right. What was sent stays until the correction is sent."""
    drafts.correct_visit(service(), current_person().id, str(visit_id))
    return redirect(url_for("visit.page", visit_id=visit_id), 303)


@blueprint.get("/take-back")
@signed_in
def ask(visit_id: UUID) -> ResponseReturnValue:
    """What taking back means, before it is done."""
    own = visits.own_visit(service(), current_person().id, str(visit_id))
    shared = bool(own.exercise and own.exercise.read_by_partner(own.record.wave))
    if own.record.withdrawn_at is not None:
        return redirect(url_for("receipt.page", visit_id=visit_id), 303)
    return render_template("intake/visit_take_back.html", visit_id=visit_id, shared=shared)


@blueprint.post("/take-back")
@signed_in
def take_back(visit_id: UUID) -> ResponseReturnValue:
    """Take the visit back."""
    person_id = current_person().id
    said = visits.withdraw_visit(service(), person_id, str(visit_id))[2]
    flash(in_its_language(said))
    return redirect(url_for("receipt.page", visit_id=visit_id), 303)
