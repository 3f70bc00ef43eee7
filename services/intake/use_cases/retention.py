"""Forgetting in time: drafts that were never sent, and who made which visit of an exercise that is long closed."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection

from services.intake.domain.retention import drafts_gone_before, links_gone_before
from services.intake.store import addresses
from services.intake.store import people as people_store
from services.intake.store import retention as store
from services.intake.use_cases.directory import tell_people, timestamp
from services.intake.use_cases.people import take_all_back
from services.intake.use_cases.reaching import erase_address
from shared.access.roles import Role
from shared.runtime.service import Service

_WHO_WENT = (Role.VOLUNTEER, Role.BUDDY)


def forget_old_drafts(service: Service, most: int) -> int:
    """Erase drafts ninety days after they were last changed, and write that down; how many.

    Their photos and recordings go as others do that no visit names.
    """
    now = service.clock.now()
    before = timestamp(drafts_gone_before(now))
    with service.database.reading() as tx:
        found = store.old_drafts(tx, before, most)
    gone = 0
    for visit_id, exercise_id in found:
        with service.database.transaction(visit_id) as tx:
            if store.remove_old_draft(tx, visit_id, before):
                store.record(tx, store.DRAFT, exercise_id, visit_id, 1, timestamp(now))
                gone += 1
    return gone


def cut_old_links(service: Service, most: int) -> int:
    """Forget who made which visit, six months after an exercise was closed; how many exercises.

    Volunteers and buddies leave the exercise, their visits get pseudonyms that are made from nobody, and whoever
    belongs to no other exercise loses name, number, address and every way in. What was answered stays, and what a
    second person let through; raw notes that nobody let through go.
    """
    now = service.clock.now()
    before = timestamp(links_gone_before(now))
    with service.database.reading() as tx:
        found = store.exercises_to_cut(tx, before, most)
    for exercise_id in found:
        with service.database.transaction() as tx:
            if exercise_id not in store.exercises_to_cut(tx, before, most):
                continue
            people = people_store.roles_in(tx, exercise_id)
            leaving = {who: roles for who, roles in people.items() if any(role in roles for role in _WHO_WENT)}
            store.cut_visits(tx, exercise_id, _nobodys_key)
            store.forget_raw_notes(tx, exercise_id)
            store.cut_plan_and_care(tx, exercise_id)
            for person_id, roles in leaving.items():
                left = [role for role in roles if role not in _WHO_WENT]
                people_store.set_roles(tx, exercise_id, person_id, left)
                if not people_store.memberships(tx, person_id):
                    _forget(tx, service, person_id)
            tell_people(tx, leaving, now)
            store.record(tx, store.LINK, exercise_id, None, len(leaving), timestamp(now))
    return len(found)


def _nobodys_key() -> str:
    return uuid4().hex


def _forget(tx: Connection, service: Service, person_id: str) -> None:
    now = service.clock.now()
    take_all_back(tx, person_id, now)
    store.forget_number(tx, person_id)
    addresses.erase(tx, person_id)
    erase_address(tx, person_id, now)
    people_store.forget_name(tx, person_id)


def forgetting_due(service: Service) -> int:
    """1 while something is to be forgotten, else 0."""
    now = service.clock.now()
    with service.database.reading() as tx:
        due = store.old_drafts(tx, timestamp(drafts_gone_before(now)), 1)
        return int(bool(due or store.exercises_to_cut(tx, timestamp(links_gone_before(now)), 1)))
