"""What somebody who plans one exercise may not do to people who are also in another, which they do not lead.

A way in carries everything its person may see, and a name is the same everywhere: so both belong to all their leads.
The sentences say only that it cannot be: where else somebody is, is not for this lead to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.intake.domain.plan import Plan
from shared.contracts.refusals import FieldError


@dataclass(frozen=True, slots=True)
class Planner:
    """Who plans, and the exercises they lead."""

    person_id: str
    leads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody we know already: the name they are kept by, and every exercise they are in."""

    name: str
    exercises: frozenset[str]


def may_act_for(planner: Planner, person_id: str, exercises: frozenset[str]) -> bool:
    """Whether what concerns all of this person is the planner's to do: it is themselves, or they lead all of it."""
    return person_id == planner.person_id or exercises <= planner.leads


def faults(planner: Planner, known: Mapping[str, Known], before: Plan | None, after: Plan) -> Iterator[FieldError]:
    """One fault for each person of `after` who is not the planner's to bring in, or not theirs to give a name."""
    for place, person in enumerate(after.people):
        held = known.get(person.id)
        if held is None or may_act_for(planner, person.id, held.exercises):
            continue
        is_new = before is None or before.person(person.id) is None
        if is_new and not held.exercises & planner.leads:
            yield FieldError(f"/people/{place}/id", "this id cannot be used here. Give this person another one.")
        elif person.name != held.name:
            yield FieldError(f"/people/{place}/name", "cannot be changed by you. Ask whoever runs Open Door.")
