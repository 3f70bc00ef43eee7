"""How a recommendation stands today: overdue, silent, and who must act. Computed, shown to all, never hidden."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.reporting.domain.recommendation import WORKED_ON, Recommendation

SILENT_AFTER = timedelta(days=60)
"""No news for this long is silence, and silence is also news (domain.md §5)."""

AWAITING_NEWS = WORKED_ON | {"shared", "partner-says-done"}

_WHO_ACTS = {
    "draft": "The group: talk it over and agree, or change it.",
    "agreed": "The lead: share it with the partner.",
    "shared": "The partner's manager: answer it.",
    "accepted": "The owner: plan the first step, with a date.",
    "accepted-in-part": "The owner: plan the first step, with a date.",
    "other-way-offered": "The owner: plan the first step, with a date.",
    "not-accepted": "Nobody: the answer was no, with a reason.",
    "planned": "The owner: start, and tell us.",
    "doing": "The owner: tell us how it goes, and when it is done.",
    "partner-says-done": "Volunteers: go and look. Two people's checks are needed.",
    "verified": "Volunteers: one more look, six months after it was checked.",
    "not-yet": "The owner: carry on, and tell us.",
    "kept-up": "Nobody: it is done, and it stayed.",
    "paused": "The owner and the working group: look again on the review date.",
    "no-longer-relevant": "Nobody: owner and working group agreed that it is not needed any more.",
}


def overdue(recommendation: Recommendation, now: datetime) -> bool:
    """Whether a date has passed that somebody of the partner was to keep: the reply's, or the owner's own."""
    today = now.date()
    if recommendation.status == "shared":
        return recommendation.reply_due is not None and today > recommendation.reply_due
    if recommendation.status in WORKED_ON or recommendation.status == "paused":
        return recommendation.due is not None and today > recommendation.due
    return False


def silent(recommendation: Recommendation, now: datetime) -> bool:
    """Whether news is awaited and none has come for 60 days."""
    return recommendation.status in AWAITING_NEWS and now - recommendation.news_at >= SILENT_AFTER


def who_acts(recommendation: Recommendation) -> str:
    """One plain sentence saying whose turn it is."""
    return _WHO_ACTS[recommendation.status]
