"""Which statuses each role sees at each stage (domain.md §4)."""

from __future__ import annotations

import pytest

from services.reporting.domain.recommendation import STATUSES
from services.reporting.domain.sight import statuses_seen
from shared.access.roles import Role
from shared.access.rules import roles_allowed
from shared.access.stages import Stage

ALL = frozenset(STATUSES)
SHARED_ON = ALL - {"draft", "agreed"}
NONE: frozenset[str] = frozenset()

# One row per role, one column per stage: plan, fieldwork, sense-making, manager-review, shared, action, closed.
TABLE = {
    Role.VOLUNTEER: (NONE, NONE, ALL, ALL, ALL, ALL, SHARED_ON),
    Role.BUDDY: (NONE,) * 7,
    Role.LEAD: (ALL, ALL, ALL, ALL, ALL, ALL, NONE),
    Role.DATA_KEEPER: (ALL, ALL, ALL, ALL, ALL, ALL, NONE),
    Role.SPONSOR: (NONE, NONE, NONE, SHARED_ON, SHARED_ON, SHARED_ON, NONE),
    Role.MANAGER: (NONE, NONE, NONE, SHARED_ON, SHARED_ON, SHARED_ON, NONE),
    Role.WORKING_GROUP: (NONE, NONE, NONE, NONE, ALL, ALL, NONE),
    Role.STAFF: (NONE, NONE, NONE, NONE, SHARED_ON, SHARED_ON, NONE),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("stage", list(Stage))
def test_who_sees_what_and_when(role: Role, stage: Stage) -> None:
    readers = roles_allowed("recommendations.read", {role}, stage)
    assert statuses_seen(readers, stage) == TABLE[role][stage.place]
