"""Who somebody is in an exercise, and whether they may do a thing there: asked inside the transaction that does it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from services.reporting.domain.moving import Mover
from services.reporting.domain.recommendation import Recommendation
from services.reporting.domain.sight import statuses_seen
from services.reporting.store import findings, reading, recommendations
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.roles import HOST_ROLES, PARTNER_ROLES, Role
from shared.access.rules import roles_allowed
from shared.access.volunteer_key import volunteer_key
from shared.contracts.refusals import forbidden, not_found
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Member:
    """A person in an exercise. `key` is their pseudonym there: all that a history ever keeps of them."""

    person_id: str
    exercise: ExerciseEntry
    roles: frozenset[Role]
    key: str

    def may(self, action: str) -> bool:
        """Whether the table of rules allows it at this stage."""
        return bool(roles_allowed(action, self.roles, self.exercise.stage))

    def must(self, action: str) -> None:
        """Raises Refusal (403) when the table does not allow it."""
        if not self.may(action):
            raise forbidden("You can see this, but it is not yours to do.")

    @property
    def of_host(self) -> bool:
        """Whether they see everything; everybody else sees what a partner may see."""
        return bool(self.roles & HOST_ROLES)

    @property
    def of_charity(self) -> bool:
        """Whether they are of the host charity or a volunteer, and not of the partner as well."""
        return self.of_host or (Role.VOLUNTEER in self.roles and not self.roles & PARTNER_ROLES)

    @property
    def statuses(self) -> frozenset[str]:
        """The statuses of recommendations that they may see."""
        readers = roles_allowed("recommendations.read", self.roles, self.exercise.stage)
        return statuses_seen(readers, self.exercise.stage)

    @property
    def mover(self) -> Mover:
        """The same person as the rules of moving see them."""
        return Mover(frozenset(str(role) for role in self.roles), self.key)


def member(tx: Connection, service: Service, person_id: str, exercise_id: str, action: str) -> Member:
    """The person as a member who may do `action`. Raises Refusal: 404 when they may not know of it, else 403."""
    exercise = directory.exercise(tx, exercise_id)
    held = directory.membership(tx, person_id, exercise_id)
    if exercise is None or held is None or not roles_allowed("exercise.read", held.roles, exercise.stage):
        raise not_found()
    found = as_member(service, person_id, exercise, held.roles)
    found.must(action)
    return found


def reader(tx: Connection, service: Service, person_id: str, exercise_id: str, action: str) -> Member:
    """The person as a member who may read something. Raises Refusal (404), whatever the reason."""
    exercise = directory.exercise(tx, exercise_id)
    held = directory.membership(tx, person_id, exercise_id)
    if exercise is None or held is None or not roles_allowed(action, held.roles, exercise.stage):
        raise not_found()
    return as_member(service, person_id, exercise, held.roles)


def readers_everywhere(tx: Connection, service: Service, person_id: str, action: str) -> list[Member]:
    """The person in every exercise where they may read something, by the exercise's title."""
    found = [as_member(service, person_id, e, m.roles) for e, m in directory.exercises_of(tx, person_id)]
    return [one for one in found if one.may(action)]


def as_member(service: Service, person_id: str, exercise: ExerciseEntry, roles: frozenset[Role]) -> Member:
    """Put it together with the pseudonym."""
    key = volunteer_key(service.settings.identity_key, exercise.id, person_id)
    return Member(person_id, exercise, roles, key)


def seen(tx: Connection, service: Service, person_id: str, recommendation_id: str) -> tuple[Recommendation, Member]:
    """A recommendation and who is asking. Raises Refusal (404) when there is none that they may know of."""
    found = recommendations.find(tx, recommendation_id)
    if found is None:
        raise not_found()
    who = reader(tx, service, person_id, found.exercise_id, "recommendations.read")
    if found.status not in who.statuses:
        raise not_found()
    return found, who


def role_of(who: Member) -> str:
    """The one role that a history names for what this person did."""
    for role in ("lead", "volunteer", "manager", "working-group"):
        if role in who.roles:
            return role
    return str(sorted(who.roles)[0])


def whole_sites(tx: Connection, who: Member) -> Collection[str] | None:
    """Of which buildings they see findings as they are; of the others they see what a partner may see.

    The host charity: all. Volunteers: those where no wave under embargo has begun to tell, because a finding does not
    say which wave put it right. Everybody else: none.
    """
    if who.of_host:
        return findings.EVERYWHERE
    if not who.of_charity:
        return findings.NOWHERE
    told = findings.waves_seen(tx, who.exercise.id)
    return {
        site.id
        for site in who.exercise.sites
        if all(who.exercise.open_to_partner(wave) for wave in told.get(site.id, ()))
    }


def waves_read(tx: Connection, who: Member, sites: Collection[str]) -> Collection[int]:
    """The waves that findings of these buildings tell of, when this person reads them."""
    if not who.of_host:
        return ()  # nobody else is given anything of a wave under embargo
    told = findings.waves_seen(tx, who.exercise.id)
    return {wave for site in sites for wave in told.get(site, ())}


def findings_known(tx: Connection, who: Member, ids: Collection[str]) -> frozenset[str]:
    """Those of the findings `ids` that this person may know of now.

    The host charity: every one ever drawn. Volunteers: those that a wave tells of which is not under embargo.
    Everybody else: what a partner may see.
    """
    found = findings.by_id(tx, list(ids), whole=findings.EVERYWHERE if who.of_charity else findings.NOWHERE)
    if who.of_host:
        return frozenset(found)
    standing = {one: data for one, data in found.items() if data["current"]}
    if not who.of_charity:
        return frozenset(standing)
    return frozenset(one for one, data in standing.items() if any(map(who.exercise.open_to_partner, data["waves"])))


class Reads:
    """What was read under embargo in one use case, to be written down before it is shown."""

    def __init__(self) -> None:
        self.noted: list[tuple[Member, str]] = []

    def note(self, who: Member, what: str, waves: Collection[int] = ()) -> None:
        """Remember the read when the exercise or one of `waves` is under embargo; else nothing needs recording."""
        if who.exercise.under_embargo(waves):
            self.noted.append((who, what))


@contextmanager
def looking(service: Service) -> Iterator[tuple[Connection, Reads]]:
    """A view to read from that waits for no writer. What was read under embargo is recorded before it is shown."""
    reads = Reads()
    with service.database.reading() as tx:
        yield tx, reads
    if reads.noted:
        with service.database.transaction(()) as tx:
            for who, what in reads.noted:
                reading.note_embargoed(tx, service.clock.now(), who.person_id, who.exercise.id, what)
