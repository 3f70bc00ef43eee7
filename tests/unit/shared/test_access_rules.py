"""The table of rules, read as the sentences of domain.md §4."""

from __future__ import annotations

import pytest

from shared.access.roles import HOST_ROLES, PARTNER_ROLES, Role
from shared.access.rules import ACTIONS, embargoed, roles_allowed
from shared.access.stages import ORDER, Stage

BEFORE_REVIEW = [Stage.PLAN, Stage.FIELDWORK, Stage.SENSE_MAKING]


@pytest.mark.parametrize("stage", BEFORE_REVIEW)
@pytest.mark.parametrize("action", ["findings.read", "recommendations.read", "documents.read", "heard.read"])
def test_nobody_of_the_partner_sees_anything_under_the_embargo(action: str, stage: Stage) -> None:
    assert not roles_allowed(action, PARTNER_ROLES | {Role.WORKING_GROUP}, stage)


@pytest.mark.parametrize("stage", BEFORE_REVIEW)
def test_managers_and_staff_do_not_even_learn_that_it_runs(stage: Stage) -> None:
    assert not roles_allowed("exercise.read", {Role.MANAGER, Role.STAFF, Role.WORKING_GROUP}, stage)


@pytest.mark.parametrize("role", sorted(PARTNER_ROLES))
def test_somebody_of_the_partner_learns_nothing_early_by_being_a_volunteer_too(role: Role) -> None:
    for action in ("findings.read", "recommendations.read", "recommendations.write", "recommendations.vote"):
        for stage in BEFORE_REVIEW:
            assert not roles_allowed(action, {role, Role.VOLUNTEER}, stage)
        assert Role.VOLUNTEER not in roles_allowed(action, {role, Role.VOLUNTEER}, Stage.MANAGER_REVIEW)
    assert Role.VOLUNTEER in roles_allowed("visit.send", {role, Role.VOLUNTEER}, Stage.FIELDWORK)


def test_volunteers_see_only_their_own_visit_in_fieldwork() -> None:
    assert not roles_allowed("findings.read", {Role.VOLUNTEER}, Stage.FIELDWORK)
    assert roles_allowed("visit.send", {Role.VOLUNTEER}, Stage.FIELDWORK)


def test_staff_wait_for_the_share() -> None:
    assert not roles_allowed("findings.read", {Role.STAFF, Role.WORKING_GROUP}, Stage.MANAGER_REVIEW)
    assert roles_allowed("findings.read", {Role.STAFF}, Stage.SHARED)


@pytest.mark.parametrize("stage", ORDER)
def test_only_volunteers_send_and_only_the_host_reads_visits(stage: Stage) -> None:
    assert roles_allowed("visit.send", set(Role) - {Role.VOLUNTEER}, stage) == frozenset()
    assert roles_allowed("visits.read", set(Role), stage) == HOST_ROLES
    assert roles_allowed("people.read", set(Role), stage) == {Role.LEAD}


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("stage", ORDER)
def test_no_role_is_no_access(action: str, stage: Stage) -> None:
    assert roles_allowed(action, frozenset(), stage) == frozenset()


def test_a_misspelt_action_lets_nobody_in() -> None:
    with pytest.raises(KeyError):
        roles_allowed("findings.raed", {Role.LEAD}, Stage.SHARED)


def test_the_embargo_ends_with_the_share() -> None:
    assert [stage for stage in ORDER if embargoed(stage)] == [*BEFORE_REVIEW, Stage.MANAGER_REVIEW]
