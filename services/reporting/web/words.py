"""Dates and recommendations in the words of a page; who is shown by role, and times of day never."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, session

from services.reporting.documents.formats import file_in_words
from services.reporting.domain.moves import ONE
from services.reporting.domain.moving import Offer, acts_waiting
from services.reporting.domain.recommendation import Entry, Evidence
from services.reporting.domain.standing import who_acts
from services.reporting.use_cases.reading import Shown
from services.reporting.web.api import as_answer
from services.reporting.web.evidence import evidence_words
from shared.access.directory import ExerciseEntry
from shared.contracts.days import day_here
from shared.contracts.instruments import in_language, load, published
from shared.web.languages import day_in_words, language

_WHO = {
    "lead": "Exercise lead",
    "volunteer": "Volunteer",
    "manager": "Partner manager",
    "working-group": "Working group",
    "data-keeper": "Data keeper",
}
_DID = {
    "written": "Wrote the first draft.",
    "proposal": "Proposed this. The working group has to agree.",
    "check": "Looked, and saw that it is done. A second volunteer’s check is needed.",
}


def install(app: Flask) -> None:
    """Give templates the filters `day`, `asked`, `needs` and `file_in_words`."""
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["asked"] = asked
    app.jinja_env.filters["needs"] = needs
    app.jinja_env.filters["file_in_words"] = file_in_words


def day(when: date | datetime | None) -> str:
    """A day in words: 3 December 2026; empty for none."""
    if when is None:
        return ""
    return day_in_words(day_here(when) if isinstance(when, datetime) else when)


def asked(item: str) -> str:
    """The question behind an item's code, in the page’s language; the code itself for a group’s own items."""
    return _prompts(language()).get(item, item)


@lru_cache(maxsize=8)
def _prompts(code: str) -> dict[str, str]:
    spoken = [in_language(load(name, version), code) for name, version in published()]
    return {item.code: item.prompt for instrument in spoken for item in instrument.items}


def board_address(asked: Mapping[str, str]) -> str:
    """The address of the board with what was asked for: `show`, `exercise_id`, `site_id`; none that is empty."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/recommendations?{query}" if query else "/recommendations"


def remember_board(asked: Mapping[str, str]) -> None:
    """Which part of the board was looked at last in this browser: the way back leads there."""
    address = board_address(asked)
    if session.get("board_at", "/recommendations") != address:
        session["board_at"] = address


def back_to_board() -> str:
    """The address of the board as it was looked at last; every page of a recommendation leads back to it."""
    return str(session.get("board_at", "/recommendations"))


def site_name(exercise: ExerciseEntry, site_id: str) -> str:
    """The building's name."""
    site = exercise.site(site_id)
    return site.name if site else ""


def as_card(shown: Shown) -> dict[str, Any]:
    """A recommendation as the parts `card`, `board` and `table` want it."""
    one = shown.recommendation
    late = one.reply_due if one.status == "shared" else one.due
    rec = as_answer(shown) | {
        "due_words": day(one.due),
        "reply_due_words": day(late),
        "evidence_words": evidence_words(shown.history),
        "who_acts": who_acts(one),
    }
    return {
        "rec": rec,
        "href": f"/recommendations/{one.id}",
        "site": site_name(shown.exercise, one.site_id),
        "news": day(one.news_at),
    }


def as_talk(history: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """The history as a conversation, oldest first."""
    return [
        {
            "who": _WHO.get(entry.role, entry.role),
            "side": "partner" if entry.role in ("manager", "sponsor", "staff") else "host",
            "when": day(entry.at),
            "to": entry.to_status if entry.kind == "move" else None,
            "note": " ".join(part for part in (_DID.get(entry.kind, ""), entry.note) if part),
            "evidence": [{"kind": shown.kind, "text": _in_words(shown)} for shown in entry.evidence],
        }
        for entry in history
    ]


def _in_words(shown: Evidence) -> str:
    if shown.kind != "date":
        return shown.text
    try:
        return day(date.fromisoformat(shown.text.strip()))
    except ValueError:
        return shown.text


_WANTED = {
    "agreed": "how it was agreed",
    "planned": "the first step",
    "doing": "what is happening",
    "not-yet": "what you saw",
}


def needs(offer: Offer) -> str:
    """What a move needs, in a few words: “needs the first step and a date”."""
    rule, words = offer.rule, []
    agreeing = bool(rule.agreed_by) and offer.completes
    if "note" in rule.needs and not agreeing:
        words.append(_WANTED.get(rule.to, "a reason"))
    if "evidence" in rule.needs:
        words.append("something that shows it")
    if "date" in rule.needs and not agreeing:
        words.append("a date")
    if rule.acts != ONE and not offer.completes:
        words.append("the working group’s yes" if rule.agreed_by else "a second volunteer’s look")
    if not words:
        return "needs nothing more"
    return "needs " + " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def still_needed(shown: Shown) -> list[str]:
    """What is recorded and waits for a second person, in sentences."""
    said = {
        "verified": "One volunteer has checked it. A second one’s check is needed.",
        "paused": "The owner proposes to pause it. The working group has to agree.",
        "no-longer-relevant": "The owner says it is no longer needed. The working group has to agree.",
    }
    open_acts = {entry.to_status for entry in acts_waiting(shown.history)}
    return [said[to] for to in said if to in open_acts]
