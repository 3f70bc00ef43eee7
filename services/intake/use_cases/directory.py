"""Tells the directory what changed, in the transaction of the change: intake's own copy now, the others by event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from services.intake import announce
from services.intake.domain.exercise import State
from services.intake.domain.plan import Plan
from services.intake.store import exercises as exercise_store
from services.intake.store import people as people_store
from services.intake.store.plan import load_plan
from shared.access import directory
from shared.contracts.envelope import Envelope
from shared.messaging import outbox


def new_id() -> str:
    """An id for something that is new."""
    return str(uuid4())


def timestamp(now: datetime) -> str:
    """A moment as the store keeps it: RFC 3339, microseconds, so that text order is time order."""
    return now.isoformat(timespec="microseconds")


def tell(tx: Connection, envelope: Envelope) -> None:
    """Take the event into our own copy and send it to the others."""
    directory.apply(tx, envelope)
    outbox.add(tx, envelope)


def tell_exercise(tx: Connection, state: State, now: datetime, plan: Plan | None = None) -> State:
    """Keep the state with its version counted up, and tell everybody. Returns the state as kept."""
    kept = replace(state, version=state.version + 1)
    exercise_store.write_state(tx, kept)
    shown = plan or load_plan(tx, state.id)
    assert shown is not None
    tell(tx, announce.exercise_planned(shown, kept, event_id=new_id(), now=now))
    return kept


def tell_people(tx: Connection, person_ids: Iterable[str], now: datetime) -> None:
    """Tell everybody what these people are now."""
    for person_id in person_ids:
        listed = people_store.memberships(tx, person_id)
        version = people_store.next_version(tx, person_id)
        tell(tx, announce.person_listed(person_id, version, listed, event_id=new_id(), now=now))
