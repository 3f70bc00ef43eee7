"""Pages for everybody who works there: what we heard, hopes and worries, and the documents to take away."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.reporting.domain.careful_words import describes_a_person
from services.reporting.domain.heard import in_a_sentence
from services.reporting.store.documents import DocumentRequest
from services.reporting.store.reflections import Reflection
from services.reporting.use_cases import documents, reflections, telling
from services.reporting.use_cases.documents import HowFar
from services.reporting.use_cases.members import Member
from services.reporting.web import looking, own_words
from services.reporting.web.api import me, service
from services.reporting.web.api_documents import as_answer
from shared.access.rules import ACTIONS, roles_allowed
from shared.contracts.refusals import Refusal, conflict
from shared.web.gate import requires

blueprint = Blueprint("heard_page", __name__, url_prefix="/reports/<uuid:exercise_id>")

_KINDS = {"hope": "A hope", "worry": "A worry"}
_NOTICES = {
    "said": "Thank you. Somebody of the charity reads it first, then everybody can. Your name is not kept.",
    "taken-back": "Taken back. Nobody else reads it. Your words are in the form below, in case you want them.",
    "too-late": "It is too late to change that. If it worries you, talk to the lead of the exercise.",
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
    """Leave a hope or a worry, or other words in place of one's own, once they were looked at again."""
    form, one = request.form, str(exercise_id)
    kind, words, instead = form.get("kind", ""), form.get("words", ""), form.get("instead") or None
    if looking.act() == looking.CHANGE:
        return make_response(_page(exercise_id, {}))
    try:
        if looking.act() != looking.SEND:
            who = reflections.look_at(service(), me(), one, kind, words)
            return make_response(_look(who, kind, words.strip()))
        if instead is not None and instead not in own_words.known():
            raise conflict("too-late", "It is too late to change it.")
        said = reflections.say(service(), me(), one, kind, words, instead_of=instead)
    except Refusal as refusal:
        if refusal.status == 409:
            late = {"words": "It is too late to change what you said before. You can say this as something new."}
            return make_response(_page(exercise_id, late, too_late=True), 409)
        if refusal.status != 422:
            raise
        errors = {error.pointer.lstrip("/"): error.detail for error in refusal.errors}
        return make_response(_page(exercise_id, errors), 422)
    own_words.remember(said)
    return redirect(f"/reports/{exercise_id}?done=said", 303)


@blueprint.route("/hopes/mine", methods=["POST"])
@requires("heard.read")
def change_mine(exercise_id: UUID) -> Response:
    """Take one's own words back, or put them into the form again to be changed."""
    wanted = request.form.get("id", "")
    taken = request.form.get("act") == "take-back"
    mine = {one.id: one for one in _mine(exercise_id)}
    if wanted not in mine:
        return redirect(f"/reports/{exercise_id}?done=too-late", 303)
    if not taken:
        typed = {"kind": mine[wanted].kind, "words": mine[wanted].words, "instead": wanted}
        return make_response(_page(exercise_id, {}, typed=typed))
    try:
        found = reflections.take_back(service(), me(), str(exercise_id), wanted)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return redirect(f"/reports/{exercise_id}?done=too-late", 303)
    typed = {"kind": found.kind, "words": found.words}
    return make_response(_page(exercise_id, {}, typed=typed, done="taken-back"))


def _mine(exercise_id: UUID) -> list[Reflection]:
    known = own_words.known()
    return reflections.still_waiting(service(), str(exercise_id), known) if known else []


def _look(who: Member, kind: str, words: str) -> str:
    readers = looking.in_words(ACTIONS["heard.read"][who.exercise.stage], who.exercise)
    notes = [
        "Your name is not kept, and not when you said it.",
        "For an hour you can change it or take it back here, while nobody of the charity has decided about it.",
    ]
    return looking.page(
        about="a hope" if kind == "hope" else "a worry",
        action=f"/reports/{who.exercise.id}/hopes",
        change_at="hopes",
        send="Say it",
        readers=f"First somebody of the charity, so that nobody is hurt by it. If they let it through: {readers}.",
        notes=notes,
        quote=(words, _KINDS[kind]),
        warning=describes_a_person(words),
    )


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
    after = request.args.get("after")
    found, following = documents.documents_of(service(), me(), str(exercise_id), after)
    making = documents.making(service(), me(), str(exercise_id))
    return render_template(
        "reporting/documents.html",
        exercise=making.exercise,
        documents=[(one, as_answer(one, str(exercise_id))) for one in found],
        following=following,
        may_make=making.may_make,
        going_on=making.going_on,
        far=_far(making.going_on),
        under_way=making.under_way,
        lacking=[] if after else documents.lacking(found),
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
    return render_template("reporting/progress.html", asked=asked, exercise_id=exercise_id, far=_far(asked))


def _far(asked: DocumentRequest | None) -> HowFar | None:
    if asked is None or asked.state != "waiting":
        return None
    return documents.how_far(service(), me(), asked.exercise_id, asked.id)


def _page(
    exercise_id: UUID,
    errors: dict[str, str],
    *,
    typed: Mapping[str, str] | None = None,
    too_late: bool = False,
    done: str = "",
) -> str:
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
        held_back=found.held_back,
        may_decide=found.who.of_host,
        mine=_mine(exercise_id),
        sent=request.form if typed is None else typed,
        too_late=too_late,
        notice=_NOTICES.get(done or request.args.get("done", "")),
    )
