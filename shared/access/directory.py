"""A service's local copy of the plan: which exercises there are, at which stage, and who is what in them.

Intake writes it in the transaction of the fact; the other services from the events of `opendoor.directory`.
So each of them can decide who may see what without asking anybody.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, delete, insert, select, update

from shared.access.roles import Role
from shared.access.rules import embargoed
from shared.access.stages import Stage, at_least
from shared.access.tables import exercises, memberships, people, revoked
from shared.contracts.envelope import Envelope
from shared.storage.prepared import Prepared

EXERCISE_PLANNED = "org.opendoor.exercise.planned.v1"
PERSON_LISTED = "org.opendoor.person.listed.v1"
CREDENTIAL_REVOKED = "org.opendoor.credential.revoked.v1"

# Asked on every request, so built once: making a statement costs more than running it.
_EXERCISE = Prepared(select(cast(exercises.c.entry, Text)).where(exercises.c.exercise_id == bindparam("exercise_id")))
_MEMBERSHIP = Prepared(
    select(memberships.c.roles, memberships.c.representative).where(
        memberships.c.person_id == bindparam("person_id"), memberships.c.exercise_id == bindparam("exercise_id")
    )
)
_REVOKED = Prepared(select(revoked.c.revoked_at).where(revoked.c.credential_id == bindparam("credential_id")))


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A building of the partner: its zones in journey order, and whether photos may be taken there."""

    id: str
    name: str
    zones: tuple[str, ...]
    photos_allowed: bool


@dataclass(frozen=True, slots=True)
class WaveEntry:
    """An agreed window of visits. Both days belong to it."""

    number: int
    opens: date
    closes: date


@dataclass(frozen=True, slots=True)
class ExerciseEntry:
    """An exercise as the directory knows it; no person is in it."""

    id: str
    version: int
    title: str
    mode: str
    stage: Stage
    partner: Mapping[str, str]
    sites: tuple[SiteEntry, ...]
    waves: tuple[WaveEntry, ...]
    wave_releases: frozenset[int]
    shared_before: bool

    def site(self, site_id: str) -> SiteEntry | None:
        """The site of that id, if the exercise has it."""
        return next((site for site in self.sites if site.id == site_id), None)

    def wave(self, number: int) -> WaveEntry | None:
        """The wave of that number, if the exercise has it."""
        return next((wave for wave in self.waves if wave.number == number), None)

    def open_to_partner(self, wave: int) -> bool:
        """Whether two keys lifted this wave's embargo: the first with the stage, later ones by themselves."""
        return wave == 1 or wave in self.wave_releases

    def opened(self, wave: int) -> bool:
        """Whether somebody of the partner may read of this wave today: it is open to them, and no lead has taken the
        exercise back to before that."""
        return at_least(self.stage, Stage.MANAGER_REVIEW) and self.open_to_partner(wave)

    def read_by_partner(self, wave: int) -> bool:
        """Whether somebody of the partner may read of this wave today, or could when everything was shared: taking the
        exercise back takes from nobody what they read."""
        return self.opened(wave) or (self.shared_before and self.open_to_partner(wave))

    def under_embargo(self, waves: Collection[int]) -> bool:
        """Whether reading these waves now is a read of an embargoed record, which is audited."""
        return embargoed(self.stage) or not all(map(self.open_to_partner, waves))


@dataclass(frozen=True, slots=True)
class Membership:
    """What a person is in one exercise."""

    person_id: str
    exercise_id: str
    roles: frozenset[Role]
    representative: bool


def apply(tx: Connection, envelope: Envelope) -> None:
    """Take a directory event into the local copy. An older or repeated one changes nothing."""
    data = envelope.data
    if envelope.type == EXERCISE_PLANNED:
        _apply_exercise(tx, data)
    elif envelope.type == PERSON_LISTED:
        _apply_person(tx, data)
    elif envelope.type == CREDENTIAL_REVOKED:
        known = select(revoked.c.credential_id).where(revoked.c.credential_id == data["credential_id"])
        if tx.execute(known).first() is None:
            row = {"credential_id": data["credential_id"], "revoked_at": data["revoked_at"]}
            tx.execute(insert(revoked).values(row))


def _is_news(tx: Connection, table: Any, key: Any, value: str, version: int) -> tuple[bool, bool]:
    held = tx.execute(select(table.c.version).where(key == value)).scalar()
    return held is None or version > held, held is not None


def _apply_exercise(tx: Connection, data: Mapping[str, Any]) -> None:
    exercise_id, version = data["exercise_id"], data["version"]
    news, known = _is_news(tx, exercises, exercises.c.exercise_id, exercise_id, version)
    if not news:
        return
    row = {"version": version, "stage": data["stage"], "entry": dict(data)}
    if known:
        tx.execute(update(exercises).where(exercises.c.exercise_id == exercise_id).values(row))
    else:
        tx.execute(insert(exercises).values(exercise_id=exercise_id, **row))


def _apply_person(tx: Connection, data: Mapping[str, Any]) -> None:
    person_id, version = data["person_id"], data["version"]
    news, known = _is_news(tx, people, people.c.person_id, person_id, version)
    if not news:
        return
    if known:
        tx.execute(update(people).where(people.c.person_id == person_id).values(version=version))
    else:
        tx.execute(insert(people).values(person_id=person_id, version=version))
    tx.execute(delete(memberships).where(memberships.c.person_id == person_id))
    rows = [
        {
            "person_id": person_id,
            "exercise_id": membership["exercise_id"],
            "roles": list(membership["roles"]),
            "representative": membership["representative"],
        }
        for membership in data["memberships"]
    ]
    if rows:
        tx.execute(insert(memberships), rows)


def exercise(tx: Connection, exercise_id: str) -> ExerciseEntry | None:
    """The exercise of that id, or None."""
    row = _EXERCISE.first(tx, {"exercise_id": exercise_id})
    return None if row is None else entry_read(row[0])


def membership(tx: Connection, person_id: str, exercise_id: str) -> Membership | None:
    """What the person is in that exercise, or None."""
    row = _MEMBERSHIP.first(tx, {"person_id": person_id, "exercise_id": exercise_id})
    if row is None:
        return None
    roles, representative = row
    return Membership(person_id, exercise_id, frozenset(map(Role, roles)), representative)


def members(tx: Connection, exercise_id: str) -> list[Membership]:
    """Everybody who belongs to the exercise."""
    query = select(memberships).where(memberships.c.exercise_id == exercise_id).order_by(memberships.c.person_id)
    return [
        Membership(row.person_id, row.exercise_id, frozenset(map(Role, row.roles)), row.representative)
        for row in tx.execute(query)
    ]


def exercises_of(tx: Connection, person_id: str) -> list[tuple[ExerciseEntry, Membership]]:
    """Every exercise the person belongs to, by title; whether they may see it yet is for the rules to say."""
    query = (
        select(exercises.c.entry, memberships.c.exercise_id, memberships.c.roles, memberships.c.representative)
        .join(memberships, memberships.c.exercise_id == exercises.c.exercise_id)
        .where(memberships.c.person_id == person_id)
    )
    found = [
        (
            entry_from(row.entry),
            Membership(person_id, row.exercise_id, frozenset(map(Role, row.roles)), row.representative),
        )
        for row in tx.execute(query)
    ]
    return sorted(found, key=lambda pair: (pair[0].title, pair[0].id))


def forget(tx: Connection) -> None:
    """Forget the plan and the people, which events tell again. What was revoked stays revoked meanwhile."""
    for table in (exercises, people, memberships):
        tx.execute(delete(table))


def is_revoked(tx: Connection, credential_id: str) -> bool:
    """Whether this token, link or session was taken back."""
    return _REVOKED.first(tx, {"credential_id": credential_id}) is not None


@lru_cache(maxsize=256)
def entry_read(text: str) -> ExerciseEntry:
    """The entry kept as this JSON text: an exercise changes seldom and is asked for with every request."""
    return entry_from(json.loads(text))


def entry_from(data: Mapping[str, Any]) -> ExerciseEntry:
    """The entry in the data of an `exercise.planned` event."""
    return ExerciseEntry(
        id=data["exercise_id"],
        version=data["version"],
        title=data["title"],
        mode=data["mode"],
        stage=Stage(data["stage"]),
        partner=data["partner"],
        sites=tuple(
            SiteEntry(site["id"], site["name"], tuple(site["zones"]), site["photos_allowed"]) for site in data["sites"]
        ),
        waves=tuple(
            WaveEntry(wave["number"], date.fromisoformat(wave["opens"]), date.fromisoformat(wave["closes"]))
            for wave in data["waves"]
        ),
        wave_releases=frozenset(data["wave_releases"]),
        shared_before=data["shared_before"],
    )
