"""How much of a plan each role may see (domain.md §4, the table by stage)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from services.intake.domain.plan import Plan, as_file

HOST = frozenset({"lead", "data-keeper"})
KNOW_THE_DAYS = HOST | {"sponsor", "volunteer", "buddy"}
"""Who may know when visitors come: the charity, those who go, and the sponsor, who agreed to it."""


def visible_plan(
    plan: Plan, stage: str, *, roles: Collection[str], person_id: str, names: bool, opened: Collection[int]
) -> dict[str, Any]:
    """The plan file, cut down to what somebody with these roles may see; what is not theirs is left out.

    `roles` are those under which the exercise may be read at its stage; `names`: whether people's names are the
    caller's to know (the lead's only); `opened`: the waves that the partner may read of.
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
    seen["exercise"] = {**seen["exercise"], "waves": visible_waves(plan, roles=roles, opened=opened)}
    return seen


def visible_waves(plan: Plan, *, roles: Collection[str], opened: Collection[int]) -> list[dict[str, Any]]:
    """The waves, without their days where these would tell people of the partner when somebody comes to look."""
    waves: list[dict[str, Any]] = as_file(plan)["exercise"]["waves"]
    if KNOW_THE_DAYS & set(roles):
        return waves
    return [wave if wave["number"] in opened else {**wave, "opens": None, "closes": None} for wave in waves]


def _is_mine(volunteer: str, buddy: str | None, roles: Collection[str], person_id: str) -> bool:
    return ("volunteer" in roles and volunteer == person_id) or ("buddy" in roles and buddy == person_id)


def still_to_do(stage: str, wave: int, *, opened: bool) -> bool:
    """Whether an assignment of this wave still lies ahead: all before and in fieldwork, later waves until they are
    `opened` to the partner, or the end."""
    if opened:
        return False
    if stage in ("plan", "fieldwork"):
        return True
    return stage != "closed" and wave > 1
