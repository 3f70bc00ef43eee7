"""The recommendations API of wire.md §6: list, write, read, change, history, moves, and what else people do there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from services.reporting.domain.moving import Wish
from services.reporting.domain.recommendation import Evidence
from services.reporting.forms import (
    ChangesAnswer,
    CommentForm,
    HistoryAnswer,
    MeasuresAnswer,
    MergeForm,
    MoveForm,
    PageQuery,
    RecommendationAnswer,
    RecommendationChanges,
    RecommendationForm,
    RecommendationsAnswer,
    RecommendationsQuery,
    VoteForm,
    VotesAnswer,
    cursor,
    position_of,
)
from services.reporting.use_cases import merging, moving, reading, telling, voting, writing
from services.reporting.web.api import ApiBlueprint, as_answer, me, refuse_cursor, service
from shared.contracts.refusals import not_found
from shared.web.gate import mark_decided, requires, signed_in
from shared.web.openapi import PROBLEM, Problem

blueprint = ApiBlueprint(
    "recommendations_api",
    __name__,
    url_prefix="/api/reporting/v1",
    description="Recommendations from draft to kept up",
)


@blueprint.route("/recommendations")
@requires("recommendations.read")
@blueprint.arguments(RecommendationsQuery, location="query")
@blueprint.response(200, RecommendationsAnswer)
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Recommendations the caller may see: of one exercise, or of all."""
    wanted = _known_form(query["exercise_id"])
    found, more = reading.page_of_recommendations(service(), me(), wanted, _position(query["after"]), query["limit"])
    mark_decided()
    return {"items": [as_answer(one) for one in found], "next": None if more is None else cursor(more)}


@blueprint.route("/recommendations", methods=["POST"])
@requires("recommendations.write")
@blueprint.arguments(RecommendationForm)
@blueprint.response(201, RecommendationAnswer)
def write(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Write a draft. Lead and volunteers."""
    body["findings"] = tuple(dict.fromkeys(body.get("findings", ())))
    body["items"] = tuple(dict.fromkeys(body.get("items", ())))
    written = writing.write_recommendation(service(), me(), body)
    mark_decided()
    where = url_for("recommendations_api.one", recommendation_id=written.id)
    return _answer(written.id), 201, {"Location": where}


@blueprint.route("/recommendations/<uuid:recommendation_id>")
@requires("recommendations.read")
@blueprint.response(200, RecommendationAnswer)
def one(recommendation_id: UUID) -> dict[str, Any]:
    """One recommendation."""
    return _answer(str(recommendation_id))


@blueprint.route("/recommendations/<uuid:recommendation_id>", methods=["PATCH"])
@requires("recommendations.write")
@blueprint.arguments(RecommendationChanges)
@blueprint.response(200, RecommendationAnswer)
def change(body: dict[str, Any], recommendation_id: UUID) -> dict[str, Any]:
    """Change fields: the group until it was shared; afterwards the owner the post, the date and the progress."""
    for name in ("findings", "items"):
        if name in body:
            body[name] = tuple(dict.fromkeys(body[name]))
    writing.change_recommendation(service(), me(), str(recommendation_id), body)
    return _answer(str(recommendation_id))


@blueprint.route("/recommendations/<uuid:recommendation_id>/history")
@requires("recommendations.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, HistoryAnswer)
def history(query: dict[str, Any], recommendation_id: UUID) -> dict[str, Any]:
    """Everything that happened to it, oldest first; who by role only."""
    found = reading.recommendation(service(), me(), str(recommendation_id)).history
    mark_decided()
    start = _position(query["after"])
    end = start + query["limit"]
    return {"items": found[start:end], "next": cursor(end) if end < len(found) else None}


@blueprint.route("/recommendations/<uuid:recommendation_id>/moves", methods=["POST"])
@requires("recommendations.move")
@blueprint.arguments(MoveForm)
@blueprint.response(200, RecommendationAnswer, description="It is moved.")
@blueprint.alt_response(202, schema=RecommendationAnswer, description="Recorded; a second person is needed.")
@blueprint.alt_response(
    409,
    schema=Problem,
    content_type=PROBLEM,
    description="`move-not-allowed`; `allowed` names the statuses it can go to.",
)
def move(body: dict[str, Any], recommendation_id: UUID) -> tuple[dict[str, Any], int]:
    """Move it to another status (domain.md §5)."""
    shown = tuple(Evidence(one["kind"], one["text"] or "", one["sha256"]) for one in body["evidence"] or ())
    wish = Wish(body["to"], body["note"] or "", shown)
    moved = moving.move_recommendation(service(), me(), str(recommendation_id), wish)
    return _answer(str(recommendation_id)), 200 if moved.done else 202


@blueprint.route("/recommendations/<uuid:recommendation_id>/comments", methods=["POST"])
@requires("recommendations.move")
@blueprint.arguments(CommentForm)
@blueprint.response(200, RecommendationAnswer)
def comment(body: dict[str, Any], recommendation_id: UUID) -> dict[str, Any]:
    """Add words to its history; from the owner they are news."""
    writing.comment(service(), me(), str(recommendation_id), body["words"])
    return _answer(str(recommendation_id))


@blueprint.route("/recommendations/<uuid:recommendation_id>/merges", methods=["POST"])
@requires("recommendations.write")
@blueprint.arguments(MergeForm)
@blueprint.response(200, RecommendationAnswer)
def merge(body: dict[str, Any], recommendation_id: UUID) -> dict[str, Any]:
    """Take other drafts of the same building into this one."""
    merging.merge_recommendations(service(), me(), str(recommendation_id), body["merge"])
    return _answer(str(recommendation_id))


@blueprint.route("/recommendations/<uuid:recommendation_id>/merges/<uuid:other_id>", methods=["DELETE"])
@requires("recommendations.write")
@blueprint.response(200, RecommendationAnswer)
def part(recommendation_id: UUID, other_id: UUID) -> dict[str, Any]:
    """Take one out again as long as it was not shared; answers with the one that stays."""
    merging.part_recommendations(service(), me(), str(recommendation_id), str(other_id))
    return _answer(str(recommendation_id))


@blueprint.route("/recommendations/<uuid:recommendation_id>/votes")
@requires("recommendations.read")
@blueprint.response(200, VotesAnswer)
def votes(recommendation_id: UUID) -> dict[str, object]:
    """The dots on it, by group and together."""
    found = voting.votes_on(service(), me(), str(recommendation_id))
    mark_decided()
    return found.as_json()


@blueprint.route("/recommendations/<uuid:recommendation_id>/votes", methods=["POST"])
@requires("recommendations.vote")
@blueprint.arguments(VoteForm)
@blueprint.response(200, VotesAnswer)
def vote(body: dict[str, Any], recommendation_id: UUID) -> dict[str, object]:
    """Put up to three dots on a draft, instead of those put before."""
    voting.vote(service(), me(), str(recommendation_id), body["dots"])
    mark_decided()
    return voting.votes_on(service(), me(), str(recommendation_id)).as_json()


@blueprint.route("/exercises/<uuid:exercise_id>/measures")
@requires("recommendations.read")
@blueprint.response(200, MeasuresAnswer)
def measures(exercise_id: UUID) -> dict[str, Any]:
    """The headline measures: replied in time, planned or made, verified, how long it took."""
    return reading.measures_of(service(), me(), str(exercise_id)).as_json()


@blueprint.route("/me/changes")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ChangesAnswer)
def my_changes(query: dict[str, Any]) -> dict[str, Any]:
    """What came of the caller's own visits: said, answered word for word, done, checked."""
    start = _position(query["after"])
    end = start + query["limit"]
    found = [chapter for story in telling.my_changes(service(), me()) for chapter in story.chapters]
    items = [chapter.as_json() for chapter in found[start:end]]
    return {"items": items, "next": cursor(end) if end < len(found) else None}


def _answer(recommendation_id: str) -> dict[str, Any]:
    shown = reading.recommendation(service(), me(), recommendation_id)
    mark_decided()
    return as_answer(shown)


def _position(after: str | None) -> int:
    try:
        return position_of(after)
    except ValueError:
        raise refuse_cursor() from None


def _known_form(exercise_id: str | None) -> str | None:
    if exercise_id is None:
        return None
    try:
        return str(UUID(exercise_id))
    except ValueError:
        raise not_found() from None
