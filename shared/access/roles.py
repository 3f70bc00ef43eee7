"""The roles a person can have in an exercise (domain.md §4)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in one exercise. A person may have several roles, and other roles elsewhere."""

    VOLUNTEER = "volunteer"
    BUDDY = "buddy"
    LEAD = "lead"
    DATA_KEEPER = "data-keeper"
    SPONSOR = "sponsor"
    MANAGER = "manager"
    WORKING_GROUP = "working-group"
    STAFF = "staff"


HOST_ROLES = frozenset({Role.LEAD, Role.DATA_KEEPER})
"""The charity's own people who look after the exercise; they see all of it."""

PARTNER_ROLES = frozenset({Role.SPONSOR, Role.MANAGER, Role.STAFF})
"""People of the partner organisation. Numbers reach them only by the rule of 3 visits by 2 volunteers."""
