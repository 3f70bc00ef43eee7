"""Takes events from the log and hands each to its handler: one transaction for a batch, one savepoint for an event.

The effects, the inbox rows and the dead letters of a batch are durable together, and only then are the offsets
moved. A crash in between brings the same events again and the inbox passes them over. Handlers must therefore keep
nothing in memory that outlives their transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from shared.contracts import catalogue
from shared.contracts.envelope import Envelope
from shared.messaging import dead_letters, inbox
from shared.messaging.log.port import Consumer, Delivery, Ends, EventLog
from shared.messaging.trouble import TryLater, passes, trying
from shared.runtime import correlation
from shared.runtime.clock import Clock, SystemClock
from shared.storage import prepared
from shared.storage.database import Database

BATCH = 200
CAP = 20
"""So many events set aside one after the other mean that the code is wrong, not the events."""

KEPT_DAYS = 90
"""So long an event that comes again is known by its id. Later its handler knows it by what it tells (ADR 0019)."""
FORGOTTEN_AT_ONCE = 2000

Handler = Callable[[Connection, Envelope], None]
Settle = Callable[[Connection], None]

_log = structlog.get_logger(__name__)


class WorkerStopped(Exception):
    """Too many events in a row could not be handled; the worker does nothing until it is started again."""


class _SettleFailed(Exception):
    """What a batch adds up to could not be worked out; its cause says why."""


@dataclass(slots=True)
class _Batch:
    in_a_row: int
    finished: list[Delivery] = field(default_factory=list)
    handled: list[Envelope] = field(default_factory=list)
    dealt_with: dict[str, None] = field(default_factory=dict)
    dead: list[tuple[Delivery, BaseException]] = field(default_factory=list)


class Worker:
    """A job. `handlers` maps an event type to what it means here; other types are passed over.

    `settle`, where given, is called once a batch in the same transaction, after its events were handled.
    When it fails, the batch is done again one event at a time, so that only the guilty one is set aside. `breath`: so
    many seconds it rests after work, where nobody waits for what it does.
    """

    def __init__(
        self,
        database: Database,
        log: EventLog,
        group: str,
        topics: Sequence[str],
        handlers: Mapping[str, Handler],
        settle: Settle | None = None,
        clock: Clock | None = None,
        *,
        batch: int = BATCH,
        cap: int = CAP,
        breath: float = 0.0,
    ) -> None:
        self.breath = breath
        self.name = f"{group} worker"
        self.group = group
        self.database = database
        self.handlers = handlers
        self.settle = settle
        self.clock = clock or SystemClock()
        self.batch = batch
        self.cap = cap
        self._consumer: Consumer = log.consumer(group, topics)
        self._in_a_row = 0
        self._fresh = True
        self._stopped = ""
        self._forgotten_on = 0

    def run_once(self) -> int:
        """Handle at most one batch; how many events are done with.

        Raises TryLater when nothing could be done just now, WorkerStopped after too many dead letters in a row.
        """
        if self._stopped:
            raise WorkerStopped(self._stopped)
        with trying(self.name):
            return self._work()

    def pending(self) -> int:
        """How many events of its topics the group has not dealt with."""
        return self._consumer.lag()

    def mark(self) -> Ends:
        """What waits now, to ask later how much of it is left."""
        return self._consumer.ends()

    def left(self, mark: Ends) -> int:
        """How many of the events that were there at `mark` are not dealt with, whatever came since."""
        return self._consumer.lag(mark)

    def close(self) -> None:
        """Let another worker of the group go on."""
        self._consumer.close()

    def begin_again(self, forget: Callable[[Connection], None]) -> None:
        """Have everything come again from the first event of the log, with what `forget` forgets forgotten.

        Raises GroupBusy, LogCut, LogAway; then nothing has changed.
        """
        # The offsets first: killed after this, all comes again and the inbox knows it, and nothing is forgotten.
        self._consumer.rewind()
        with self.database.transaction() as tx:
            inbox.forget(tx, self.group)
            dead_letters.forget_all(tx, self.group)
            dead_letters.clear_stopped(tx, self.group)
            forget(tx)
        self._in_a_row, self._stopped = 0, ""

    def retry(self, numbers: Collection[int] | None = None, *, most: int | None = None) -> tuple[int, int]:
        """Hand dead letters to their handlers again: all, or those `numbers`. How many worked, how many did not.

        With `most` no more than so many of all, those first that were tried least often: asked again and again, it
        comes to each. Raises TryLater; what worked until then is done.
        """
        worked = failed = 0
        for letter in self._letters(numbers) if most is None else self._least_tried(most):
            if self._retry_one(letter):
                worked += 1
            else:
                failed += 1
        return worked, failed

    def _letters(self, numbers: Collection[int] | None) -> Iterator[dead_letters.DeadLetter]:
        if numbers is not None:
            wanted = sorted(number for number in set(numbers) if number <= dead_letters.HIGHEST)
            for start in range(0, len(wanted), dead_letters.PAGE):
                with trying(self.name), self.database.reading() as tx:
                    some = wanted[start : start + dead_letters.PAGE]
                    page = dead_letters.listed(tx, self.group, numbers=some)
                yield from page
            return
        last = 0
        while True:
            with trying(self.name), self.database.reading() as tx:
                page = dead_letters.listed(tx, self.group, after=last)
            if not page:
                return
            yield from page
            last = page[-1].number

    def _least_tried(self, most: int) -> list[dead_letters.DeadLetter]:
        with trying(self.name), self.database.reading() as tx:
            return dead_letters.least_tried(tx, self.group, most)

    def _work(self) -> int:
        deliveries = self._consumer.poll(self.batch)
        if not deliveries:
            self._forget_old()
            return 0
        if self._fresh:
            with self.database.transaction(f"stop of {self.group}") as tx:
                dead_letters.clear_stopped(tx, self.group)
            self._fresh = False
        try:
            finished = self._together(deliveries)
        except _SettleFailed:
            finished = self._one_by_one(deliveries)
        self._consumer.commit(finished)
        if self._in_a_row >= self.cap:
            self._stop()
        return len(finished)

    def _forget_old(self) -> None:
        """Once a day, when there is nothing else to do: the inbox must not grow for ever."""
        today = self.clock.now().date().toordinal()
        if today == self._forgotten_on:
            return
        with self.database.transaction(f"inbox of {self.group}") as tx:
            gone = inbox.forget_old(tx, self.group, today, today - KEPT_DAYS, FORGOTTEN_AT_ONCE)
        if gone < FORGOTTEN_AT_ONCE:
            self._forgotten_on = today

    def _together(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        batch = _Batch(in_a_row=self._in_a_row)
        with self.database.transaction(self._about(deliveries)) as tx:
            known = inbox.known(tx, self.group, [_id(d) for d in deliveries if self._wanted(d)])
            for delivery in deliveries:
                if self._wanted(delivery) and _id(delivery) not in known:
                    self._one(tx, delivery, batch)
                    known.add(_id(delivery))
                batch.finished.append(delivery)
                if batch.in_a_row >= self.cap:
                    break
            if batch.handled:
                self._settle(tx)
            self._record(tx, batch)
        self._in_a_row = batch.in_a_row
        for envelope in batch.handled:
            _log.info(
                "event handled",
                consumer=self.group,
                type=envelope.type,
                event_id=envelope.id,
                correlation_id=envelope.correlation_id,
            )
        return batch.finished

    def _one_by_one(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        finished = []
        for delivery in deliveries:
            try:
                self._together([delivery])
            except _SettleFailed as failure:
                batch = _Batch(in_a_row=self._in_a_row + 1)
                batch.dead.append((delivery, failure.__cause__ or failure))
                batch.dealt_with[_id(delivery)] = None
                with self.database.transaction(self._about([delivery])) as tx:
                    self._record(tx, batch)
                self._in_a_row = batch.in_a_row
            finished.append(delivery)
            if self._in_a_row >= self.cap:
                break
        return finished

    def _about(self, deliveries: Sequence[Delivery]) -> set[str]:
        """The keys of the events: whoever changes what hangs on a key waits, also a replica that was given its
        partition while we still finish with it, which then finds our inbox rows."""
        return {
            delivery.envelope.key if delivery.envelope else f"{delivery.topic}/{delivery.partition}"
            for delivery in deliveries
            if self._wanted(delivery)
        }

    def _wanted(self, delivery: Delivery) -> bool:
        return delivery.envelope is None or delivery.envelope.type in self.handlers

    def _one(self, tx: Connection, delivery: Delivery, batch: _Batch) -> None:
        prepared.command(tx, "SAVEPOINT event")
        try:
            if delivery.envelope is None:
                raise ValueError(delivery.fault)
            self._handle(tx, delivery.envelope)
        except Exception as error:
            if passes(error):
                raise
            prepared.command(tx, "ROLLBACK TO SAVEPOINT event")
            batch.dead.append((delivery, error))
            batch.in_a_row += 1
        else:
            batch.handled.append(delivery.envelope)
            batch.in_a_row = 0
        prepared.command(tx, "RELEASE SAVEPOINT event")
        batch.dealt_with[_id(delivery)] = None

    def _handle(self, tx: Connection, envelope: Envelope) -> None:
        # Whatever the handler announces follows from this event, and from the request that this event follows from.
        with correlation.following(envelope.correlation_id, envelope.id):
            self.handlers[envelope.type](tx, replace(envelope, data=catalogue.read(envelope)))

    def _settle(self, tx: Connection) -> None:
        if self.settle is None:
            return
        try:
            self.settle(tx)
        except Exception as error:
            if passes(error):
                raise
            raise _SettleFailed from error

    def _record(self, tx: Connection, batch: _Batch) -> None:
        try:
            inbox.record(tx, self.group, batch.dealt_with, self.clock.now().date().toordinal())
        except IntegrityError as clash:
            # Another worker of the group was faster; the next poll begins after what it committed.
            raise TryLater(f"{self.name}: somebody else handled this batch") from clash
        for delivery, error in batch.dead:
            envelope = delivery.envelope
            kind = envelope.type if envelope else "unreadable"
            event = envelope.to_json() if envelope else delivery.body
            dead_letters.add(
                tx,
                self.group,
                _id(delivery),
                kind,
                delivery.topic,
                event,
                dead_letters.reason(error),
                self.clock.now(),
            )
            # Only the kind of error: its text may quote what somebody wrote.
            _log.warning(
                "event set aside",
                consumer=self.group,
                event_id=_id(delivery),
                type=kind,
                error=type(error).__name__,
                correlation_id=envelope.correlation_id if envelope else None,
            )

    def _stop(self) -> None:
        self._stopped = (
            f"The {self.name} stopped: {self._in_a_row} events in a row could not be handled. "
            "They are kept as dead letters. Mend the cause, start again, then retry them."
        )
        with self.database.transaction(f"stop of {self.group}") as tx:
            dead_letters.mark_stopped(tx, self.group, self._stopped, self.clock.now())
        self.close()
        _log.error("worker stopped", consumer=self.group, dead_letters_in_a_row=self._in_a_row)
        raise WorkerStopped(self._stopped)

    def _retry_one(self, letter: dead_letters.DeadLetter) -> bool:
        try:
            envelope = Envelope.from_json(letter.event, topic=letter.topic)
            with self.database.transaction(envelope.key) as tx:
                self._handle(tx, envelope)
                if self.settle is not None:
                    self.settle(tx)
                dead_letters.forget(tx, letter.number)
        except Exception as error:
            if passes(error):
                raise TryLater(f"{self.name}: {type(error).__name__}") from error
            with self.database.transaction(()) as tx:
                dead_letters.failed_again(tx, letter.number, dead_letters.reason(error))
            return False
        return True


def _id(delivery: Delivery) -> str:
    if delivery.envelope is not None:
        return delivery.envelope.id
    return f"{delivery.topic}/{delivery.partition}/{delivery.offset}"
