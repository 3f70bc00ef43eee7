"""The event log on Apache Kafka: CloudEvents in binary mode, acknowledged by all replicas, committed by hand.

Kafka keeps order within a partition only, and may hold an event twice after a producer was cut off; consumers
know an event by its id. A worker that finds nothing while there is something to find builds its consumer anew,
which kafka-python needs now and then after a broker came back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic, OffsetSpec
from kafka.errors import (
    CommitFailedError,
    CoordinatorNotAvailableError,
    IllegalGenerationError,
    KafkaError,
    NoError,
    NotCoordinatorError,
    RebalanceInProgressError,
    TopicAlreadyExistsError,
    UnknownMemberIdError,
    UnknownTopicOrPartitionError,
)
from kafka.structs import OffsetAndMetadata

from shared.contracts.envelope import Envelope
from shared.messaging.log.kafka_address import KafkaAddress
from shared.messaging.log.kafka_record import delivery_of, headers_of, value_of
from shared.messaging.log.port import Delivery, GroupBusy, LogAway, LogCut

SEND_SECONDS = 20
IDLE_MILLISECONDS = 100
"""How long a poll waits for news, so that an idle worker rests in the broker's hands."""
CLOSING_POLLS = 30
"""So many polls at most pass until a commit is made that a rebalance held up."""
STUCK_SECONDS = 15.0
"""So long with nothing found although events wait means that the consumer has lost its way."""
_LOST_THE_TURN = (CommitFailedError, RebalanceInProgressError, IllegalGenerationError, UnknownMemberIdError)
_Answer = TypeVar("_Answer")


class KafkaLog:
    """A Kafka cluster. Clients are made on first use, in each process for itself."""

    def __init__(self, url: str) -> None:
        self.address = KafkaAddress.from_url(url)
        self._producer: Any = None
        self._admin: Any = None
        self._asking = threading.Lock()

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Append these; durable on return. After LogAway some may be there: publish all of them again."""
        if not envelopes:
            return
        producer = self._open_producer()
        try:
            # The relay hands over a bounded batch and waits for all of it, so no more than that is ever in flight.
            sent = [
                producer.send(self.address.topic(e.topic), key=e.key.encode(), value=value_of(e), headers=headers_of(e))
                for e in envelopes
            ]
            for future in sent:
                future.get(timeout=SEND_SECONDS)
        except (KafkaError, OSError) as away:
            # What this producer still holds must not come out late, after the relay has sent it by another.
            self._drop_producer()
            raise LogAway(f"Kafka did not take the events: {type(away).__name__}.") from away

    def consumer(self, group: str, topics: Sequence[str]) -> KafkaReader:
        """A reader for `group`; it joins the group when it first polls."""
        return KafkaReader(self, group, topics)

    def make_topics(self, topics: Sequence[str], compacted: Collection[str] = ()) -> list[str]:
        """Make the topics that are not there; which were made. Raises LogAway."""
        return [topic for topic in topics if self._make_topic(topic, topic in compacted)]

    def check(self) -> None:
        """Raises LogAway when no broker answers."""
        self.ask(lambda admin: admin.describe_cluster())

    def lag(self, group: str, topics: Sequence[str]) -> int:
        """How many events of the topics the group has not committed. Raises LogAway."""
        slots = self._slots(topics)
        ends = self.ask(lambda a: a.list_partition_offsets(dict.fromkeys(slots, OffsetSpec.LATEST)))
        done = {slot: at.offset for slot, at in self._committed(group).items()}
        behind = [slot for slot in slots if ends[slot].offset > done.get(slot, 0)]
        if not behind:
            return 0
        # What Kafka has removed by now will never be read.
        starts = self.ask(lambda a: a.list_partition_offsets(dict.fromkeys(behind, OffsetSpec.EARLIEST)))
        return sum(max(0, ends[slot].offset - max(done.get(slot, 0), starts[slot].offset)) for slot in behind)

    def rewind(self, group: str, topics: Sequence[str]) -> None:
        """Set the group's offsets to 0. Raises GroupBusy while it has members, LogCut, LogAway."""
        slots = self._slots(topics)
        starts = self.ask(lambda a: a.list_partition_offsets(dict.fromkeys(slots, OffsetSpec.EARLIEST)))
        cut = sorted({slot.topic for slot in slots if starts[slot].offset > 0})
        if cut:
            raise LogCut(f"Kafka has removed the first events of {', '.join(cut)}: nothing can be rebuilt.")
        nowhere = {slot: OffsetAndMetadata(0, "", -1) for slot in slots}
        told = self.ask(lambda a: a.alter_group_offsets(self.address.group(group), nowhere))
        faults = {fault for fault in told.values() if fault is not NoError}
        if faults & {UnknownMemberIdError, RebalanceInProgressError, IllegalGenerationError}:
            raise GroupBusy(f"Somebody reads for the group {group}: stop the services first.")
        if faults:
            raise LogAway(f"Kafka did not take the offsets: {', '.join(sorted(f.__name__ for f in faults))}.")

    def ask(self, question: Callable[[Any], _Answer]) -> _Answer:
        """Put a question to the cluster's admin. Raises LogAway."""
        with self._asking:
            try:
                if self._admin is None:
                    self._admin = KafkaAdminClient(**self.address.client_settings(), request_timeout_ms=10_000)
                return question(self._admin)
            except (KafkaError, OSError) as away:
                self._drop_admin()
                raise LogAway(f"Kafka cannot be reached: {type(away).__name__}.") from away

    def close(self) -> None:
        """Close the clients. The next use opens them again."""
        self._drop_producer()
        self._drop_admin()

    def _slots(self, topics: Sequence[str]) -> list[TopicPartition]:
        here = {self.address.topic(topic) for topic in topics}
        described = self.ask(lambda admin: admin.describe_topics(sorted(here)))
        if any(topic.get("error_code") for topic in described):
            raise LogAway("Kafka has not all the topics; make them with: opendoor topics create")
        return [
            TopicPartition(topic["name"], partition["partition_index"])
            for topic in described
            for partition in topic["partitions"]
        ]

    def _committed(self, group: str) -> dict[TopicPartition, OffsetAndMetadata]:
        def asked(admin: Any) -> dict[TopicPartition, OffsetAndMetadata]:
            try:
                found = admin.list_group_offsets(self.address.group(group))
            except (CoordinatorNotAvailableError, NotCoordinatorError):
                return {}  # the cluster has not made room for any group's offsets yet: nothing is committed
            return {slot: at for slot, at in found.get(self.address.group(group), {}).items() if at.offset >= 0}

        return self.ask(asked)

    def _make_topic(self, topic: str, compacted: bool) -> bool:
        how = {"cleanup.policy": "compact" if compacted else "delete", "retention.ms": str(self.address.retention_ms)}
        new = NewTopic(
            self.address.topic(topic),
            self.address.partitions,
            self.address.replication,
            topic_configs=how | {"max.message.bytes": str(self.address.largest)},
        )
        try:
            self.ask(lambda admin: _made(admin, new))
        except _AlreadyThere:
            return False
        return True

    def _open_producer(self) -> Any:
        if self._producer is None:
            try:
                self._producer = KafkaProducer(
                    **self.address.client_settings(),
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=2,
                    max_block_ms=5_000,
                    delivery_timeout_ms=SEND_SECONDS * 1000,
                    request_timeout_ms=10_000,
                    max_request_size=self.address.largest,
                )
            except (KafkaError, OSError) as away:
                raise LogAway(f"Kafka cannot be reached: {type(away).__name__}.") from away
        return self._producer

    def _drop_producer(self) -> None:
        if self._producer is not None:
            with suppress(KafkaError, OSError):
                # Its own close() first waits for what it could not send, gives up on that with an error, and leaves
                # the thread running that sends.
                self._producer._sender.force_close()
                self._producer.close(timeout=1)
            self._producer = None

    def _drop_admin(self) -> None:
        if self._admin is not None:
            with suppress(KafkaError, OSError):
                self._admin.close()
            self._admin = None


class KafkaReader:
    """One member of a group. Holds what it fetched until it is committed, and gives it again when asked again."""

    def __init__(self, log: KafkaLog, group: str, topics: Sequence[str]) -> None:
        self.log = log
        self.group = group
        self.topics = tuple(topics)
        self._client: Any = None
        self._held: list[Delivery] = []
        self._done: dict[TopicPartition, int] = {}
        self._owed: dict[TopicPartition, int] = {}
        self._last_found = 0.0
        self._lag_before = 0

    def poll(self, maximum: int) -> list[Delivery]:
        """What was fetched and not committed, and more if there is room. Waits a moment for news. Raises LogAway."""
        try:
            self._fetch(maximum)
        except UnknownTopicOrPartitionError as missing:
            raise LogAway("Kafka has not all the topics; make them with: opendoor topics create") from missing
        except (KafkaError, OSError) as away:
            self._leave()
            raise LogAway(f"Kafka cannot be read: {type(away).__name__}.") from away
        return self._held[:maximum]

    def commit(self, deliveries: Sequence[Delivery]) -> None:
        """The group is done with these. When the group has given them to another reader meanwhile, it reads them
        again and knows them by their ids. Raises LogAway."""
        nexts: dict[TopicPartition, int] = {}
        for delivery in deliveries:
            slot = TopicPartition(self.log.address.topic(delivery.topic), delivery.partition)
            nexts[slot] = max(nexts.get(slot, self._done.get(slot, 0)), delivery.offset + 1)
        forward = {slot: at for slot, at in nexts.items() if at > self._done.get(slot, 0)}
        if not forward or self._client is None:
            return
        self._done.update(forward)
        self._held = [d for d in self._held if d.offset >= self._done.get(self._slot(d), 0)]
        self._owed.update(forward)
        try:
            self._pay()
        except (KafkaError, OSError) as away:
            self._leave()
            raise LogAway(f"Kafka did not take the commit: {type(away).__name__}.") from away

    def lag(self) -> int:
        """How many events the group has not committed yet, whoever reads for it. Raises LogAway."""
        return self.log.lag(self.group, self.topics)

    def rewind(self) -> None:
        """Have the group begin at the first event. Raises GroupBusy, LogCut (Kafka has removed it), LogAway."""
        self.close()
        self.log.rewind(self.group, self.topics)

    def close(self) -> None:
        """Leave the group; others of it go on from the last commit, which a rebalance may have kept from being made."""
        with suppress(KafkaError, OSError):
            for _ in range(CLOSING_POLLS):
                if not self._owed or self._client is None:
                    break
                self._client.poll(timeout_ms=IDLE_MILLISECONDS, max_records=1)
                self._pay()
        self._leave()

    def _leave(self) -> None:
        self._held.clear()
        self._done.clear()
        self._owed.clear()
        if self._client is not None:
            with suppress(KafkaError, OSError, RuntimeError):
                self._client.close(autocommit=False, timeout_ms=3_000)
            self._client = None

    def _pay(self) -> None:
        """Commit what is still ours to commit. In the midst of a rebalance that fails and is done after the next poll:
        a partition that stays ours would otherwise look unread until its next event."""
        mine = self._client.assignment()
        self._owed = {slot: at for slot, at in self._owed.items() if slot in mine}
        if self._owed:
            offsets = {slot: OffsetAndMetadata(at, "", -1) for slot, at in self._owed.items()}
            with suppress(*_LOST_THE_TURN):
                self._client.commit(offsets, timeout_ms=10_000)
                self._owed.clear()

    def _fetch(self, maximum: int) -> None:
        client = self._open()
        full = len(self._held) >= maximum
        if full:
            # Still a member of the group, but taking nothing more: this is how a slow database holds Kafka back.
            client.pause(*client.assignment())
        wait = 0 if self._held else IDLE_MILLISECONDS
        found = client.poll(timeout_ms=wait, max_records=max(1, maximum - len(self._held)))
        if full:
            client.resume(*client.paused())
        self._pay()
        mine = client.assignment()
        self._held = [d for d in self._held if self._slot(d) in mine]
        for slot, records in found.items():
            topic = self.log.address.plain(slot.topic)
            self._held.extend(delivery_of(topic, record) for record in records)
        if self._held:
            self._last_found = time.monotonic()
        elif time.monotonic() - self._last_found > STUCK_SECONDS:
            self._last_found = time.monotonic()
            if self._lost_its_way(client):
                self._leave()

    def _lost_its_way(self, client: Any) -> bool:
        """Whether events wait that this reader should have found, or that nobody in the group gets on with."""
        mine = list(client.assignment())
        if mine:
            return any(end > (client.position(slot) or 0) for slot, end in client.end_offsets(mine).items())
        before, self._lag_before = self._lag_before, self.lag()
        return 0 < before <= self._lag_before

    def _open(self) -> Any:
        if self._client is None:
            self._client = KafkaConsumer(
                **self.log.address.client_settings(),
                group_id=self.log.address.group(self.group),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                partition_assignment_strategy=self.log.address.assignors(),
                session_timeout_ms=self.log.address.session_ms,
                heartbeat_interval_ms=max(500, self.log.address.session_ms // 4),
                request_timeout_ms=max(10_000, self.log.address.session_ms + 1_000),
                max_partition_fetch_bytes=self.log.address.largest,
                fetch_max_wait_ms=IDLE_MILLISECONDS,
            )
            wanted = [self.log.address.topic(topic) for topic in self.topics]
            for topic in wanted:
                # Known before joining: a leader that does not know a topic's partitions deals out none of them.
                self._client.partitions_for_topic(topic)
            self._client.subscribe(wanted)
            self._last_found = time.monotonic()
        return self._client

    def _slot(self, delivery: Delivery) -> TopicPartition:
        return TopicPartition(self.log.address.topic(delivery.topic), delivery.partition)


class _AlreadyThere(Exception):
    """The topic was made before."""


def _made(admin: Any, new: NewTopic) -> None:
    try:
        admin.create_topics([new], wait_for_metadata=True)
    except TopicAlreadyExistsError as there:
        raise _AlreadyThere from there
