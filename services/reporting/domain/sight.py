"""Which recommendations somebody may see: by their roles, the exercise's stage and the status (domain.md §4).

The table of access rules has already said whether they may read any at all; this is the part that depends on
the thing itself.
"""

from __future__ import annotations

from collections.abc import Collection

from services.reporting.domain.recommendation import BEFORE_SHARED, STATUSES

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
