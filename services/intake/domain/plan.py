"""The plan of one exercise as values: what the plan file says, held still so that two plans can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

ZONES = ("AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX")
"""The way through a building, in the order a visitor walks it (domain.md §1)."""

ROLES = ("volunteer", "buddy", "lead", "data-keeper", "sponsor", "manager", "working-group", "staff")
PARTNER_ROLES = frozenset({"sponsor", "manager", "staff"})
HOST_ROLES = frozenset({"volunteer", "buddy", "lead", "data-keeper"})
PARTNER_KINDS = ("jobcentre", "housing", "health", "other")
CHANNELS = ("face-to-face", "phone", "web")
VISIT_KINDS = ("environment", "mystery-shop")


@dataclass(frozen=True, slots=True)
class Partner:
    """The organisation whose offices are visited, with its agreement."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Site:
    """One building: the zones that exist there, and whether photos may be taken."""

    id: str
    name: str
    zones: tuple[str, ...]
    photos_allowed: bool = True


@dataclass(frozen=True, slots=True)
class SponsorDecision:
    """The sponsor's recorded decision that staff are not told (domain.md §4, hard rule 3). `on` is an ISO date."""

    on: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wave:
    """A window of visits; both days (ISO 8601) belong to it."""

    number: int
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """The exercise itself, without its stage: a stage is reached, not planned."""

    id: str
    title: str
    mode: str
    sponsor_decision: SponsorDecision | None
    waves: tuple[Wave, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with roles in this exercise. The name is kept in intake and goes nowhere else."""

    id: str
    name: str
    roles: tuple[str, ...]
    representative: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A character for a mystery shop, with the line where the volunteer must stop (domain.md §2, §4).

    `unwind` lists the dummy records that the sponsor must close afterwards. `facts` and `will_not_say` are a
    text or a tuple of texts, as the plan file had them.
    """

    id: str
    title: str
    channel: str
    stop_line: str
    character: str | None = None
    opening_line: str | None = None
    facts: str | tuple[str, ...] | None = None
    will_not_say: str | tuple[str, ...] | None = None
    unwind: tuple[str, ...] = ()
    safe_letter: str | None = None
    pair: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is asked to visit where, in which wave, and how. Any number of visits may follow under it."""

    id: str
    volunteer: str
    site: str
    wave: int
    kind: str
    scenario: str | None = None
    buddy: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it."""

    partner: Partner
    sites: tuple[Site, ...]
    exercise: Exercise
    people: tuple[Person, ...]
    scenarios: tuple[Scenario, ...]
    assignments: tuple[Assignment, ...]

    def person(self, person_id: str) -> Person | None:
        """The person of that id, if the plan lists them."""
        return next((person for person in self.people if person.id == person_id), None)

    def scenario(self, scenario_id: str | None) -> Scenario | None:
        """The scenario of that id, if the plan has it."""
        return next((scenario for scenario in self.scenarios if scenario.id == scenario_id), None)

    def site(self, site_id: str) -> Site | None:
        """The site of that id, if the plan has it."""
        return next((site for site in self.sites if site.id == site_id), None)


def from_file(file: Mapping[str, Any]) -> Plan:
    """The plan in a plan file (wire.md §2) in which `plan_rules.faults` found nothing."""
    exercise = dict(file["exercise"])
    decision = exercise.get("sponsor_decision")
    return Plan(
        partner=Partner(**file["partner"]),
        sites=tuple(Site(**_frozen(site)) for site in file["sites"]),
        exercise=Exercise(
            id=exercise["id"],
            title=exercise["title"],
            mode=exercise["mode"],
            sponsor_decision=SponsorDecision(**decision) if decision else None,
            waves=tuple(sorted((Wave(**wave) for wave in exercise["waves"]), key=lambda wave: wave.number)),
        ),
        people=tuple(Person(**_frozen(person)) for person in file["people"]),
        scenarios=tuple(Scenario(**_frozen(scenario)) for scenario in file.get("scenarios") or ()),
        assignments=tuple(Assignment(**entry) for entry in file.get("assignments") or ()),
    )


def as_file(plan: Plan) -> dict[str, Any]:
    """The plan file that says the same as `plan`; what was left out stays left out."""
    return {
        "partner": asdict(plan.partner),
        "sites": [_thawed(site) for site in plan.sites],
        "exercise": _thawed(plan.exercise),
        "people": [_thawed(person) for person in plan.people],
        "scenarios": [_thawed(scenario) for scenario in plan.scenarios],
        "assignments": [_thawed(entry) for entry in plan.assignments],
    }


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in entry.items() if value is not None}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


def _thawed(entry: Any) -> dict[str, Any]:
    return {name: _listed(value) for name, value in asdict(entry).items() if value is not None}


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, tuple) else value
