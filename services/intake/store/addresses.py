"""Where people may be written to. The only module that reads or writes an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, exists, insert, or_, select, update

from services.intake.domain.letters import Topic
from services.intake.store.letter_tables import mail_addresses
from services.intake.store.tables import exercises, memberships, stage_moves


@dataclass(frozen=True, slots=True)
class Reach:
    """How one person may be written to. `way_in`: each letter may hold a link that lets them straight in.

    `confirmed_at` is empty until they said yes by a letter; until then nothing else is sent.
    """

    person_id: str
    id: str
    address: str = field(repr=False)
    language: str
    topics: frozenset[Topic]
    way_in: bool
    asked_at: str
    confirmed_at: str | None


def reach_of(tx: Connection, person_id: str) -> Reach | None:
    """How this person may be written to, or None when they gave no address."""
    row = tx.execute(select(mail_addresses).where(mail_addresses.c.person_id == person_id)).first()
    if row is None:
        return None
    topics = frozenset(Topic(each) for each in row.topics)
    return Reach(row.person_id, row.id, row.address, row.language, topics, row.way_in, row.asked_at, row.confirmed_at)


def keep(tx: Connection, reach: Reach) -> None:
    """Keep it instead of whatever was kept before."""
    erase(tx, reach.person_id)
    tx.execute(
        insert(mail_addresses).values(
            person_id=reach.person_id,
            id=reach.id,
            address=reach.address,
            language=reach.language,
            topics=sorted(reach.topics),
            way_in=reach.way_in,
            asked_at=reach.asked_at,
            confirmed_at=reach.confirmed_at,
        )
    )


def confirm(tx: Connection, person_id: str, at: str) -> None:
    """They said yes to their address."""
    tx.execute(update(mail_addresses).where(mail_addresses.c.person_id == person_id).values(confirmed_at=at))


def erase(tx: Connection, person_id: str) -> None:
    """The address goes, and everything that was chosen with it."""
    tx.execute(delete(mail_addresses).where(mail_addresses.c.person_id == person_id))


def no_longer_needed(tx: Connection, closed_before: str, most: int) -> list[str]:
    """People with an address whose every exercise was closed before then, or who are in none."""
    return list(tx.execute(_unneeded(closed_before).limit(most)).scalars())


def _unneeded(closed_before: str) -> Select[Any]:
    lately = exists().where(
        stage_moves.c.exercise_id == exercises.c.id,
        stage_moves.c.to_stage == "closed",
        stage_moves.c.at > closed_before,
    )
    needed = exists().where(
        and_(
            memberships.c.person_id == mail_addresses.c.person_id,
            exercises.c.id == memberships.c.exercise_id,
            or_(exercises.c.stage != "closed", lately),
        )
    )
    return select(mail_addresses.c.person_id).where(~needed)
