"""One recommendation: where it stands, who must act, what was said, and the moves that are the reader's to make."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.reporting.domain.moves import rule_for
from services.reporting.domain.moving import Wish
from services.reporting.domain.recommendation import (
    COST_BANDS,
    EVIDENCE_KINDS,
    KINDS,
    PIE_AREAS,
    REPLIES,
    Entry,
    Evidence,
)
from services.reporting.domain.standing import overdue, silent, who_acts
from services.reporting.domain.voting import WHY_ALONE
from services.reporting.forms import CommentForm, MoveForm, RecommendationChanges
from services.reporting.use_cases import looking, merging, moving, reading, voting, writing
from services.reporting.use_cases.reading import Shown
from services.reporting.web import looking as looking_again
from services.reporting.web.api import me, read_form, service
from services.reporting.web.faults import beside
from services.reporting.web.words import as_card, as_talk, back_to_board, site_name, still_needed
from shared.contracts.days import day_here
from shared.contracts.refusals import FieldError, Refusal, invalid, not_found
from shared.web.gate import mark_decided, requires

blueprint = Blueprint("recommendation_page", __name__, url_prefix="/recommendations/<uuid:recommendation_id>")

_WORDING = ("title", "why", "kind", "pie_area", "cost_band")
_STANDING = ("baseline", "progress", "effort", "difference")
_NOTICES = {
    "moved": "Done. Everybody who may see this sees it now.",
    "recorded": "Recorded. It counts when a second person agrees.",
    "voted": "Your dots are on it. You can change them until it is shared.",
    "commented": "Your words are in the history.",
    "changed": "Changed.",
    "merged": "They are one now. Until it is shared, each can be taken out again.",
    "parted": "Both are by themselves again.",
    "written": "Here is the draft. Change every word you like.",
}


@blueprint.route("")
@requires("recommendations.read")
def page(recommendation_id: UUID) -> str:
    """The page."""
    return _page(str(recommendation_id))


@blueprint.route("/moves", methods=["POST"])
@requires("recommendations.move")
def move(recommendation_id: UUID) -> Response:
    """Make a move from the page's form, once it was looked at again."""
    one = str(recommendation_id)
    if looking_again.act() == looking_again.CHANGE:
        return make_response(_page(one))
    try:
        body = read_form(MoveForm(), _sent_move())
        _refuse_a_day_that_has_passed(body)
        shown = tuple(Evidence(one["kind"], one["text"], one["sha256"]) for one in body["evidence"])
        wish = Wish(body["to"], body["note"], shown)
        if looking_again.act() != looking_again.SEND:
            looked = looking.look_at_move(service(), me(), one, wish)
            if looked.entry is not None:
                mark_decided()
                send = "Send your answer" if wish.to in REPLIES else _label(looked.entry)
                return make_response(looking_again.move_page(looked, f"/recommendations/{one}/moves", send))
        moved = moving.move_recommendation(service(), me(), one, wish)
    except Refusal as refusal:
        return _again(one, refusal)
    mark_decided()
    return redirect(f"/recommendations/{recommendation_id}?said={'moved' if moved.done else 'recorded'}", 303)


@blueprint.route("/votes", methods=["POST"])
@requires("recommendations.vote")
def vote(recommendation_id: UUID) -> Response:
    """Put dots on it from the page's form."""
    dots = request.form.get("dots", "")
    if dots not in ("0", "1", "2", "3"):
        return _again(str(recommendation_id), invalid([FieldError("/dots", "Choose how many dots.")]))
    voting.vote(service(), me(), str(recommendation_id), int(dots))
    mark_decided()
    return redirect(f"/recommendations/{recommendation_id}?said=voted", 303)


@blueprint.route("/comments", methods=["POST"])
@requires("recommendations.move")
def comment(recommendation_id: UUID) -> Response:
    """Add words to the history from the page's form, once they were looked at again."""
    one = str(recommendation_id)
    if looking_again.act() == looking_again.CHANGE:
        return make_response(_page(one))
    try:
        body = read_form(CommentForm(), {"words": request.form.get("words", "")})
        if looking_again.act() != looking_again.SEND:
            looked = looking.look_at_comment(service(), me(), one, body["words"])
            mark_decided()
            return make_response(looking_again.move_page(looked, f"/recommendations/{one}/comments", "Add it"))
        writing.comment(service(), me(), one, body["words"])
    except Refusal as refusal:
        return _again(one, refusal)
    mark_decided()
    return redirect(f"/recommendations/{recommendation_id}?said=commented", 303)


@blueprint.route("/partings", methods=["POST"])
@requires("recommendations.write")
def part(recommendation_id: UUID) -> Response:
    """Take out again one that became part of it."""
    try:
        other = str(UUID(request.form.get("other", "")))
    except ValueError:
        raise not_found() from None
    try:
        merging.part_recommendations(service(), me(), str(recommendation_id), other)
    except Refusal as refusal:
        if refusal.code != "not-merged":  # else it was pressed twice
            return _again(str(recommendation_id), refusal)
    mark_decided()
    return redirect(f"/recommendations/{recommendation_id}?said=parted", 303)


@blueprint.route("/edit")
@requires("recommendations.write")
def edit(recommendation_id: UUID) -> str:
    """The form to change it."""
    shown = reading.recommendation(service(), me(), str(recommendation_id))
    mark_decided()
    return _edit_page(shown, {}, {})


@blueprint.route("/edit", methods=["POST"])
@requires("recommendations.write")
def change(recommendation_id: UUID) -> Response:
    """Keep the changes from the form."""
    shown = reading.recommendation(service(), me(), str(recommendation_id))
    sent = {name: value.strip() for name, value in request.form.items() if name != "csrf_token"}
    wanted: dict[str, Any] = {name: value or None for name, value in sent.items() if name in _editable(shown)}
    for axis in ("effort", "difference"):
        if wanted.get(axis) and wanted[axis].isascii() and wanted[axis].isdigit():
            wanted[axis] = int(wanted[axis][:4])
    if "why" in wanted:
        wanted["why"] = wanted["why"] or ""
    if "findings_listed" in request.form:
        wanted["findings"] = request.form.getlist("finding")
    try:
        changes = read_form(RecommendationChanges(), wanted)
        if "findings" in changes:
            changes["findings"] = tuple(dict.fromkeys(changes["findings"]))
        writing.change_recommendation(service(), me(), str(recommendation_id), changes)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        mark_decided()
        fields = [(error.pointer.strip("/").split("/")[0], error.detail) for error in refusal.errors]
        told = {field: beside(field, detail) for field, detail in fields}
        return make_response(_edit_page(shown, sent, told), 422)
    mark_decided()
    return redirect(f"/recommendations/{recommendation_id}?said=changed", 303)


def _again(recommendation_id: str, refusal: Refusal) -> Response:
    if refusal.status == 409:
        return _came_too_late(recommendation_id)
    if refusal.status != 422:
        raise refusal
    errors = {field: beside(field, error.detail) for error in refusal.errors if (field := _field(error.pointer))}
    return make_response(_page(recommendation_id, errors), 422)


def _came_too_late(recommendation_id: str) -> Response:
    """It stands otherwise by now: what was typed is given back; the same sent twice was heard the first time."""
    sent, page = _sent_move(), reading.recommendation(service(), me(), recommendation_id)
    mine = [entry for entry in page.history if entry.actor == page.who.key]
    if mine and mine[-1] == page.history[-1] and (mine[-1].to_status, mine[-1].note) == (sent["to"], sent["note"]):
        mark_decided()
        return redirect(f"/recommendations/{recommendation_id}?said=moved", 303)
    typed = [text for text in (sent["note"], *(one["text"] for one in sent["evidence"]), _words()) if text]
    return make_response(_page(recommendation_id, unsent=typed), 409)


def _words() -> str:
    return request.form.get("words", "").strip()


def _label(entry: Entry) -> str:
    rule = rule_for(entry.from_status, entry.to_status)
    return rule.label if rule else "Send it"


def _refuse_a_day_that_has_passed(body: dict[str, Any]) -> None:
    """What is promised by a day that is over would be late at once. Programs may still record what was agreed then."""
    to = body["to"]
    if to not in (*REPLIES, "planned", "paused"):
        return
    today = day_here(service().clock.now())
    if any(one["kind"] == "date" and _is_before(one["text"], today) for one in body["evidence"]):
        empty = ", or leave it empty" if to in REPLIES else ""
        said = f"This day has passed. Choose a day from today on{empty}."
        raise invalid([FieldError("/date", said)])


def _is_before(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) < today
    except ValueError:
        return False  # no day at all: the move itself says so


def _field(pointer: str) -> str:
    """The name of the field on the page that a pointer of the API means."""
    if pointer in ("/words", "/to", "/dots"):
        return pointer[1:]
    form, to = request.form, request.form.get("to", "")
    if pointer == "/note":
        name = "note"
    elif pointer.startswith("/evidence") and f"evidence_text-{to}" in form and not form.get(f"date-{to}"):
        name = "evidence_text"
    else:
        name = "date"
    return name if to in REPLIES or not to else f"{name}-{to}"


def _page(recommendation_id: str, errors: dict[str, str] | None = None, unsent: list[str] | None = None) -> str:
    shown = reading.recommendation(service(), me(), recommendation_id)
    mark_decided()
    one, today = shown.recommendation, day_here(service().clock.now())
    replies = [offer for offer in shown.offers if offer.rule.to in REPLIES]
    return render_template(
        "reporting/recommendation.html",
        shown=shown,
        rec=one,
        card=as_card(shown)["rec"],
        site=site_name(shown.exercise, one.site_id),
        who_acts=who_acts(one),
        late=overdue(one, today),
        quiet=silent(one, today),
        talk=as_talk(shown.history),
        needed=still_needed(shown),
        replies=replies,
        offers=[offer for offer in shown.offers if offer.rule.to not in REPLIES],
        votes=voting.votes_on(service(), me(), one.id),
        why_no_votes=WHY_ALONE,
        may_vote=one.status in ("draft", "agreed") and not one.merged_into and shown.who.may("recommendations.vote"),
        may_comment=shown.who.may("recommendations.move"),
        may_edit=bool(_editable(shown)),
        errors=errors or {},
        sent=request.form,
        unsent=unsent,
        board=back_to_board(),
        notice=_NOTICES.get(request.args.get("said", "")),
        evidence_kinds=EVIDENCE_KINDS,
    )


def _edit_page(shown: Shown, sent: dict[str, str], errors: dict[str, str]) -> str:
    one = shown.recommendation
    values = {name: getattr(one, name) for name in _editable(shown)} | sent
    return render_template(
        "reporting/edit.html",
        rec=one,
        values=values,
        errors=errors,
        editable=_editable(shown),
        linkable=[] if "title" not in values else reading.linkable(service(), me(), one.id),
        chosen=request.form.getlist("finding") if request.method == "POST" else list(one.findings),
        kinds=KINDS,
        costs=COST_BANDS,
        areas=PIE_AREAS,
    )


def _editable(shown: Shown) -> tuple[str, ...]:
    """The fields this reader may change now (domain/writing.py decides; this only spares them a refusal)."""
    roles, before = shown.who.roles, shown.recommendation.status in ("draft", "agreed")
    if roles & {"lead", "volunteer"} and shown.who.may("recommendations.write"):
        if before:
            return (*_WORDING, "owner_post", "due", *_STANDING)
        return ("pie_area", *_STANDING)
    if "manager" in roles and not before and shown.offers:
        return ("owner_post", "due", "progress")
    return ()


def _sent_move() -> dict[str, Any]:
    """The page's move form in the shape of the API's. A field carries its move's name, so that ids differ."""
    form, to = request.form, request.form.get("to", "")

    def field(name: str) -> str:
        return form.get(f"{name}-{to}", form.get(name, "")).strip()

    evidence = []
    if field("evidence_text"):
        evidence.append({"kind": field("evidence_kind") or "other", "text": field("evidence_text")})
    if field("date"):
        evidence.append({"kind": "date", "text": field("date")})
    return {"to": to, "note": field("note"), "evidence": evidence}
