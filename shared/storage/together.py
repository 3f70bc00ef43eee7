"""Short writes of many requests in one transaction: whoever comes first does it for all who wait, so that eight phones
that send at once cost one flush of the disk and not eight. None is told "done" before the disk has it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from shared.storage import prepared

Done = TypeVar("Done")
MOST = 64
"""So many writes at most share a transaction."""


@dataclass(eq=False, slots=True)
class _Wish:
    """What one thread wants written, and what came of it."""

    work: Callable[[Connection], Any]
    context: Context = field(default_factory=copy_context)
    answered: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    made: Any = None
    error: BaseException | None = None


class _AllLost(Exception):
    """The whole transaction is gone, and with it what had gone well; its cause says why."""


class Together:
    """The writes of the threads of one process to one SQLite file."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction
        self._lock = threading.Lock()
        self._waiting: list[_Wish] = []
        self._led = False

    def write(self, work: Callable[[Connection], Done]) -> Done:
        """What `work` returns, once it is durable. Raises what `work` raises, and then nothing of it is kept."""
        wish = _Wish(work)
        with self._lock:
            self._waiting.append(wish)
            wish.leads = not self._led
            self._led = True
        if not wish.leads:
            wish.answered.wait()
        if wish.leads:
            self._lead()
        if wish.error is not None:
            raise wish.error
        made: Done = wish.made
        return made

    def _lead(self) -> None:
        batch: list[_Wish] = []
        try:
            with self._transaction() as tx:
                # Taken only now: whoever came while we stood in line for the file goes with us.
                with self._lock:
                    batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                for wish in batch:
                    _try(tx, wish, alone=len(batch) == 1)
        except BaseException as error:
            cause = error.__cause__ if isinstance(error, _AllLost) and error.__cause__ else error
            if not batch:
                # No transaction could be begun: nobody who waits would fare better.
                with self._lock:
                    batch, self._waiting = self._waiting, []
            for wish in batch:
                wish.error = wish.error or cause
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._led = following is not None
            for wish in batch:
                wish.leads = False
                wish.answered.set()
            if following is not None:
                following.leads = True
                following.answered.set()


def _try(tx: Connection, wish: _Wish, *, alone: bool) -> None:
    if alone:
        wish.made = wish.context.run(wish.work, tx)
        return
    prepared.command(tx, "SAVEPOINT wish")
    try:
        wish.made = wish.context.run(wish.work, tx)
    except BaseException as error:
        wish.error = error
        try:
            prepared.command(tx, "ROLLBACK TO wish")
        except SQLAlchemyError:
            # SQLite has given up the transaction itself, as it does when the disk is full.
            raise _AllLost from error
    prepared.command(tx, "RELEASE wish")
