"""What a lead sees of letters: which could not be sent and, in the demo, where none is sent, the letters themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from services.intake.domain.letters import URGENT
from services.intake.store import letters as store
from services.intake.store import people
from services.intake.use_cases.directory import timestamp
from shared.access import directory
from shared.access.roles import Role
from shared.access.rules import roles_allowed
from shared.contracts.demo_ids import HOUSING_EXERCISE, JOBCENTRE_EXERCISE, demo_id
from shared.contracts.refusals import not_found
from shared.post.folder import FolderOfLetters, Lying
from shared.runtime.service import Service

SHOWN = 100
_DEMO = frozenset({demo_id(JOBCENTRE_EXERCISE), demo_id(HOUSING_EXERCISE)})


@dataclass(frozen=True, slots=True)
class Failed:
    """A letter that was given up. `since` is RFC 3339; what it was about is between us and whom it is to."""

    to: str
    urgent: bool
    since: str
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter of the demo, with whom it is to."""

    to: str
    letter: Lying


def failed_letters(service: Service, person_id: str) -> list[Failed]:
    """What could not be sent to people of the exercises this person leads. Raises Refusal 404 for others."""
    with service.database.reading() as tx:
        given_up = store.failed_in(tx, led_by(tx, person_id), SHOWN)
        return [
            Failed(people.name(tx, one.person_id) or "", one.kind in URGENT, timestamp(one.made), one.why or "")
            for one in given_up
        ]


def retry(service: Service, person_id: str) -> int:
    """Try those again; how many. Raises Refusal 404 for somebody who leads nothing."""
    with service.database.transaction() as tx:
        given_up = [one.id for one in store.failed_in(tx, led_by(tx, person_id), SHOWN)]
        store.retry(tx, given_up, timestamp(service.clock.now()))
    return len(given_up)


def led_by(tx: Connection, person_id: str) -> list[str]:
    """The exercises whose letters this person answers for. Raises Refusal 404 when there is none."""
    led = [
        exercise.id
        for exercise, member in directory.exercises_of(tx, person_id)
        if Role.LEAD in member.roles and roles_allowed("operations.read", member.roles, exercise.stage)
    ]
    if not led:
        raise not_found()
    return led


def letters_of_the_demo(service: Service, folder: FolderOfLetters | None, person_id: str) -> list[Shown] | None:
    """The letters to people who are in demo exercises only, for the demo's lead; None where there is nothing to show:
    outside the demo, or when letters are sent. They hold links by which one comes in as somebody else."""
    if folder is None or not service.settings.demo:
        return None
    with service.database.reading() as tx:
        if not _DEMO & set(led_by(tx, person_id)):
            return None
        lying = folder.lying(SHOWN)
        to = store.people_of(tx, [one.id for one in lying])
        return [
            Shown(people.name(tx, to[one.id]) or "", one) for one in lying if one.id in to and _of_demo(tx, to[one.id])
        ]


def _of_demo(tx: Connection, person_id: str) -> bool:
    mine = {exercise.id for exercise, _ in directory.exercises_of(tx, person_id)}
    return bool(mine) and mine <= _DEMO
