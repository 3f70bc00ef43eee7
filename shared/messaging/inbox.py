"""Which events a consumer has dealt with. Written in the transaction of their effects, so that an event that comes
twice has its effect once."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from shared.messaging import tables
from shared.storage.prepared import Prepared

_RECORD = Prepared(insert(tables.inbox))
_KNOWN = select(tables.inbox.c.event_id).where(
    tables.inbox.c.consumer == bindparam("consumer"),
    tables.inbox.c.event_id.in_(bindparam("ids", expanding=True)),
)


def known(tx: Connection, consumer: str, event_ids: Collection[str]) -> set[str]:
    """Those of `event_ids` that `consumer` has dealt with before."""
    if not event_ids:
        return set()
    return set(tx.execute(_KNOWN, {"consumer": consumer, "ids": list(event_ids)}).scalars())


def forget_old(tx: Connection, consumer: str, today: int, before: int, most: int) -> int:
    """Forget at most so many that were dealt with before that day; how many. Those without a day are of `today`."""
    mine = tables.inbox.c.consumer == consumer
    tx.execute(update(tables.inbox).where(mine, tables.inbox.c.day == 0).values(day=today))
    old = select(tables.inbox.c.event_id).where(mine, tables.inbox.c.day < before).limit(most)
    return tx.execute(delete(tables.inbox).where(mine, tables.inbox.c.event_id.in_(old))).rowcount


def forget(tx: Connection, consumer: str) -> None:
    """`consumer` begins again as if it had dealt with nothing."""
    tx.execute(delete(tables.inbox).where(tables.inbox.c.consumer == consumer))


def record(tx: Connection, consumer: str, event_ids: Collection[str], day: int) -> None:
    """`consumer` has dealt with these on that day, all for the first time."""
    _RECORD.run_all(tx, [{"consumer": consumer, "event_id": event_id, "day": day} for event_id in event_ids])
