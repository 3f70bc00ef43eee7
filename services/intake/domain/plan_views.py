"""How much of a plan each role may see (domain.md §4, the table by stage)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from services.intake.domain.plan import Plan, as_file

HOST = frozenset({"lead", "data-keeper"})


def visible_plan(plan: Plan, stage: str, *, roles: Collection[str], person_id: str, names: bool) -> dict[str, Any]:
    """The plan file, cut down to what somebody with these roles may see; what is not theirs is left out.

    `roles` are those under which the exercise may be read at its stage; `names`: whether people's names are the
    caller's to know (the lead's only).
    """
    file = as_file(plan)
    if HOST & set(roles):
        if not names:
            file["people"] = [{k: v for k, v in person.items() if k != "name"} for person in file["people"]]
        return file
    seen: dict[str, Any] = {"partner": file["partner"], "sites": file["sites"], "exercise": file["exercise"]}
    mine = [entry for entry in plan.assignments if _is_mine(entry.volunteer, entry.buddy, roles, person_id)]
    if {"volunteer", "buddy"} & set(roles):
        wanted, own = {entry.scenario for entry in mine}, {entry.id for entry in mine}
        seen["scenarios"] = [each for each in file["scenarios"] if each["id"] in wanted]
        seen["assignments"] = [each for each in file["assignments"] if each["id"] in own]
    elif "sponsor" in roles and stage == "plan":
        # The sponsor answers for where a shop must stop and what has to be unwound, not for the characters.
        keep: Callable[[dict[str, Any]], dict[str, Any]] = lambda each: {  # noqa: E731
            name: each[name] for name in ("id", "title", "channel", "stop_line", "unwind")
        }
        seen["scenarios"] = [keep(each) for each in file["scenarios"]]
    if "sponsor" not in roles:
        seen["exercise"] = {k: v for k, v in seen["exercise"].items() if k != "sponsor_decision"}
    return seen


def _is_mine(volunteer: str, buddy: str | None, roles: Collection[str], person_id: str) -> bool:
    return ("volunteer" in roles and volunteer == person_id) or ("buddy" in roles and buddy == person_id)


def still_to_do(stage: str, wave: int) -> bool:
    """Whether an assignment of this wave still lies ahead: all before and in fieldwork, later waves until the end."""
    if stage in ("plan", "fieldwork"):
        return True
    return stage != "closed" and wave > 1
