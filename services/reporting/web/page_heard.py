"""Pages for everybody who works there: what we heard, hopes and worries, and the documents to take away."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.reporting.domain.pack import in_a_sentence
from services.reporting.use_cases import documents, reflections, telling
from services.reporting.web.api import me, service
from services.reporting.web.api_documents import as_answer
from shared.access.rules import roles_allowed
from shared.contracts.refusals import Refusal
from shared.web.gate import requires

blueprint = Blueprint("heard_page", __name__, url_prefix="/reports/<uuid:exercise_id>")

_NOTICES = {
    "said": "Thank you. Somebody of the charity reads it first, then everybody can. Your name is not kept.",
    "shown": "Everybody can read it now.",
    "held-back": "It is held back.",
}


@blueprint.route("")
@requires("heard.read")
def page(exercise_id: UUID) -> str:
    """What we heard."""
    return _page(exercise_id, {})


@blueprint.route("/hopes", methods=["POST"])
@requires("heard.read")
def say(exercise_id: UUID) -> Response:
    """Leave a hope or a worry."""
    form = request.form
    try:
        reflections.say(service(), me(), str(exercise_id), form.get("kind", ""), form.get("words", ""))
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        errors = {error.pointer.lstrip("/"): error.detail for error in refusal.errors}
        return make_response(_page(exercise_id, errors), 422)
    return redirect(f"/reports/{exercise_id}?done=said", 303)


@blueprint.route("/hopes/<uuid:reflection_id>", methods=["POST"])
@requires("heard.read")
def let_through(exercise_id: UUID, reflection_id: UUID) -> Response:
    """Show a hope or worry to all, or hold it back."""
    show = request.form.get("show") == "yes"
    reflections.let_through(service(), me(), str(exercise_id), str(reflection_id), show=show)
    return redirect(f"/reports/{exercise_id}?done={'shown' if show else 'held-back'}", 303)


@blueprint.route("/documents")
@requires("documents.read")
def documents_page(exercise_id: UUID) -> str:
    """The documents of the exercise, newest first."""
    found, following = documents.documents_of(service(), me(), str(exercise_id), request.args.get("after"))
    making = documents.making(service(), me(), str(exercise_id))
    return render_template(
        "reporting/documents.html",
        exercise=making.exercise,
        documents=[(one, as_answer(one, str(exercise_id))) for one in found],
        following=following,
        may_make=making.may_make,
        going_on=making.going_on,
        under_way=making.under_way,
        every_version=making.every_version,
        not_made=documents.why_not_made(service(), me(), str(exercise_id)),
    )


@blueprint.route("/documents", methods=["POST"])
@requires("documents.make")
def make(exercise_id: UUID) -> Response:
    """Make the pack."""
    asked = documents.ask_for_documents(service(), me(), str(exercise_id))
    return redirect(f"/reports/{exercise_id}/documents/requests/{asked.id}", 303)


@blueprint.route("/documents/requests/<uuid:request_id>")
@requires("documents.make")
def progress(exercise_id: UUID, request_id: UUID) -> str:
    """How far the pack is; can be left and found again."""
    asked = documents.request_of(service(), me(), str(exercise_id), str(request_id))
    return render_template("reporting/progress.html", asked=asked, exercise_id=exercise_id)


def _page(exercise_id: UUID, errors: dict[str, str]) -> str:
    found = telling.heard(service(), me(), str(exercise_id))
    exercise = found.who.exercise
    felt_and_valued = [*found.heard.felt, *found.heard.valued]
    return render_template(
        "reporting/heard.html",
        exercise=exercise,
        names={site.id: site.name for site in exercise.sites},
        heard=found.heard,
        sentences=[
            (site.name, in_a_sentence([one for one in felt_and_valued if one["site_id"] == site.id]))
            for site in exercise.sites
        ],
        reflections=found.reflections,
        waiting=found.waiting,
        may_read_documents=bool(roles_allowed("documents.read", found.who.roles, exercise.stage)),
        errors=errors,
        sent=request.form,
        notice=_NOTICES.get(request.args.get("done", "")),
    )
