"""Writing down what is to be told by letter, in the transaction of what happened. Who gave no address, or did not say
yes to it, or turned that kind off, gets none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from services.intake.domain.exercise import State
from services.intake.domain.letters import OF_NOTICES, TOPICS, Kind
from services.intake.store import access_acts, addresses, people
from services.intake.store import letters as store
from services.intake.use_cases.directory import new_id, timestamp
from shared.access import directory
from shared.access.roles import HOST_ROLES, Role
from shared.access.rules import roles_allowed
from shared.access.stages import Stage
from shared.contracts.refusals import conflict, not_found
from shared.runtime.service import Service

READING = ("findings.read", "recommendations.read", "heard.read")
"""What a letter of news may be about (shared/access/rules.py)."""


def wanted(tx: Connection, person_id: str, kind: Kind) -> bool:
    """Whether this person may be written to about that."""
    reach = addresses.reach_of(tx, person_id)
    return reach is not None and reach.confirmed_at is not None and TOPICS[kind] in reach.topics


def write(tx: Connection, person_id: str, kind: Kind, about: str, now: datetime) -> None:
    """A letter is to be sent to this person, if they may be written to about that."""
    if wanted(tx, person_id, kind):
        store.add(tx, new_id(), person_id, kind, about, timestamp(now))


def tell_of_care(tx: Connection, person_id: str, notice: str, trip_id: str, now: datetime) -> None:
    """The letter that goes with a notice of care, where there is one for its kind."""
    kind = OF_NOTICES.get(notice)
    if kind is not None:
        write(tx, person_id, kind, trip_id, now)


def tell_of_stage(tx: Connection, before: str, state: State, now: datetime) -> None:
    """Whoever may read more at the new stage than before is told that there is something, volunteers first; and they
    also when it is closed: then the whole story stands there."""

    def more(roles: frozenset[Role]) -> bool:
        story = state.stage == Stage.CLOSED and Role.VOLUNTEER in roles
        return story or bool(may_read(roles, state.stage) - may_read(roles, before))

    _tell(tx, state.id, state.stage, now, more)


def tell_of_wave(tx: Connection, state: State, wave: int, now: datetime) -> None:
    """A later wave was released: whoever may read what was found is told."""
    _tell(tx, state.id, f"{state.stage} {wave}", now, lambda roles: "findings.read" in may_read(roles, state.stage))


def may_read(roles: frozenset[Role], stage: str) -> frozenset[str]:
    """What these roles let somebody read at that stage. The host's own people know without a letter."""
    readers = roles - HOST_ROLES
    return frozenset(action for action in READING if roles_allowed(action, readers, Stage(stage)))


def _tell(
    tx: Connection, exercise_id: str, what: str, now: datetime, due_to: Callable[[frozenset[Role]], bool]
) -> None:
    members = [member for member in directory.members(tx, exercise_id) if due_to(member.roles)]
    about = f"{exercise_id} {what}"
    for member in sorted(members, key=lambda one: Role.VOLUNTEER not in one.roles):
        kind = Kind.NEWS if Role.VOLUNTEER in member.roles else Kind.TO_READ
        if not store.written(tx, member.person_id, kind, about):
            write(tx, member.person_id, kind, about, now)


def may_invite(service: Service, person_id: str) -> bool:
    """Whether a sign-in link may be sent to this person. It does not say where to."""
    with service.database.reading() as tx:
        return wanted(tx, person_id, Kind.INVITATION)


def send_invitation(service: Service, planner_id: str, exercise_id: str, person_id: str) -> None:
    """Have a lead send a sign-in link to somebody on their plan who wants that; nobody sees it on the way.

    Raises Refusal 404 for somebody we do not know, 409 when they cannot be written to.
    """
    now = service.clock.now()
    with service.database.transaction(person_id) as tx:
        if people.name(tx, person_id) is None:
            raise not_found()
        if not wanted(tx, person_id, Kind.INVITATION):
            raise conflict("no-address", "They cannot be written to. Give them a link in the way you agreed.")
        write(tx, person_id, Kind.INVITATION, person_id, now)
        access_acts.record(tx, exercise_id, planner_id, access_acts.LETTER, person_id, timestamp(now))
