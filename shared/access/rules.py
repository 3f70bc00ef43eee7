"""The one table of who may do what: action × stage → roles (domain.md §4). What is not in it is denied.

Read it beside the table of `domain.md` §4. Rules that depend on the thing itself (my own visit, the status
of a recommendation, the rule of 3 visits by 2 volunteers) stand in the services' domains, on top of this.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from shared.access.directory import ExerciseEntry
from shared.access.roles import PARTNER_ROLES, Role
from shared.access.stages import Stage, at_least

_V, _B, _L, _K = Role.VOLUNTEER, Role.BUDDY, Role.LEAD, Role.DATA_KEEPER
_S, _M, _W, _F = Role.SPONSOR, Role.MANAGER, Role.WORKING_GROUP, Role.STAFF

_Stages = Mapping[Stage, frozenset[Role]]


def _always(*roles: Role) -> _Stages:
    return {stage: frozenset(roles) for stage in Stage}


def _table(**roles_by_stage: Collection[Role]) -> _Stages:
    return {Stage(name.replace("_", "-")): frozenset(roles) for name, roles in roles_by_stage.items()}


_HOST = (_L, _K)
_READERS_OF_SHARED = (_V, _L, _K, _S, _M, _W, _F)

ACTIONS: Mapping[str, _Stages] = {
    # That the exercise exists, and as much of its plan as the role may see.
    "exercise.read": _table(
        plan=(_V, _B, *_HOST, _S),
        fieldwork=(_V, _B, *_HOST, _S),
        sense_making=(_V, _B, *_HOST, _S),
        manager_review=(_V, _B, *_HOST, _S, _M),
        shared=(_V, _B, *_HOST, _S, _M, _W, _F),
        action=(_V, _B, *_HOST, _S, _M, _W, _F),
        closed=(_V, _B, *_HOST, _S, _M, _W, _F),
    ),
    "exercise.plan": _always(_L),
    "exercise.move": _always(_L),
    # Representatives are volunteers; that this one is a representative is asked on top.
    "exercise.release": _always(_L, _V),
    "exercise.close": _always(_L),
    "people.read": _always(_L),
    "visit.send": _table(fieldwork=(_V,), action=(_V,)),
    "visits.read": _always(*_HOST),
    # Once closed, even the host charity sees what it adds up to and no single visit's words, photos or voices.
    "care-queue.work": {stage: frozenset(_HOST) for stage in Stage if stage is not Stage.CLOSED},
    "findings.read": _table(
        plan=_HOST,
        fieldwork=_HOST,
        sense_making=(_V, *_HOST),
        manager_review=(_V, *_HOST, _S, _M),
        shared=_READERS_OF_SHARED,
        action=_READERS_OF_SHARED,
        closed=(*_HOST, _S, _M, _W, _F),
    ),
    "findings.reply": _table(manager_review=(_M,), shared=(_M,), action=(_M,)),
    "recommendations.read": _table(
        plan=_HOST,
        fieldwork=_HOST,
        sense_making=(_V, *_HOST),
        manager_review=(_V, *_HOST, _S, _M),
        shared=_READERS_OF_SHARED,
        action=_READERS_OF_SHARED,
        closed=_READERS_OF_SHARED,
    ),
    "recommendations.write": _table(
        fieldwork=(_L,),
        sense_making=(_L, _V),
        manager_review=(_L, _V),
        shared=(_L, _V),
        action=(_L, _V),
    ),
    # Which move each role may make is the table of domain.md §5, in reporting's domain.
    "recommendations.move": _table(
        sense_making=(_L, _V),
        manager_review=(_L, _V, _M),
        shared=(_L, _V, _M, _W),
        action=(_L, _V, _M, _W),
    ),
    "recommendations.vote": _table(
        sense_making=(_V, _L),
        manager_review=(_V, _L),
        shared=(_V, _L, _W),
        action=(_V, _L, _W),
    ),
    "documents.read": _table(
        plan=_HOST,
        fieldwork=_HOST,
        sense_making=_HOST,
        manager_review=(_V, *_HOST, _S, _M),
        shared=_READERS_OF_SHARED,
        action=_READERS_OF_SHARED,
        closed=(*_HOST, _S, _M, _W, _F),
    ),
    "documents.make": _table(sense_making=(_L,), manager_review=(_L,), shared=(_L,), action=(_L,), closed=(_L,)),
    # "What we heard": the page for everybody who works there.
    "heard.read": _table(
        manager_review=_HOST,
        shared=_READERS_OF_SHARED,
        action=_READERS_OF_SHARED,
        closed=_READERS_OF_SHARED,
    ),
    "operations.read": _always(_L),
}

_OF_WHAT_WAS_FOUND = frozenset(
    {
        "findings.read",
        "recommendations.read",
        "recommendations.write",
        "recommendations.move",
        "recommendations.vote",
        "documents.read",
    }
)


def roles_allowed(action: str, roles: Collection[Role], stage: Stage) -> frozenset[Role]:
    """Those of somebody's `roles` under which `action` is allowed at `stage`; empty means no.

    Somebody of the partner who is a volunteer as well learns nothing under embargo by that.

    Raises KeyError for an action that is not in the table, so that a misspelt rule cannot let anybody in.
    """
    allowed = ACTIONS[action].get(stage, frozenset()) & frozenset(roles)
    if Role.VOLUNTEER in allowed and action in _OF_WHAT_WAS_FOUND and embargoed(stage) and PARTNER_ROLES & set(roles):
        return allowed - {Role.VOLUNTEER}
    return allowed


def embargoed(stage: Stage) -> bool:
    """Whether what was found may not leave the host charity yet, so that every read of it is audited."""
    return not at_least(stage, Stage.SHARED)


def under_embargo(exercise: ExerciseEntry, waves: Collection[int]) -> bool:
    """Whether reading something of these waves now is a read of an embargoed record, which is audited."""
    return embargoed(exercise.stage) or not all(map(exercise.open_to_partner, waves))
