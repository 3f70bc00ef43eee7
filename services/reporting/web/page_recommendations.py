"""The page of all recommendations: what moved since last time, the board by status, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template

from services.reporting.domain.grid import field_of
from services.reporting.use_cases import reading
from services.reporting.use_cases.reading import Board, Shown
from services.reporting.web import board
from services.reporting.web.api import me, service
from services.reporting.web.board import Part
from services.reporting.web.words import as_card
from shared.contracts.days import day_here
from shared.contracts.refusals import not_found
from shared.web.gate import signed_in

blueprint = Blueprint("recommendations_page", __name__)

COLUMNS = (
    ("With the group", ("draft", "agreed"), "No drafts."),
    ("Waiting for an answer", ("shared",), "No answer is awaited."),
    ("Said yes, to be planned", ("accepted", "accepted-in-part", "other-way-offered", "planned"), ""),
    ("Being done", ("doing", "not-yet"), ""),
    ("To be checked by volunteers", ("partner-says-done",), "Nothing to check."),
    ("Checked", ("verified", "kept-up"), "Nothing has been checked yet."),
    ("Stopped, with a reason", ("not-accepted", "paused", "no-longer-relevant"), "Nothing was stopped."),
)
NEWEST = 5
"""What moved stands above the board; the board has the rest."""
FILTERS: dict[str, tuple[str, Callable[[dict[str, object]], bool], str]] = {
    "no-cost": ("Costs nothing", lambda rec: rec["cost_band"] == "none", "There is nothing yet that costs no money."),
    "mine": ("Waiting for me", lambda rec: bool(rec["moves"]), "Nothing waits for you."),
    "overdue": ("Late", lambda rec: bool(rec["overdue"]), "Nothing is late."),
    "silent": ("Silent", lambda rec: bool(rec["silent"]), "Nothing is silent: there is news of all that is awaited."),
}


@blueprint.route("/recommendations")
@signed_in
def recommendations() -> str:
    """Everything the reader may see, across their exercises; or of one exercise or place of theirs."""
    part = board.asked_for(FILTERS)
    found = reading.board(service(), me(), remember=not part.of_a_place)
    if not found.members:
        raise not_found()  # none of their exercises has anything to show them yet
    only = _only(part, found)
    board.remember(part)
    shown = [one for one in found.shown if _is_of(part, one)]
    cards = [as_card(one) for one in shown]
    if part.show:
        cards = [card for card in cards if FILTERS[part.show][1](card["rec"])]
    # Through a filter an empty column would say more than is so: that nothing was checked, say.
    columns = [
        {"title": title, "items": [c for c in cards if c["rec"]["status"] in statuses], "empty": empty}
        for title, statuses, empty in COLUMNS
        if not part.show or any(card["rec"]["status"] in statuses for card in cards)
    ]
    if columns and columns[0]["title"] == COLUMNS[0][0] and not columns[0]["items"]:
        columns = columns[1:]
    moved = [as_card(one) for one in _newest_first(found) if _is_of(part, one)]
    return render_template(
        "reporting/recommendations.html",
        moved=moved[:NEWEST],
        moved_more=moved[NEWEST:],
        since=day_here(found.since) if found.since else None,
        cards=cards,
        columns=columns,
        places=_places(cards),
        part=part,
        only=only,
        filters=[(name, text) for name, (text, _, _) in FILTERS.items()],
        none_of_it=FILTERS[part.show][2] if part.show else "",
        members=found.members,
        closed=[one for one in found.closed if part.exercise_id in ("", one[0].id) and not part.site_id],
        nothing=not shown,
    )


def _only(part: Part, found: Board) -> str:
    """The name of the exercise or place that was asked for; empty for all. Raises Refusal (404) for none of theirs."""
    if not part.of_a_place:
        return ""
    exercises = [who.exercise for who in found.members if part.exercise_id in ("", who.exercise.id)]
    if not part.site_id:
        names = [exercise.title for exercise in exercises]
    else:
        names = [site.name for exercise in exercises if (site := exercise.site(part.site_id))]
    if not names:
        raise not_found()
    return names[0]


def _is_of(part: Part, shown: Shown) -> bool:
    one = shown.recommendation
    return part.exercise_id in ("", one.exercise_id) and part.site_id in ("", one.site_id)


def _places(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those the group has put on its grid, numbered in their order."""
    placed = [c for c in cards if c["rec"]["effort"] is not None and c["rec"]["difference"] is not None]
    return [
        {
            "number": number,
            "href": card["href"],
            "title": card["rec"]["title"],
            "effort": card["rec"]["effort"],
            "difference": card["rec"]["difference"],
            "field": field_of(card["rec"]["effort"], card["rec"]["difference"]),
        }
        for number, card in enumerate(placed, 1)
    ]


def _newest_first(found: Board) -> list[Shown]:
    return sorted(found.moved, key=lambda one: one.recommendation.news_at, reverse=True)
