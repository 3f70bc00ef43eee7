"""The event log of one machine: a SQLite file of its own, apart from every service's database, so that publishing is
no more atomic with a fact than it is with Kafka and the outbox is used every day."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from shared.contracts.envelope import Envelope, EnvelopeRefused
from shared.messaging.log.port import Delivery, Ends, GroupBusy, LogAway, NewerLog
from shared.messaging.turn import Turn

PARTITIONS = 8
FORMAT = 1
BUSY_SECONDS = 20

_SHAPE = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
    position INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL,
    event_id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (topic, partition, "offset"));
CREATE TABLE ends (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)) WITHOUT ROWID;
CREATE TABLE commits (
    consumer TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (consumer, topic, partition)) WITHOUT ROWID;
"""

_left_to_the_parent: list[sqlite3.Connection] = []
"""Connections made before a fork. Closing one in the child could take the file's locks away from the parent."""


class SqliteLog:
    """An event log in one file. `partitions` counts only for a new file; an old one keeps the number it began with."""

    def __init__(self, path: Path, *, partitions: int = PARTITIONS) -> None:
        self.path = path
        self._wanted_partitions = partitions
        self._partitions = 0
        self._connection: sqlite3.Connection | None = None
        self._opened_by = 0
        self._lock = threading.RLock()

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Append these, in this order; durable on return. Event ids that are there already are passed over."""
        with self.writing() as file:
            there = _present(file, [e.id for e in envelopes])
            ends: dict[tuple[str, int], int] = {}
            rows = []
            for envelope in envelopes:
                if envelope.id in there:
                    continue
                there.add(envelope.id)
                slot = (envelope.topic, crc32(envelope.key.encode()) % self._partitions)
                if slot not in ends:
                    ends[slot] = _end(file, *slot)
                rows.append((*slot, ends[slot], envelope.id, envelope.key, envelope.to_json()))
                ends[slot] += 1
            file.executemany(
                'INSERT INTO events (topic, partition, "offset", event_id, key, body) VALUES (?, ?, ?, ?, ?, ?)',
                rows,
            )
            file.executemany(
                "INSERT INTO ends VALUES (?, ?, ?) ON CONFLICT (topic, partition) DO UPDATE SET next = excluded.next",
                [(topic, partition, end) for (topic, partition), end in ends.items()],
            )

    def make_topics(self, topics: Sequence[str], compacted: Collection[str] = ()) -> list[str]:
        """None: a topic is there as soon as something is published to it."""
        return []

    def check(self) -> None:
        """Raises LogAway when the file cannot be read."""
        with self.reading() as file:
            file.execute("SELECT 1 FROM facts").fetchone()

    def consumer(self, group: str, topics: Sequence[str]) -> SqliteConsumer:
        """A reader for `group`, which gets nothing while another live one has the turn."""
        return SqliteConsumer(self, group, topics)

    def close(self) -> None:
        """Close the file. The next use opens it again."""
        with self._lock:
            if self._connection is not None and self._opened_by == os.getpid():
                self._connection.close()
            self._connection = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The open file, for one reader at a time. Raises LogAway, NewerLog."""
        with self._lock:
            try:
                yield self._open()
            except sqlite3.OperationalError as error:
                raise LogAway(str(error)) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction on the file: durable at the end of the block, or nothing of it. Raises LogAway."""
        with self.reading() as file:
            file.execute("BEGIN IMMEDIATE")
            try:
                yield file
                file.execute("COMMIT")
            except BaseException:
                if file.in_transaction:
                    file.execute("ROLLBACK")
                raise

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._opened_by == os.getpid():
            return self._connection
        if self._connection is not None:
            _left_to_the_parent.append(self._connection)
            self._connection = None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-2048"):
                file.execute(f"PRAGMA {pragma}")
            self._partitions = _prepare(file, self._wanted_partitions)
        except BaseException:
            file.close()
            raise
        self._connection, self._opened_by = file, os.getpid()
        return file


class SqliteConsumer:
    """Reads for one group in the order in which events were published, whatever their topic and partition."""

    def __init__(self, log: SqliteLog, group: str, topics: Sequence[str]) -> None:
        self.log = log
        self.group = group
        self.topics = tuple(topics)
        name = re.sub(r"[^a-z0-9-]", "_", group.lower())
        self._turn = Turn(log.path.with_name(f"{log.path.name}.groups") / f"{name}.{crc32(group.encode()):08x}")

    def poll(self, maximum: int) -> list[Delivery]:
        """What follows the last commit; nothing while another consumer of the group lives. Raises LogAway."""
        if not self._turn.take():
            return []
        with self.log.reading() as file:
            positions: list[int] = []
            for topic, partition, committed, _ in self._behind(file):
                found = file.execute(
                    'SELECT position FROM events WHERE topic = ? AND partition = ? AND "offset" >= ?'
                    ' ORDER BY "offset" LIMIT ?',
                    (topic, partition, committed, maximum),
                )
                positions.extend(position for (position,) in found)
            positions = sorted(positions)[:maximum]
            marks = ",".join("?" * len(positions))
            rows = file.execute(
                f'SELECT topic, partition, "offset", body FROM events WHERE position IN ({marks}) ORDER BY position',
                positions,
            ).fetchall()
        return [_delivery(*row) for row in rows]

    def commit(self, deliveries: Sequence[Delivery]) -> None:
        """The group is done with these; durable on return. Never moves an offset back. Raises LogAway."""
        nexts: dict[tuple[str, int], int] = {}
        for delivery in deliveries:
            slot = (delivery.topic, delivery.partition)
            nexts[slot] = max(nexts.get(slot, 0), delivery.offset + 1)
        if nexts:
            with self.log.writing() as file:
                file.executemany(
                    "INSERT INTO commits VALUES (?, ?, ?, ?) ON CONFLICT (consumer, topic, partition)"
                    " DO UPDATE SET next = max(next, excluded.next)",
                    [(self.group, topic, partition, following) for (topic, partition), following in nexts.items()],
                )

    def ends(self) -> Ends:
        """Where each partition with something left ends. Raises LogAway."""
        with self.log.reading() as file:
            return {(topic, partition): end for topic, partition, _, end in self._behind(file)}

    def lag(self, until: Ends | None = None) -> int:
        """How many events the group has not committed; `until`: of those before these ends. Raises LogAway."""
        with self.log.reading() as file:
            behind = self._behind(file)
        if until is None:
            return sum(end - committed for _, _, committed, end in behind)
        return sum(max(0, until.get((topic, partition), 0) - committed) for topic, partition, committed, _ in behind)

    def rewind(self) -> None:
        """Forget how far the group has come. Nothing is ever removed from this log. Raises GroupBusy, LogAway."""
        if not self._turn.take():
            raise GroupBusy(f"Somebody reads for the group {self.group}: stop the services first.")
        with self.log.writing() as file:
            marks = ",".join("?" * len(self.topics))
            file.execute(f"DELETE FROM commits WHERE consumer = ? AND topic IN ({marks})", (self.group, *self.topics))

    def close(self) -> None:
        """Give the turn to another consumer of the group."""
        self._turn.give_back()

    def _behind(self, file: sqlite3.Connection) -> list[tuple[str, int, int, int]]:
        """(topic, partition, next offset to read, end) of every partition with something left."""
        marks = ",".join("?" * len(self.topics))
        return file.execute(
            "SELECT e.topic, e.partition, coalesce(c.next, 0) AS here, e.next FROM ends e LEFT JOIN commits c"
            " ON c.consumer = ? AND c.topic = e.topic AND c.partition = e.partition"
            f" WHERE e.topic IN ({marks}) AND e.next > coalesce(c.next, 0)",
            (self.group, *self.topics),
        ).fetchall()


def _prepare(file: sqlite3.Connection, partitions: int) -> int:
    """Make the tables of a new file; how many partitions a topic has. Raises NewerLog."""
    if file.execute("PRAGMA user_version").fetchone()[0] == 0:
        file.execute("BEGIN IMMEDIATE")
        try:
            if file.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in _SHAPE.strip().split(";\n"):
                    file.execute(statement)
                file.execute("INSERT INTO facts VALUES ('partitions', ?)", (partitions,))
                file.execute(f"PRAGMA user_version = {FORMAT}")
            file.execute("COMMIT")
        except BaseException:
            if file.in_transaction:
                file.execute("ROLLBACK")
            raise
    if file.execute("PRAGMA user_version").fetchone()[0] > FORMAT:
        raise NewerLog("The event log was last used with a newer version of Open Door.")
    return int(file.execute("SELECT value FROM facts WHERE name = 'partitions'").fetchone()[0])


def _present(file: sqlite3.Connection, event_ids: Sequence[str]) -> set[str]:
    marks = ",".join("?" * len(event_ids))
    found = file.execute(f"SELECT event_id FROM events WHERE event_id IN ({marks})", event_ids)
    return {event_id for (event_id,) in found}


def _end(file: sqlite3.Connection, topic: str, partition: int) -> int:
    row = file.execute("SELECT next FROM ends WHERE topic = ? AND partition = ?", (topic, partition)).fetchone()
    return int(row[0]) if row else 0


def _delivery(topic: str, partition: int, offset: int, body: str) -> Delivery:
    try:
        return Delivery(topic, partition, offset, Envelope.from_json(body, topic=topic))
    except EnvelopeRefused as refused:
        return Delivery(topic, partition, offset, None, fault=str(refused), body=body)
