"""What a plan must fulfil before anything rests on it, told all at once, each fault with the place where it stands.

The file's shape (types, unknown fields) is checked by `forms.plan`; these rules read a file whose shape may
still be faulty in places, so they pass over what they cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.intake.domain.plan import HOST_ROLES, PARTNER_ROLES
from shared.contracts.refusals import FieldError

_File = Mapping[str, Any]
MOST_WAVES = 99
MOST = {"sites": 200, "people": 1_000, "scenarios": 500, "assignments": 5_000}
"""So many entries a plan may have: far more than an exercise needs, and few enough to be kept while others wait."""


def too_much(file: _File) -> list[FieldError]:
    """Lists that are longer than any plan needs. Looks at nothing in them, so that it is told at once."""
    exercise = file.get("exercise")
    lists = [(f"/{section}", file.get(section), most) for section, most in MOST.items()]
    if isinstance(exercise, Mapping):
        lists.append(("/exercise/waves", exercise.get("waves"), MOST_WAVES))
    return [
        FieldError(pointer, f"has {len(found):,} entries. A plan has at most {most:,}; make several exercises of it.")
        for pointer, found, most in lists
        if isinstance(found, list) and len(found) > most
    ]


def faults(file: _File) -> list[FieldError]:
    """Every rule of wire.md §2 and domain.md §4 that the file breaks, in the order of the file."""
    return [
        *_repeated_ids(file),
        *_site_faults(file),
        *_mode_faults(file),
        *_wave_faults(file),
        *_people_faults(file),
        *_assignment_faults(file),
    ]


def line_of_thought(pointer: str) -> str:
    """A JSON pointer as people say it: `/people/2/roles` is `people[2].roles`."""
    path = re.sub(r"/(\d+)", r"[\1]", pointer.encode("utf-8", "replace").decode())
    return path.replace("/", ".").lstrip(".") or "plan"


def _entries(file: _File, section: str) -> list[tuple[int, Mapping[str, Any]]]:
    found = file.get(section)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [(place, entry) for place, entry in enumerate(found) if isinstance(entry, Mapping)]


def _ids(file: _File, section: str) -> dict[str, Mapping[str, Any]]:
    found = ((entry.get("id"), entry) for _, entry in _entries(file, section))
    return {entry_id: entry for entry_id, entry in found if isinstance(entry_id, str)}


def _repeated_ids(file: _File) -> Iterator[FieldError]:
    for section in ("sites", "people", "scenarios", "assignments"):
        seen: set[str] = set()
        for place, entry in _entries(file, section):
            entry_id = entry.get("id")
            if not isinstance(entry_id, str):
                continue
            if entry_id in seen:
                yield FieldError(f"/{section}/{place}/id", "this id stands here twice.")
            seen.add(entry_id)


def _site_faults(file: _File) -> Iterator[FieldError]:
    for place, site in _entries(file, "sites"):
        zones = site.get("zones")
        if isinstance(zones, list) and len(set(map(str, zones))) < len(zones):
            yield FieldError(f"/sites/{place}/zones", "a zone stands here twice.")


def _mode_faults(file: _File) -> Iterator[FieldError]:
    exercise = file.get("exercise")
    if isinstance(exercise, Mapping) and exercise.get("mode") == "covert" and not exercise.get("sponsor_decision"):
        yield FieldError(
            "/exercise/sponsor_decision",
            "a covert exercise needs the sponsor's decision, with its date and reason.",
        )


def _wave_faults(file: _File) -> Iterator[FieldError]:
    exercise = file.get("exercise")
    if not isinstance(exercise, Mapping):
        return
    seen: list[int] = []
    for place, wave in _entries(exercise, "waves"):
        at = f"/exercise/waves/{place}"
        number, opens, closes = wave.get("number"), wave.get("opens"), wave.get("closes")
        if isinstance(number, int):
            if number in seen:
                yield FieldError(f"{at}/number", "this number stands here twice.")
            seen.append(number)
        if isinstance(opens, str) and isinstance(closes, str) and closes < opens:
            yield FieldError(f"{at}/closes", "a round cannot close before it opens.")
    # What the partner may see first, and from when on visits go on in action, is that of wave 1.
    if seen and min(seen) > 1:
        yield FieldError(f"/exercise/waves/{seen.index(min(seen))}/number", "the first round has the number 1.")


def _people_faults(file: _File) -> Iterator[FieldError]:
    for place, person in _entries(file, "people"):
        roles = person.get("roles")
        if not isinstance(roles, list):
            continue
        named = [role for role in roles if isinstance(role, str)]
        at = f"/people/{place}/roles"
        if len(set(named)) < len(named):
            yield FieldError(at, "a role stands here twice.")
        partner, host = sorted(PARTNER_ROLES & set(named)), sorted(HOST_ROLES & set(named))
        if partner and host:
            yield FieldError(at, f"{partner[0]} belongs to the partner, so the same person cannot be {host[0]}.")
        if person.get("representative") is True and "volunteer" not in named:
            yield FieldError(f"/people/{place}/representative", "only a volunteer can be a representative.")


def _assignment_faults(file: _File) -> Iterator[FieldError]:
    people, sites, scenarios = _ids(file, "people"), _ids(file, "sites"), _ids(file, "scenarios")
    exercise = file.get("exercise")
    waves = {wave.get("number") for _, wave in _entries(exercise, "waves")} if isinstance(exercise, Mapping) else set()
    for place, entry in _entries(file, "assignments"):
        at = f"/assignments/{place}"
        yield from _role_fault(f"{at}/volunteer", entry.get("volunteer"), people, ("volunteer",))
        yield from _role_fault(f"{at}/buddy", entry.get("buddy"), people, ("buddy", "volunteer"))
        if entry.get("buddy") is not None and entry.get("buddy") == entry.get("volunteer"):
            yield FieldError(f"{at}/buddy", "nobody can be their own buddy.")
        if isinstance(entry.get("site"), str) and entry["site"] not in sites:
            yield FieldError(f"{at}/site", "this plan has no site with this id.")
        if isinstance(entry.get("wave"), int) and entry["wave"] not in waves:
            yield FieldError(f"{at}/wave", "this exercise has no round with this number.")
        scenario = entry.get("scenario")
        if scenario is None and entry.get("kind") == "mystery-shop":
            yield FieldError(f"{at}/scenario", "a mystery shop needs a scenario, which says where to stop.")
        if isinstance(scenario, str) and scenario not in scenarios:
            yield FieldError(f"{at}/scenario", "this plan has no scenario with this id.")


def _role_fault(
    pointer: str, person_id: object, people: Mapping[str, Mapping[str, Any]], wanted: tuple[str, ...]
) -> Iterator[FieldError]:
    if not isinstance(person_id, str):
        return
    person = people.get(person_id)
    if person is None:
        yield FieldError(pointer, "this plan has no person with this id.")
    elif isinstance(person.get("roles"), list) and not set(wanted) & set(map(str, person["roles"])):
        yield FieldError(pointer, f"this person does not have the role {wanted[0]}.")
