"""Events that a consumer could not handle, kept whole with the reason, until somebody mends the cause and retries them;
and the mark of a worker that stopped because too many came in a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from shared.messaging import tables

_LETTERS = tables.dead_letters
_STOPS = tables.worker_stops
_ADD = insert(_LETTERS)
_FORGET = delete(_LETTERS).where(_LETTERS.c.number == bindparam("which"))
_AGAIN = (
    update(_LETTERS)
    .where(_LETTERS.c.number == bindparam("which"))
    .values(attempts=_LETTERS.c.attempts + 1, why=bindparam("reason"))
)
WHY_LENGTH = 2000
PAGE = 500
"""So many are read at once."""
HIGHEST = 2**63 - 1
"""No number is above this."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event that was set aside. `number` names it for a retry; `died_at` is RFC 3339."""

    number: int
    consumer: str
    event_id: str
    type: str
    topic: str
    event: str
    why: str
    attempts: int
    died_at: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A worker that stopped, and why. It goes on when its process is started again."""

    consumer: str
    why: str
    stopped_at: str


def reason(error: BaseException) -> str:
    """Why an event was set aside, short enough to keep."""
    return f"{type(error).__name__}: {error}"[:WHY_LENGTH]


def add(
    tx: Connection, consumer: str, event_id: str, type_: str, topic: str, event: str, why: str, at: datetime
) -> None:
    """Set an event aside. `event` is its structured JSON, or whatever bytes were there as text.

    What no database can keep as text (a zero byte, half a character) is kept as an escape, so that the worst
    of events cannot hold up those behind it.
    """
    tx.execute(
        _ADD,
        {
            "consumer": consumer,
            "event_id": event_id,
            "type": type_,
            "topic": topic,
            "event": _storable(event),
            "why": _storable(why),
            "attempts": 1,
            "died_at": at.isoformat(),
        },
    )


def _storable(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "backslashreplace").decode()


def listed(
    tx: Connection,
    consumer: str | None = None,
    *,
    numbers: Collection[int] | None = None,
    after: int = 0,
    limit: int = PAGE,
) -> list[DeadLetter]:
    """What was set aside, oldest first, of one consumer or of all: at most `limit`, with numbers above `after`.

    Of `numbers`, where given, there must not be more than a page.
    """
    wanted = select(_LETTERS).where(_LETTERS.c.number > after).order_by(_LETTERS.c.number).limit(limit)
    if consumer is not None:
        wanted = wanted.where(_LETTERS.c.consumer == consumer)
    if numbers is not None:
        wanted = wanted.where(_LETTERS.c.number.in_(numbers))
    return [DeadLetter(*row) for row in tx.execute(wanted)]


def every(tx: Connection) -> Iterator[DeadLetter]:
    """All that was set aside, oldest first, however much it is."""
    page = listed(tx)
    while page:
        yield from page
        page = listed(tx, after=page[-1].number)


def least_tried(tx: Connection, consumer: str, limit: int) -> list[DeadLetter]:
    """The next to try where not all can be: those tried least often, of these the oldest."""
    wanted = select(_LETTERS).where(_LETTERS.c.consumer == consumer)
    wanted = wanted.order_by(_LETTERS.c.attempts, _LETTERS.c.number).limit(limit)
    return [DeadLetter(*row) for row in tx.execute(wanted)]


def count(tx: Connection) -> int:
    """How many events are set aside in this service."""
    return int(tx.execute(select(func.count()).select_from(_LETTERS)).scalar_one())


def forget(tx: Connection, number: int) -> None:
    """A dead letter was handled after all."""
    tx.execute(_FORGET, {"which": number})


def forget_all(tx: Connection, consumer: str) -> None:
    """Everything comes to this consumer again, also what it set aside."""
    tx.execute(delete(_LETTERS).where(_LETTERS.c.consumer == consumer))


def failed_again(tx: Connection, number: int, why: str) -> None:
    """A retry did not help."""
    tx.execute(_AGAIN, {"which": number, "reason": _storable(why)})


def mark_stopped(tx: Connection, consumer: str, why: str, at: datetime) -> None:
    """Say for everybody to see that this consumer's worker has stopped."""
    clear_stopped(tx, consumer)
    tx.execute(insert(_STOPS), {"consumer": consumer, "why": why, "stopped_at": at.isoformat()})


def clear_stopped(tx: Connection, consumer: str) -> None:
    """The worker of this consumer runs again."""
    tx.execute(delete(_STOPS).where(_STOPS.c.consumer == consumer))


def stopped(tx: Connection) -> Sequence[Stop]:
    """The workers of this service that have stopped."""
    return [Stop(*row) for row in tx.execute(select(_STOPS).order_by(_STOPS.c.consumer))]
