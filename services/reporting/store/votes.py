"""Dots that people put on a recommendation: one row a person, known by pseudonym only."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select, update

from services.reporting.store.tables import votes


def put(tx: Connection, recommendation_id: str, actor: str, voters: str, dots: int) -> None:
    """Keep somebody's dots instead of those they had put before."""
    here = (votes.c.recommendation_id == recommendation_id, votes.c.actor == actor)
    if tx.execute(update(votes).where(*here).values(voters=voters, dots=dots)).rowcount == 0:
        row = {"recommendation_id": recommendation_id, "actor": actor, "voters": voters, "dots": dots}
        tx.execute(insert(votes).values(row))


def own(tx: Connection, recommendation_id: str, actor: str) -> int | None:
    """The dots of one person, or None when they have not voted."""
    query = select(votes.c.dots).where(votes.c.recommendation_id == recommendation_id, votes.c.actor == actor)
    return tx.execute(query).scalar()


def tally(tx: Connection, recommendation_id: str) -> dict[str, tuple[int, int]]:
    """Group of voters -> (how many voted, their dots)."""
    query = (
        select(votes.c.voters, func.count(), func.sum(votes.c.dots))
        .where(votes.c.recommendation_id == recommendation_id)
        .group_by(votes.c.voters)
        .order_by(votes.c.voters)
    )
    return {voters: (int(people), int(dots)) for voters, people, dots in tx.execute(query)}
