"""The page of all recommendations: what moved since last time, the board by status, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request

from services.reporting.domain.grid import field_of
from services.reporting.use_cases import reading
from services.reporting.use_cases.reading import Board, Shown
from services.reporting.web.api import me, service
from services.reporting.web.words import as_card, remember_board
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
FILTERS: dict[str, tuple[str, Callable[[dict[str, object]], bool]]] = {
    "no-cost": ("Costs nothing", lambda rec: rec["cost_band"] == "none"),
    "mine": ("Waiting for me", lambda rec: bool(rec["moves"])),
    "overdue": ("Late", lambda rec: bool(rec["overdue"])),
    "silent": ("Silent", lambda rec: bool(rec["silent"])),
}


@blueprint.route("/recommendations")
@signed_in
def recommendations() -> str:
    """Everything the reader may see, across their exercises."""
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in FILTERS else ""
    found = reading.board(service(), me(), remember=not request.args)
    if not found.members:
        raise not_found()  # none of their exercises has anything to show them yet
    remember_board(chosen)
    cards = [as_card(one) for one in found.shown]
    if chosen:
        cards = [card for card in cards if FILTERS[chosen][1](card["rec"])]
    columns = [
        {"title": title, "items": [c for c in cards if c["rec"]["status"] in statuses], "empty": empty}
        for title, statuses, empty in COLUMNS
    ]
    if not any(one.recommendation.status in COLUMNS[0][1] for one in found.shown):
        columns = columns[1:]
    return render_template(
        "reporting/recommendations.html",
        moved=[as_card(one) for one in _newest_first(found)][:NEWEST],
        since=day_here(found.since) if found.since else None,
        cards=cards,
        columns=columns,
        places=_places(cards),
        chosen=chosen,
        filters=[(name, text) for name, (text, _) in FILTERS.items()],
        members=found.members,
        closed=found.closed,
        nothing=not found.shown,
    )


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
