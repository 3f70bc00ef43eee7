"""Which recommendations somebody may see: by their roles, the exercise's stage and the status (domain.md §4).

The table of access rules has already said whether they may read any at all; this is the part that depends on
the thing itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.reporting.domain.recommendation import BEFORE_SHARED, STATUSES, Entry

EVERYTHING = frozenset(STATUSES)
SHARED_ON = EVERYTHING - BEFORE_SHARED


def statuses_seen(roles: Collection[str], stage: str) -> frozenset[str]:
    """The statuses visible to somebody who reads under `roles` at `stage`.

    The working group sees drafts from `shared` on, because it may agree them then (domain.md §5). In `closed`
    volunteers keep the story of change; everybody else sees aggregates, so no single recommendation.
    """
    held = frozenset(roles)
    if stage == "closed":
        return SHARED_ON if "volunteer" in held else frozenset()
    if held & {"lead", "data-keeper", "volunteer"}:
        return EVERYTHING
    if "working-group" in held and stage in ("shared", "action"):
        return EVERYTHING
    if held & {"sponsor", "manager"} and stage in ("manager-review", "shared", "action"):
        return SHARED_ON
    if "staff" in held and stage in ("shared", "action"):
        return SHARED_ON
    return frozenset()


def history_seen(history: Sequence[Entry], statuses: Collection[str]) -> list[Entry]:
    """The part of a history that belongs to the statuses somebody may see.

    Whoever may not see drafts reads a recommendation from the day it was shared: how the group came to it, and
    how it voted, stays with the group.
    """
    if frozenset(statuses) >= BEFORE_SHARED:
        return list(history)
    start = next((n for n, entry in enumerate(history) if entry.to_status not in BEFORE_SHARED), len(history))
    return list(history[start:])
