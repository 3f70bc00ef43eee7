"""A recommendation and one line of its history, with the words the field uses for kind, cost and status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

STAGES = ("plan", "fieldwork", "sense-making", "manager-review", "shared", "action", "closed")
"""The seven stages of an exercise in order (domain.md §4); the same words as the access rules use."""

STATUSES = (
    "draft",
    "agreed",
    "shared",
    "accepted",
    "accepted-in-part",
    "other-way-offered",
    "not-accepted",
    "planned",
    "doing",
    "partner-says-done",
    "verified",
    "not-yet",
    "kept-up",
    "paused",
    "no-longer-relevant",
)
REPLIES = ("accepted", "accepted-in-part", "other-way-offered", "not-accepted")
BEFORE_SHARED = frozenset({"draft", "agreed"})
WORKED_ON = frozenset({"accepted", "accepted-in-part", "other-way-offered", "planned", "doing", "not-yet"})
"""Statuses in which the owner is expected to do something next."""

KINDS = ("culture", "practice", "structure")
COST_BANDS = ("none", "under-100", "under-1000", "more")
PIE_AREAS = (
    "psychological-framework",
    "physical-environment",
    "staff-training-and-support",
    "managing-relationships",
    "evaluating-outcomes",
)
"""The five areas of the PIE guide of 2012 (domain.md §0.1, KEA), by the codes of the instruments."""

EVIDENCE_KINDS = ("photo", "policy", "training", "date", "other")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that shows a change was made: words, and the hash of a file where there is one."""

    kind: str
    text: str = ""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history, never altered. `kind`: written, edited, move, proposal, check, comment,
    merged, parted.

    `role` is all that is ever shown of who did it; `actor` is a pseudonym, so that two people can be told
    apart where two are needed.
    """

    at: datetime
    kind: str
    role: str
    actor: str
    from_status: str
    to_status: str
    note: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What we ask a partner to change, and how far that has come (domain.md §5).

    `effort` and `difference` are places on the grid, 0-100, two axes that are never combined.
    `news_at` is when the last move or news came; `shared_at`, `replied_at`, `verified_at` when those happened.
    """

    id: str
    exercise_id: str
    site_id: str
    title: str
    written_at: datetime
    news_at: datetime
    why: str = ""
    findings: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    kind: str = "practice"
    pie_area: str | None = None
    cost_band: str | None = None
    owner_post: str | None = None
    due: date | None = None
    status: str = "draft"
    reply_due: date | None = None
    baseline: str | None = None
    progress: str | None = None
    effort: int | None = None
    difference: int | None = None
    suggestion: str | None = None
    merged_into: str | None = None
    shared_at: datetime | None = None
    replied_at: datetime | None = None
    verified_at: datetime | None = None


def stage_reached(stage: str, needed: str) -> bool:
    """Whether an exercise at `stage` has come as far as `needed`."""
    return STAGES.index(stage) >= STAGES.index(needed)


WORDS: Mapping[str, str] = {
    "draft": "being written",
    "agreed": "agreed by the group",
    "shared": "waiting for an answer",
    "accepted": "yes",
    "accepted-in-part": "yes, in part",
    "other-way-offered": "another way offered",
    "not-accepted": "no",
    "planned": "planned",
    "doing": "being done",
    "partner-says-done": "the partner says it is done",
    "verified": "checked by volunteers",
    "not-yet": "looked at: not yet",
    "kept-up": "still there six months on",
    "paused": "paused",
    "no-longer-relevant": "no longer needed",
}
"""Every status in the words the pages and documents use."""
