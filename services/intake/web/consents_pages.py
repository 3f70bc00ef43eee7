"""The page on which a volunteer looks at what they allowed for a visit they sent, and takes any of it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services.intake.domain.visit import CONSENTS
from services.intake.use_cases import consents
from services.intake.use_cases.consents import Allowed
from services.intake.web.api import service
from shared.web.gate import current_person, signed_in
from shared.web.languages import in_its_language

blueprint = Blueprint("consents", __name__, url_prefix="/visits/<uuid:visit_id>/consents")


@blueprint.get("")
@signed_in
def page(visit_id: UUID) -> ResponseReturnValue:
    """What is allowed now, and what taking it back means."""
    allowed = consents.consents_of(service(), current_person().id, str(visit_id))
    if allowed.record.withdrawn_at is not None:
        return redirect(url_for("receipt.page", visit_id=visit_id), 303)
    uses = _uses(allowed)
    return render_template(
        "intake/visit_consents.html",
        visit_id=visit_id,
        allowed=allowed,
        offered=[use for use in uses if allowed.may_give or use["checked"]],
        not_offered=[use for use in uses if not (allowed.may_give or use["checked"])],
    )


@blueprint.post("")
@signed_in
def save(visit_id: UUID) -> ResponseReturnValue:
    """Keep what is ticked. The page names what it offered, so that nothing else is changed by it."""
    person_id = current_person().id
    offered = set(request.form.getlist("offered"))
    wanted = {name: request.form.get(name) == "true" for name in CONSENTS if name in offered}
    if wanted.get("use_words") is False:
        wanted["quote"] = False  # as the page says: who is not to be used is not to be quoted either
    allowed = consents.change_consents(service(), person_id, str(visit_id), wanted)
    flash(in_its_language(allowed.said))
    return redirect(url_for("receipt.page", visit_id=visit_id), 303)


def _uses(allowed: Allowed) -> list[dict[str, Any]]:
    words = {
        "use_words": _("Use my words when the group talks about what it all means"),
        "quote": _("Quote my words to the office, without my name"),
        "use_photos": _("Show my photos to the office"),
        "tell_me": _("Tell me what changed"),
        "contact_again": _("Ask me again another time"),
    }
    return [{"name": name, "text": text, "checked": allowed.consents[name]} for name, text in words.items()]
