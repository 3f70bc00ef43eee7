"""How somebody may be written to: they say it themselves, say yes by a letter, and take it back whenever they like."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.intake.domain.letters import (
    CONFIRM_WITHIN,
    CONFIRMS_A_DAY,
    Kind,
    Topic,
    offered,
    on_at_first,
)
from services.intake.store import addresses
from services.intake.store import letters as store
from services.intake.store.addresses import Reach
from services.intake.use_cases.directory import new_id, timestamp
from shared.access import credentials, directory
from shared.access.credentials import CredentialRefused, Purpose
from shared.contracts.refusals import FieldError, invalid, not_found
from shared.contracts.sentences import Sentence
from shared.runtime.service import Service

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody can be written about, what is on now, and how they may be reached, if they said so."""

    offered: tuple[Topic, ...]
    on: frozenset[Topic]
    reach: Reach | None


def choices(service: Service, person_id: str) -> Choices:
    """What the page shows. Before anybody chose, what is on are the defaults of their roles."""
    with service.database.reading() as tx:
        roles = _roles(tx, person_id)
        reach = addresses.reach_of(tx, person_id)
    return Choices(offered(roles), reach.topics if reach else on_at_first(roles), reach)


def _roles(tx: Connection, person_id: str) -> Collection[str]:
    return {role.value for _, member in directory.exercises_of(tx, person_id) for role in member.roles}


def keep_address(
    service: Service, person_id: str, address: str, topics: Collection[Topic], *, way_in: bool, language: str
) -> None:
    """Keep an address and what to write about. Another address is written to once, and has to be confirmed.

    Raises Refusal: 422 when a yes was asked for too often today, 404 for somebody who is in no exercise.
    """
    now = service.clock.now()
    with service.database.transaction(person_id) as tx:
        roles = _roles(tx, person_id)
        if not roles:
            raise not_found()
        wanted = frozenset(topics) & set(offered(roles))
        had = addresses.reach_of(tx, person_id)
        if had is not None and had.address == address and had.confirmed_at is not None:
            addresses.keep(tx, replace(had, topics=wanted, way_in=way_in, language=language))
            return
        at = timestamp(now)
        reach = Reach(person_id, new_id(), address, language, wanted, way_in, at, None)
        _may_ask(tx, person_id, now)
        store.forget_person(tx, person_id, at, timestamp(now + A_DAY))
        addresses.keep(tx, reach)
        store.add(tx, new_id(), person_id, Kind.CONFIRM, reach.id, at)


def _may_ask(tx: Connection, person_id: str, now: datetime) -> None:
    if store.count_since(tx, person_id, Kind.CONFIRM, timestamp(now - A_DAY)) >= CONFIRMS_A_DAY:
        why = Sentence("was asked for too often today. Try again tomorrow.")
        raise invalid([FieldError("/address", why)])


def take_back(service: Service, person_id: str) -> None:
    """The address goes at once, what waits is not sent, and what was laid down of what went is erased."""
    with service.database.transaction(person_id) as tx:
        erase_address(tx, person_id, service.clock.now())


def erase_address(tx: Connection, person_id: str, now: datetime) -> None:
    """The same within a transaction of the caller's."""
    addresses.erase(tx, person_id)
    store.forget_person(tx, person_id, timestamp(now), timestamp(now + A_DAY))


def confirm(service: Service, person_id: str, text: str) -> None:
    """Say yes to one's own address by the link that was sent to it. Raises Refusal 404 for any other link."""
    now = service.clock.now()
    with service.database.transaction(person_id) as tx:
        reach = _meant(service, tx, text)
        if reach is None or reach.person_id != person_id:
            raise not_found()
        if reach.confirmed_at is not None:
            return
        if datetime.fromisoformat(reach.asked_at) + CONFIRM_WITHIN < now:
            raise not_found()
        addresses.confirm(tx, person_id, timestamp(now))


def is_mine(service: Service, person_id: str, text: str) -> bool:
    """Whether this link is to this person's present address, so that they may say yes to it."""
    with service.database.reading() as tx:
        reach = _meant(service, tx, text)
    return reach is not None and reach.person_id == person_id


def still_written_to(service: Service, text: str) -> bool:
    """Whether this link is to an address that we may still write to."""
    with service.database.reading() as tx:
        return _meant(service, tx, text) is not None


def stop_by_link(service: Service, text: str) -> None:
    """Whoever got a letter says that no more may come. A link that means nothing any more changes nothing."""
    now = service.clock.now()
    with service.database.transaction() as tx:
        reach = _meant(service, tx, text)
        if reach is not None:
            erase_address(tx, reach.person_id, now)


def _meant(service: Service, tx: Connection, text: str) -> Reach | None:
    try:
        named = credentials.read(service.settings.signing_key, Purpose.ADDRESS, text, service.clock.now())
    except CredentialRefused:
        return None
    reach = addresses.reach_of(tx, named.person_id)
    return reach if reach is not None and reach.id == named.credential_id else None
