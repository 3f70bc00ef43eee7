"""Recommendations and movers for tests of the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from services.reporting.domain.days import day_here
from services.reporting.domain.moving import Decision, Mover, Wish, decide
from services.reporting.domain.recommendation import Entry, Evidence, Recommendation
from services.reporting.holidays import bank_holidays

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
PHOTO = (Evidence("photo", "The line on the floor."),)
DATE = (Evidence("date", "2027-01-15"),)

LEAD = Mover(frozenset({"lead"}), "lead-key")
VOLUNTEER = Mover(frozenset({"volunteer"}), "volunteer-key")
SECOND_VOLUNTEER = Mover(frozenset({"volunteer"}), "second-volunteer-key")
MANAGER = Mover(frozenset({"manager"}), "manager-key")
WORKING_GROUP = Mover(frozenset({"working-group"}), "working-group-key")
STAFF = Mover(frozenset({"staff"}), "staff-key")
SPONSOR = Mover(frozenset({"sponsor"}), "sponsor-key")
MIXED = Mover(frozenset({"volunteer", "staff"}), "mixed-key")
EVERYBODY = (LEAD, VOLUNTEER, MANAGER, WORKING_GROUP, STAFF, SPONSOR, MIXED)


def a_recommendation(**more: Any) -> Recommendation:
    """A recommendation; a draft unless told otherwise."""
    values: dict[str, Any] = {
        "id": "r",
        "exercise_id": "e",
        "site_id": "s",
        "title": "Keep a space free",
        "written_at": NOW,
        "news_at": NOW,
        "why": "Others hear.",
    }
    return Recommendation(**(values | more))


def move(
    recommendation: Recommendation,
    to: str,
    mover: Mover,
    *,
    note: str = "In plain words.",
    evidence: tuple[Evidence, ...] = PHOTO + DATE,
    history: tuple[Entry, ...] = (),
    stage: str = "action",
    now: datetime = NOW,
) -> Decision:
    """Decide a move that has everything it could need, unless told otherwise."""
    today = day_here(now)
    holidays: frozenset[date] = bank_holidays(today.year)
    wish = Wish(to, note, evidence)
    return decide(recommendation, history, wish, mover, stage=stage, now=now, today=today, bank_holidays=holidays)
