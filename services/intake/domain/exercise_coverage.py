"""How far the field work of a wave is, in words a lead can act on (pages.md, an exercise; domain.md §3 certainty)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

VISITS_NEEDED = 3
VOLUNTEERS_NEEDED = 2
PARTS_NEEDED = 2
PARTS_OF_DAY = ("morning", "afternoon", "evening")
_COUNT = {1: "one", 2: "two", 3: "three"}


@dataclass(frozen=True, slots=True)
class Made:
    """Visits that count: by which pseudonym, in which part of the day, how many."""

    site: str
    wave: int
    volunteer: str
    part_of_day: str
    visits: int = 1


@dataclass(frozen=True, slots=True)
class Covered:
    """One site in one wave. `missing` says in words what would make it a fair picture; empty: nothing."""

    site: str
    wave: int
    done: int
    volunteers: int
    parts_of_day: tuple[str, ...]
    missing: str


def coverage(visits: Iterable[Made], sites: Sequence[str], waves: Sequence[int]) -> list[Covered]:
    """Every site in every wave: at least 3 visits, by at least 2 volunteers, in at least 2 parts of the day."""
    made = list(visits)
    return [
        _covered(site, wave, [visit for visit in made if visit.site == site and visit.wave == wave])
        for wave in waves
        for site in sites
    ]


def _covered(site: str, wave: int, visits: list[Made]) -> Covered:
    volunteers = {visit.volunteer for visit in visits}
    parts = tuple(part for part in PARTS_OF_DAY if part in {visit.part_of_day for visit in visits})
    done = sum(visit.visits for visit in visits)
    return Covered(site, wave, done, len(volunteers), parts, _missing(done, len(volunteers), parts))


def _missing(visits: int, volunteers: int, parts: tuple[str, ...]) -> str:
    if visits == 0:
        return "Three visits, by at least two people, not all at the same time of day."
    more = max(VISITS_NEEDED - visits, VOLUNTEERS_NEEDED - volunteers, PARTS_NEEDED - len(parts), 0)
    if more == 0:
        return ""
    words = [_COUNT[more], "more visits" if more > 1 else "more visit"]
    if volunteers < VOLUNTEERS_NEEDED:
        words.append("by somebody else" if more == 1 else "(one of them by somebody else)")
    if len(parts) < PARTS_NEEDED:
        others = [part for part in PARTS_OF_DAY if part not in parts]
        words.append(f"in the {' or '.join(others)}")
    return f"{' '.join(words).capitalize()}."
