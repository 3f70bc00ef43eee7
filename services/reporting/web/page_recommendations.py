"""The page of all recommendations: what moved since last time, the board by status, and the same as a table.

Who asks for some of them – what waits for them, what is late, one exercise – sees those first and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from services.reporting.domain.grid import field_of
from services.reporting.use_cases import reading
from services.reporting.use_cases.reading import Board, Shown
from services.reporting.web.api import me, service
from services.reporting.web.words import as_card, board_address, remember_board
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
"""So many that moved stand above the board; the rest is folded away below them."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Some of the board: `link` leads there, `title` names the page, and `none` is said when there are none."""

    link: str
    title: str
    none: str
    wanted: Callable[[dict[str, Any]], bool]


FILTERS = {
    "mine": Filter(
        "Waiting for me",
        "What waits for you",
        "Nothing waits for you just now. When something needs your answer or your next step, it stands here.",
        # What is paused may be taken up at any time, but waits for nobody before its day.
        lambda rec: bool(rec["moves"]) and (rec["status"] != "paused" or bool(rec["overdue"])),
    ),
    "overdue": Filter(
        "Late",
        "What is late",
        "Nothing is late. An answer or a change whose day has passed stands here.",
        lambda rec: bool(rec["overdue"]),
    ),
    "silent": Filter(
        "Silent",
        "What has had no news",
        "Nothing is silent. What has had no news for 60 days stands here.",
        lambda rec: bool(rec["silent"]),
    ),
    "no-cost": Filter(
        "Costs nothing", "What costs nothing", "There is none of that kind.", lambda rec: rec["cost_band"] == "none"
    ),
}


@blueprint.route("/recommendations")
@signed_in
def recommendations() -> str:
    """Everything the reader may see, across their exercises or in the one they came from."""
    found = reading.board(service(), me(), remember=not request.args)
    if not found.members:
        raise not_found()  # none of their exercises has anything to show them yet
    one = next((who.exercise for who in found.members if who.exercise.id == request.args.get("exercise_id")), None)
    site = one.site(request.args.get("site_id", "")) if one else None
    place = {"exercise_id": one.id if one else "", "site_id": site.id if site else ""}
    show = request.args.get("show", "")
    chosen = FILTERS.get(show)
    remember_board({"show": show if chosen else "", **place})
    here = [each for each in found.shown if one is None or each.exercise.id == one.id]
    here = [each for each in here if site is None or each.recommendation.site_id == site.id]
    every = [as_card(each) for each in here]
    cards = sorted(filter(lambda card: chosen.wanted(card["rec"]), every), key=_when) if chosen else every
    moved = [as_card(each) for each in _newest_first(found) if each in here]
    return render_template(
        "reporting/recommendations.html",
        moved=moved[:NEWEST],
        moved_more=moved[NEWEST:],
        since=day_here(found.since) if found.since else None,
        cards=cards,
        columns=_columns(cards, every_column=chosen is None),
        places=[] if chosen else _places(cards),
        one=one,
        site=site,
        all_places=board_address({"show": show if chosen else "", "exercise_id": place["exercise_id"]}),
        chosen=chosen,
        filters=_filters(every, show, place),
        members=[who for who in found.members if one is None or who.exercise.id == one.id],
        # What a closed exercise came to is told of all its places together.
        closed=[(exercise, told) for exercise, told in found.closed if one is None or exercise.id == one.id],
        nothing=not here,
    )


def _when(card: dict[str, Any]) -> str:
    """What is due first comes first, and what has no day last."""
    rec = card["rec"]
    return str((rec["reply_due"] if rec["status"] == "shared" else rec["due"]) or "9999")


def _columns(cards: list[dict[str, Any]], *, every_column: bool) -> list[dict[str, Any]]:
    """The board by status. A column without anything shows that, but not where somebody asked for some only."""
    columns = [
        {"title": title, "items": [card for card in cards if card["rec"]["status"] in statuses], "empty": empty}
        for title, statuses, empty in COLUMNS
    ]
    if not every_column:
        return [column for column in columns if column["items"]]
    return columns if columns[0]["items"] else columns[1:]


def _filters(every: list[dict[str, Any]], show: str, place: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Text, address and whether it is this page. Nobody is offered “Waiting for me” whom nothing can wait for."""
    offered = [("", "All")] + [
        (name, each.link)
        for name, each in FILTERS.items()
        if name != "mine" or name == show or any(each.wanted(card["rec"]) for card in every)
    ]
    current = show if show in FILTERS else ""
    return [(text, board_address({"show": name, **place}), name == current) for name, text in offered]


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
