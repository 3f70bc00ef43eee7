"""Carries events from a service's outbox to the log, in order, one relay per service at a time."""

from __future__ import annotations

from shared.messaging import outbox
from shared.messaging.log.port import EventLog
from shared.messaging.trouble import trying
from shared.messaging.turn import turn_at
from shared.storage.database import Database

BATCH = 200
CROWD = 20
CROWD_SECONDS = 0.4
"""So many events at once mean that many phones are sending: what they send within this time is then carried and scored
together, at a fraction of the price, and they have the machine to themselves meanwhile."""


class Relay:
    """A job. Killed between publishing and removing, it publishes the same events again, which the log passes over."""

    def __init__(self, database: Database, log: EventLog, source: str, *, batch: int = BATCH) -> None:
        self.name = f"{source} relay"
        self.database = database
        self.log = log
        self.batch = batch
        self.breath = 0.0
        self._turn = turn_at(database, "relay")

    def run_once(self) -> int:
        """Publish what waits, at most one batch; how many were sent. 0 while another process has the turn.

        Raises TryLater when the database or the log is away.
        """
        with trying(self.name), self._turn as mine:
            return self._carry() if mine else 0

    def pending(self) -> int:
        """How many events wait in the outbox."""
        with self.database.reading() as tx:
            return outbox.waiting(tx)

    def mark(self) -> int:
        """What waits now, to ask later how much of it is left."""
        with self.database.reading() as tx:
            return outbox.last(tx)

    def left(self, mark: int) -> int:
        """How many of the events that waited at `mark` still do, whatever came since."""
        with self.database.reading() as tx:
            return outbox.waiting(tx, until=mark)

    def close(self) -> None:
        """Let another relay go on at once."""
        self._turn.give_back()
        self.log.close()

    def _carry(self) -> int:
        with self.database.reading() as tx:
            rows = outbox.unsent(tx, self.batch)
        if rows:
            self.log.publish([envelope for _, envelope in rows])
            with self.database.transaction(()) as tx:
                outbox.remove(tx, [position for position, _ in rows])
        self.breath = CROWD_SECONDS if CROWD <= len(rows) < self.batch else 0.0
        return len(rows)
