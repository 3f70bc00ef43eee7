"""Events wait here for the relay. The row is written in the transaction of the fact it tells of, so that neither
can exist without the other; nothing else may publish an event (design.md §1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from shared.contracts.catalogue import validate_out
from shared.contracts.envelope import Envelope
from shared.messaging import tables
from shared.runtime import correlation
from shared.storage.prepared import Prepared

_ADD = Prepared(insert(tables.outbox), "event_id", "topic", "event")
_UNSENT = Prepared(
    select(tables.outbox.c.position, tables.outbox.c.topic, tables.outbox.c.event)
    .order_by(tables.outbox.c.position)
    .limit(bindparam("maximum"))
)
_OLDEST = select(tables.outbox.c.topic, tables.outbox.c.event).order_by(tables.outbox.c.position).limit(1)
_WAITING = Prepared(select(func.count()).select_from(tables.outbox))
_WAITING_UNTIL = Prepared(select(func.count()).where(tables.outbox.c.position <= bindparam("until")))
_LAST = Prepared(select(func.coalesce(func.max(tables.outbox.c.position), 0)))
_REMOVE = Prepared(delete(tables.outbox).where(tables.outbox.c.position == bindparam("sent")))


@dataclass(frozen=True, slots=True)
class Checked:
    """An event that keeps its contract, written out: what need not be done while others wait for a transaction."""

    event_id: str
    topic: str
    event: str


def checked(envelope: Envelope) -> Checked:
    """The event, ready to be added. Raises ContractBroken or UnknownEvent (catalogue).

    One that does not say which request began it is of the request or the event that is being handled.
    """
    told = _with_cause(envelope)
    validate_out(told)
    return Checked(told.id, told.topic, told.to_json())


def add(tx: Connection, envelope: Envelope | Checked) -> None:
    """Send this event once the transaction is through. Raises ContractBroken or UnknownEvent (catalogue)."""
    add_all(tx, [envelope])


def add_all(tx: Connection, envelopes: Iterable[Envelope | Checked]) -> None:
    """Send these events, in this order. Raises ContractBroken or UnknownEvent (catalogue)."""
    ready = [one if isinstance(one, Checked) else checked(one) for one in envelopes]
    _ADD.run_all(tx, [{"event_id": one.event_id, "topic": one.topic, "event": one.event} for one in ready])


def unsent(tx: Connection, maximum: int) -> list[tuple[int, Envelope]]:
    """The oldest rows with their positions, in order.

    Whatever is in the table is unsent. A reader that remembered the last position instead would lose a row
    whose transaction took its number early and committed late, as PostgreSQL allows.
    """
    rows = _UNSENT.rows(tx, {"maximum": maximum})
    return [(position, Envelope.from_json(event, topic=topic)) for position, topic, event in rows]


def remove(tx: Connection, positions: Sequence[int]) -> None:
    """The log has these now and keeps them; the table must not grow."""
    _REMOVE.run_all(tx, [{"sent": position} for position in positions])


def waiting(tx: Connection, *, until: int | None = None) -> int:
    """How many events wait for the relay; `until`: up to this position."""
    if until is not None:
        return int(_WAITING_UNTIL.rows(tx, {"until": until})[0][0])
    return int(_WAITING.rows(tx, {})[0][0])


def last(tx: Connection) -> int:
    """The position of the event that came last; 0 when none waits."""
    return int(_LAST.rows(tx, {})[0][0])


def oldest(tx: Connection) -> datetime | None:
    """When the event that waits longest happened; None when none waits."""
    row = tx.execute(_OLDEST).first()
    return None if row is None else Envelope.from_json(row.event, topic=row.topic).time


def _with_cause(envelope: Envelope) -> Envelope:
    cause = correlation.current()
    if cause is correlation.NOTHING or envelope.correlation_id is not None:
        return envelope
    return replace(envelope, correlation_id=cause.correlation_id, causation_id=cause.causation_id)
