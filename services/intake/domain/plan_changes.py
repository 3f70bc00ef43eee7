"""What a changed plan may no longer take away, because visits already rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intake.domain.plan import Plan
from shared.contracts.refusals import FieldError


@dataclass(frozen=True, slots=True)
class Rested:
    """Visits of one kind that somebody made. `volunteer` is a person id.

    `zones`: those of the site that have an answer in anybody's visit; asked only of sites that `narrowed` names.
    """

    site: str
    wave: int
    kind: str
    volunteer: str
    zones: frozenset[str] = frozenset()


def losses(before: Plan, after: Plan, visits: Iterable[Rested]) -> list[FieldError]:
    """One fault for each thing that `after` lacks and a visit rests on. A plan without visits may change freely."""
    found = {(fault.pointer, fault.detail): fault for visit in visits for fault in _lost(before, after, visit)}
    return list(found.values())


def narrowed(before: Plan, after: Plan) -> list[str]:
    """The ids of the sites that have fewer zones in `after`, or are not in it any more."""
    kept = {site.id: set(site.zones) for site in after.sites}
    return [site.id for site in before.sites if set(site.zones) - kept.get(site.id, set())]


def _lost(before: Plan, after: Plan, visit: Rested) -> Iterator[FieldError]:
    site = after.site(visit.site)
    if site is None:
        yield FieldError("/sites", "a site that has visits cannot be taken out.")
    elif visit.zones - set(site.zones):
        place = after.sites.index(site)
        zones = ", ".join(sorted(visit.zones - set(site.zones)))
        yield FieldError(f"/sites/{place}/zones", f"a zone that has answers cannot be taken out: {zones}.")
    if visit.wave not in {wave.number for wave in after.exercise.waves}:
        yield FieldError("/exercise/waves", "a round that has visits cannot be taken out.")
    person = after.person(visit.volunteer)
    if person is None or "volunteer" not in person.roles:
        yield FieldError("/people", "a volunteer who has sent a visit cannot be taken out.")
    if visit_key(visit) in assigned(before) - assigned(after):
        yield FieldError("/assignments", "an assignment that has visits cannot be taken out.")


def visit_key(visit: Rested) -> tuple[str, str, int, str]:
    """What joins a visit to its assignment."""
    return (visit.volunteer, visit.site, visit.wave, visit.kind)


def assigned(plan: Plan) -> set[tuple[str, str, int, str]]:
    """What is assigned: volunteer, site, wave and kind."""
    return {(entry.volunteer, entry.site, entry.wave, entry.kind) for entry in plan.assignments}
