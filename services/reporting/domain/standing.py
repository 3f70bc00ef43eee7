"""How a recommendation stands on a day: overdue, silent, what shows that it is done, and who must act.

Computed, shown to all, never hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from services.reporting.domain.recommendation import REPLIES, WORKED_ON, Entry, Evidence, Recommendation
from shared.contracts.days import day_here

SILENT_AFTER = timedelta(days=60)
"""No news for this long is silence, and silence is also news (domain.md §5)."""

_PROMISES = {*REPLIES, "planned", "paused", "no-longer-relevant"}
AWAITING_NEWS = WORKED_ON | {"shared", "partner-says-done"}

_WHO_ACTS = {
    "draft": "Next, the group talks it over: agree, or change it.",
    "agreed": "Next, the lead shares it with the partner.",
    "shared": "Next, the partner’s manager answers.",
    "accepted": "Next, the owner plans the first step, with a date.",
    "accepted-in-part": "Next, the owner plans the first step, with a date.",
    "other-way-offered": "Next, the owner plans the first step, with a date.",
    "not-accepted": "The answer was no, with a reason. Nobody has to do anything now.",
    "planned": "Next, the owner starts, and tells us.",
    "doing": "Next, the owner tells us how it goes, and when it is done.",
    "partner-says-done": "Next, volunteers go and look. Two people’s checks are needed.",
    "verified": "Volunteers saw that it is done. They look once more, six months later.",
    "not-yet": "Volunteers looked: it is not done yet. Next, the owner carries on, and tells us.",
    "kept-up": "It is done, and it stayed. Nobody has to do anything now.",
    "paused": "It is paused. The owner and the working group look again on the review date.",
    "no-longer-relevant": "Owner and working group agreed that it is not needed any more.",
}


def overdue(recommendation: Recommendation, today: date) -> bool:
    """Whether a date has passed that somebody of the partner was to keep: the reply's, or the owner's own."""
    if recommendation.status == "shared":
        return recommendation.reply_due is not None and today > recommendation.reply_due
    if recommendation.status in WORKED_ON or recommendation.status == "paused":
        return recommendation.due is not None and today > recommendation.due
    return False


def silent(recommendation: Recommendation, today: date) -> bool:
    """Whether news is awaited and none has come for 60 days."""
    return recommendation.status in AWAITING_NEWS and today - day_here(recommendation.news_at) >= SILENT_AFTER


def shown_for(history: Sequence[Entry]) -> list[Evidence]:
    """What shows that it was done, oldest first. The day that a plan or an answer promises shows nothing yet."""
    return [shown for entry in history if entry.to_status not in _PROMISES for shown in entry.evidence]


def who_acts(recommendation: Recommendation) -> str:
    """One plain sentence saying whose turn it is."""
    return _WHO_ACTS[recommendation.status]
