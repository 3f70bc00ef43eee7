"""What in the assignments is worth a second look: nothing here is forbidden, a person decides (domain.md §2, §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from services.intake.domain.plan import Assignment, Plan


def conflicts(plan: Plan, states: Mapping[str, str]) -> dict[str, list[str]]:
    """Assignment id → sentences. `states`: assignment id → offered, accepted, swap-asked or declined."""
    found: dict[str, list[str]] = {}
    for assignment_id, sentence in (*_said_no(plan, states), *_among_two(plan)):
        sentences = found.setdefault(assignment_id, [])
        if sentence not in sentences:
            sentences.append(sentence)
    return found


def _said_no(plan: Plan, states: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for entry in plan.assignments:
        if states.get(entry.id) == "declined":
            yield entry.id, "The volunteer said no. Ask somebody else."
        elif states.get(entry.id) == "swap-asked":
            yield entry.id, "The volunteer would like to swap."


def _among_two(plan: Plan) -> Iterator[tuple[str, str]]:
    for one, other in combinations(plan.assignments, 2):
        if one.wave != other.wave or one.site != other.site:
            continue
        for each, sentence in _pair(plan, one, other):
            yield each.id, sentence


def _pair(plan: Plan, one: Assignment, other: Assignment) -> Iterator[tuple[Assignment, str]]:
    if one.volunteer == other.volunteer:
        if one.kind == other.kind:
            sentence = "The same volunteer has this twice in one round."
        else:
            sentence = "The same person looks at the building and asks for help here; staff may know them again."
        yield one, sentence
        yield other, sentence
    pair, same = plan.scenario(one.scenario), plan.scenario(other.scenario)
    if pair and same and pair.pair and pair.pair == same.pair and one.volunteer == other.volunteer:
        sentence = f"Pair {pair.pair} is one character played by two people, not by one person twice."
        yield one, sentence
        yield other, sentence
    if one.buddy == other.volunteer:
        yield one, "The buddy is also asked to go there in this round."
    if other.buddy == one.volunteer:
        yield other, "The buddy is also asked to go there in this round."


def gaps(plan: Plan, states: Mapping[str, str], *, first: bool | None = None) -> list[str]:
    """Sites and waves to which fewer than two different volunteers are going, in words.

    `first`: only of the first wave, before which the visits do not begin, or only of those that follow it.
    """
    found = []
    for wave in plan.exercise.waves:
        if first is not None and first is not (wave.number == 1):
            continue
        for site in plan.sites:
            going = {
                entry.volunteer
                for entry in plan.assignments
                if entry.site == site.id and entry.wave == wave.number and states.get(entry.id) != "declined"
            }
            if len(going) < 2:
                who = "nobody goes yet" if not going else "only one volunteer goes"
                found.append(f"{site.name}, round {wave.number}: {who}. It takes at least two.")
    return found


def still_used(plan: Plan, section: str, entry_id: str) -> list[str]:
    """Why this person, site or scenario (`section`: people, sites, scenarios) cannot be taken out yet, in words."""
    found = []
    for entry in plan.assignments:
        volunteer, site = plan.person(entry.volunteer), plan.site(entry.site)
        visit = f"{volunteer.name if volunteer else ''} to {site.name if site else ''}, round {entry.wave}"
        if section == "people" and entry.buddy == entry_id:
            found.append(f"They are still a buddy: {visit}. Name another buddy first, under “Who goes where”.")
        elif (
            entry_id in {"people": (entry.volunteer,), "sites": (entry.site,), "scenarios": (entry.scenario,)}[section]
        ):
            found.append(f"Somebody is still asked to go: {visit}. Take that out first, under “Who goes where”.")
    return found
