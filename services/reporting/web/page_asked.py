"""What came of one finding: each recommendation about it with the partner's answer, word for word, and the way back to
the finding's card. It stands here because the page of findings knows nothing of recommendations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from services.reporting.domain.recommendation import REPLIES
from services.reporting.domain.standing import who_acts
from services.reporting.domain.story import answer, silence
from services.reporting.use_cases import reading
from services.reporting.use_cases.reading import Asked, Shown
from services.reporting.web.api import me, service
from services.reporting.web.words import as_card, as_talk, day, site_name
from shared.contracts.days import day_here
from shared.web.gate import mark_decided, requires
from shared.web.languages import in_its_language

blueprint = Blueprint("asked_page", __name__)


@blueprint.route("/recommendations/findings/<uuid:finding_id>")
@requires("recommendations.read")
def page(finding_id: UUID) -> str:
    """What is suggested because of a finding, as far as the reader may see it."""
    found = reading.asked_about(service(), me(), str(finding_id))
    mark_decided()
    return render_template(
        "reporting/asked.html",
        finding=found.finding,
        site=site_name(found.who.exercise, found.site_id),
        card=_card(found),
        current=found.current,
        told=found.told,
        asked=[_with_answer(one) for one in found.shown],
        write=_where_to_write(found),
    )


def _card(found: Asked) -> str:
    """The finding's own card; the page of its place, when it is no longer drawn."""
    place = f"/findings/{found.who.exercise.id}/{found.site_id}"
    return f"{place}#finding-{found.finding['id']}" if found.current else place


def _with_answer(shown: Shown) -> dict[str, Any]:
    one, said = shown.recommendation, answer(shown.history)
    today = day_here(service().clock.now())
    return {
        **as_card(shown),
        "why": one.why,
        "answer": as_talk((said,))[0] if said else None,
        "silence": in_its_language(silence(one, today)) or (None if said else who_acts(one)),
        "due": day(one.due),
        "to_answer": any(offer.rule.to in REPLIES for offer in shown.offers),
    }


def _where_to_write(found: Asked) -> str | None:
    if not (found.current and found.who.may("recommendations.write")):
        return None
    return f"/recommendations/write/{found.who.exercise.id}#finding-{found.finding['id']}"
