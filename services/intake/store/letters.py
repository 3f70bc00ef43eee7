"""Letters that wait for the post, and for thirty days that they were sent. What they say is made when they leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from services.intake.domain.letters import URGENT, Kind
from services.intake.store.letter_tables import letters
from services.intake.store.tables import memberships
from shared.storage.prepared import Prepared

WAITING, SENT, DROPPED, FAILED = "waiting", "sent", "dropped", "failed"
_DUE = Prepared(select(func.count()).select_from(letters).where(letters.c.look_at <= bindparam("now")))
_TO_ERASE = Prepared(select(func.count()).select_from(letters).where(letters.c.erase_at <= bindparam("now")))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter to somebody. `failures`: how often it was tried in vain; `why`: what stood in its way the last time."""

    id: str
    person_id: str
    kind: Kind
    about: str
    made: datetime
    failures: int
    why: str | None


def _waiting(row: Row[Any]) -> Waiting:
    made = datetime.fromisoformat(row.made_at)
    return Waiting(row.id, row.person_id, Kind(row.kind), row.about, made, row.failures, row.why)


def add(tx: Connection, letter_id: str, person_id: str, kind: Kind, about: str, at: str) -> None:
    """Write down that this is to be sent."""
    values = {"id": letter_id, "person_id": person_id, "kind": kind.value, "about": about, "made_at": at}
    rank = 0 if kind in URGENT else 1
    tx.execute(insert(letters).values(**values, rank=rank, failures=0, look_at=at, state=WAITING))


def written(tx: Connection, person_id: str, kind: Kind, about: str) -> bool:
    """Whether there was such a letter in the last thirty days, one that was not dropped on the way."""
    same = (letters.c.person_id == person_id, letters.c.kind == kind.value, letters.c.about == about)
    query = select(letters.c.id).where(*same, letters.c.state != DROPPED)
    return tx.execute(query.limit(1)).first() is not None


def count_since(tx: Connection, person_id: str, kind: Kind, since: str) -> int:
    """How many of a kind this person was written since then."""
    same = (letters.c.person_id == person_id, letters.c.kind == kind.value, letters.c.made_at > since)
    return int(tx.execute(select(func.count()).select_from(letters).where(*same)).scalar_one())


def due(tx: Connection, now: str, most: int) -> list[Waiting]:
    """What is to be tried now: what is urgent first, then what waits longest."""
    query = select(letters).where(letters.c.look_at <= now)
    return [_waiting(row) for row in tx.execute(query.order_by(letters.c.rank, letters.c.made_at).limit(most))]


def due_count(tx: Connection, now: str) -> int:
    """How many are to be tried now."""
    return int(_DUE.rows(tx, {"now": now})[0][0])


def over(tx: Connection, letter_id: str, state: str, why: str | None, erase_at: str) -> bool:
    """This one is sent, dropped or failed, and known until `erase_at`. False when it was over already."""
    values = {"state": state, "why": why, "look_at": None, "erase_at": erase_at}
    change = update(letters).where(letters.c.id == letter_id, letters.c.state == WAITING)
    return bool(tx.execute(change.values(values)).rowcount)


def try_later(tx: Connection, tries: Iterable[tuple[str, int, str, str]]) -> None:
    """(letter, failures so far, when to try again, why it did not leave) for each."""
    change = update(letters).where(letters.c.id == bindparam("letter"), letters.c.state == WAITING)
    change = change.values(failures=bindparam("failed"), look_at=bindparam("then"), why=bindparam("reason"))
    rows = [{"letter": one, "failed": failures, "then": at, "reason": why} for one, failures, at, why in tries]
    if rows:
        tx.execute(change, rows)


def failed_in(tx: Connection, exercise_ids: Collection[str], most: int) -> list[Waiting]:
    """What was given up of letters to people of these exercises, the newest first.

    Without those of which nobody else is to know: that somebody was reminded, or asked to say yes to an address.
    """
    theirs = select(memberships.c.person_id).where(memberships.c.exercise_id.in_(exercise_ids))
    own = letters.c.kind.in_((Kind.REMINDER.value, Kind.CONFIRM.value))
    query = select(letters).where(letters.c.state == FAILED, letters.c.person_id.in_(theirs), ~own)
    return [_waiting(row) for row in tx.execute(query.order_by(letters.c.made_at.desc()).limit(most))]


def counts(tx: Connection) -> Mapping[str, int]:
    """How many wait, and how many were given up."""
    query = select(letters.c.state, func.count()).where(letters.c.state.in_((WAITING, FAILED)))
    found: dict[str, int] = {row[0]: row[1] for row in tx.execute(query.group_by(letters.c.state))}
    return {WAITING: found.get(WAITING, 0), FAILED: found.get(FAILED, 0)}


def retry(tx: Connection, letter_ids: Collection[str], now: str) -> None:
    """Try these again as if for the first time."""
    values = {"state": WAITING, "failures": 0, "look_at": now, "erase_at": None}
    tx.execute(update(letters).where(letters.c.id.in_(letter_ids), letters.c.state == FAILED).values(values))


def forget_person(tx: Connection, person_id: str, now: str, tomorrow: str) -> None:
    """Nothing more goes to this person, and what went is to be erased now; that a yes was asked for, tomorrow."""
    mine = letters.c.person_id == person_id
    asked = letters.c.kind == Kind.CONFIRM.value
    over = {"state": DROPPED, "why": None, "look_at": None, "erase_at": tomorrow}
    tx.execute(update(letters).where(mine, letters.c.state == WAITING).values(over))
    tx.execute(update(letters).where(mine, ~asked).values(erase_at=now))


def to_erase(tx: Connection, now: str, most: int) -> list[str]:
    """Letters that have been known long enough."""
    query = select(letters.c.id).where(letters.c.erase_at <= now).order_by(letters.c.erase_at).limit(most)
    return list(tx.execute(query).scalars())


def to_erase_count(tx: Connection, now: str) -> int:
    """How many those are."""
    return int(_TO_ERASE.rows(tx, {"now": now})[0][0])


def erase(tx: Connection, letter_ids: Collection[str]) -> None:
    """Forget that there were these letters."""
    tx.execute(delete(letters).where(letters.c.id.in_(letter_ids)))


def people_of(tx: Connection, letter_ids: Collection[str]) -> dict[str, str]:
    """Letter -> whom it is to, for those that are known."""
    query = select(letters.c.id, letters.c.person_id).where(letters.c.id.in_(letter_ids))
    return {row.id: row.person_id for row in tx.execute(query)}
