"""What a changed plan may no longer take away, because visits already rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intake.domain.plan import Plan
from shared.contracts.refusals import FieldError


@dataclass(frozen=True, slots=True)
class Rested:
    """A visit that somebody made. `volunteer` is a person id; `zones` are those that have an answer."""

    site: str
    wave: int
    kind: str
    volunteer: str
    zones: frozenset[str] = frozenset()


def losses(before: Plan, after: Plan, visits: Iterable[Rested]) -> list[FieldError]:
    """One fault for each thing that `after` lacks and a visit rests on. A plan without visits may change freely."""
    found = {(fault.pointer, fault.detail): fault for visit in visits for fault in _lost(before, after, visit)}
    return list(found.values())


def _lost(before: Plan, after: Plan, visit: Rested) -> Iterator[FieldError]:
    site = after.site(visit.site)
    if site is None:
        yield FieldError("/sites", "a site that has visits cannot be taken out.")
    elif visit.zones - set(site.zones):
        place = after.sites.index(site)
        zones = ", ".join(sorted(visit.zones - set(site.zones)))
        yield FieldError(f"/sites/{place}/zones", f"a zone that has answers cannot be taken out: {zones}.")
    if visit.wave not in {wave.number for wave in after.exercise.waves}:
        yield FieldError("/exercise/waves", "a wave that has visits cannot be taken out.")
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
