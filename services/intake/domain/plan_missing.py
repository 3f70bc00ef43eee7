"""What a plan still lacks before people can go safely and be heard afterwards (domain.md §2, §4).

Nothing here blocks a stage: a lead may have reasons that the plan cannot know. It is said plainly, with the place where
it is put right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from services.intake.domain.plan import Assignment, Person, Plan
from services.intake.domain.plan_conflicts import gaps


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing, as a sentence. `section` and `entry` name the part of the plan where it is put right.

    `section`: people, scenarios, assignments, or my-number, the one thing each lead puts right for themselves. `entry`:
    an id in that section, `new` for something that is not there yet, or None for the section as a whole.
    """

    words: str
    section: str
    entry: str | None = None


def missing(plan: Plan, states: Mapping[str, str], with_number: Collection[str]) -> list[Missing]:
    """Everything of the first wave, of people and of scenarios that is not there yet; empty when nothing is.

    `states`: assignment id → what the volunteer said; `with_number`: ids of people who gave a number to be called on.
    """
    going = [entry for entry in plan.assignments if states.get(entry.id) != "declined"]
    return [
        *_people(plan),
        *_scenarios(plan),
        *(Missing(gap, "assignments") for gap in gaps(plan, states, first=True)),
        *_buddies(plan, going, with_number),
    ]


def _with_role(plan: Plan, role: str) -> list[Person]:
    return [person for person in plan.people if role in person.roles]


def _people(plan: Plan) -> Iterator[Missing]:
    if not _with_role(plan, "volunteer"):
        yield Missing("There is no volunteer yet.", "people", "new")
    speaking = [person for person in plan.people if person.representative]
    leads = _with_role(plan, "lead")
    if not speaking:
        words = "Nobody speaks for the volunteers yet. Without their yes, the partner can be shown nothing."
        yield Missing(words, "people", None if _with_role(plan, "volunteer") else "new")
    elif not any(lead.id != other.id for lead in leads for other in speaking):
        words = "The only lead is also who speaks for the volunteers. To show anything to the partner takes two people."
        yield Missing(words, "people")
    if not _with_role(plan, "sponsor"):
        yield Missing("There is no sponsor yet: the senior manager of the partner who agrees to this.", "people", "new")
    if not _with_role(plan, "manager"):
        yield Missing("There is no manager of the partner yet, so nobody could answer what you find.", "people", "new")


def _scenarios(plan: Plan) -> Iterator[Missing]:
    for scenario in plan.scenarios:
        if not (scenario.safe_letter or "").strip():
            yield Missing(f"“{scenario.title}” has no letter to show if challenged.", "scenarios", scenario.id)
        if not scenario.unwind:
            words = f"“{scenario.title}” does not say what the sponsor must close afterwards."
            yield Missing(words, "scenarios", scenario.id)


def _buddies(plan: Plan, going: list[Assignment], with_number: Collection[str]) -> Iterator[Missing]:
    alone = [entry for entry in going if entry.buddy is None]
    if alone:
        who = dict.fromkeys(_who_goes(plan, entry) for entry in alone)
        yield Missing(f"No buddy is named for {_listed(who)}. Until then the leads look out for them.", "assignments")
    buddies = dict.fromkeys(entry.buddy for entry in going if entry.buddy is not None)
    for buddy in buddies:
        person = plan.person(buddy)
        if person is not None and buddy not in with_number:
            words = (
                f"{person.name} is a buddy and has given no number to be called on. Ask them to, on their first page."
            )
            yield Missing(words, "people", buddy)
    if going and not any(lead.id in with_number for lead in _with_role(plan, "lead")):
        yield Missing("No lead has given a number to be called on.", "my-number")


def _who_goes(plan: Plan, entry: Assignment) -> str:
    volunteer, site = plan.person(entry.volunteer), plan.site(entry.site)
    return f"{volunteer.name if volunteer else ''} ({site.name if site else ''}, round {entry.wave})"


def _listed(who: Collection[str]) -> str:
    *before, last = who
    return f"{', '.join(before)} and {last}" if before else last
