"""The event log on Apache Kafka: CloudEvents in binary mode, acknowledged by all replicas, committed by hand.

Kafka keeps order within a partition only, and may hold an event twice after a producer was cut off; consumers
know an event by its id.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic, OffsetSpec
from kafka.errors import (
    CoordinatorNotAvailableError,
    IllegalGenerationError,
    KafkaError,
    NoError,
    NotCoordinatorError,
    RebalanceInProgressError,
    TopicAlreadyExistsError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from shared.contracts.envelope import Envelope
from shared.messaging.log.kafka_address import KafkaAddress
from shared.messaging.log.kafka_clients import opened
from shared.messaging.log.kafka_reader import KafkaReader
from shared.messaging.log.kafka_record import headers_of, value_of
from shared.messaging.log.port import Ends, GroupBusy, LogAway, LogCut

SEND_SECONDS = 20
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

    def ends(self, topics: Sequence[str]) -> Ends:
        """Where each partition of the topics ends. Raises LogAway."""
        found = self._ends(topics)
        return {(self.address.plain(slot.topic), slot.partition): end for slot, end in found.items()}

    def lag(self, group: str, topics: Sequence[str], until: Ends | None = None) -> int:
        """How many events of the topics the group has not committed; `until`: of those before these ends.

        Raises LogAway.
        """
        return sum(self.waiting(group, topics, until).values())

    def waiting(self, group: str, topics: Sequence[str], until: Ends | None = None) -> dict[TopicPartition, int]:
        """The partitions with events the group has not committed, and how many each has. Raises LogAway."""
        ends = self._ends(topics)
        if until is not None:
            ends = {slot: until.get((self.address.plain(slot.topic), slot.partition), 0) for slot in ends}
        done = {slot: at.offset for slot, at in self._committed(group).items()}
        behind = [slot for slot, end in ends.items() if end > done.get(slot, 0)]
        if not behind:
            return {}
        # What Kafka has removed by now will never be read.
        starts = self.ask(lambda a: a.list_partition_offsets(dict.fromkeys(behind, OffsetSpec.EARLIEST)))
        left = {slot: ends[slot] - max(done.get(slot, 0), starts[slot].offset) for slot in behind}
        return {slot: count for slot, count in left.items() if count > 0}

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
                    self._admin = opened(KafkaAdminClient, **self.address.client_settings(), request_timeout_ms=10_000)
                return question(self._admin)
            except (KafkaError, OSError) as away:
                self._drop_admin()
                raise LogAway(f"Kafka cannot be reached: {type(away).__name__}.") from away

    def close(self) -> None:
        """Close the clients. The next use opens them again."""
        self._drop_producer()
        self._drop_admin()

    def _ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        slots = self._slots(topics)
        found = self.ask(lambda a: a.list_partition_offsets(dict.fromkeys(slots, OffsetSpec.LATEST)))
        return {slot: found[slot].offset for slot in slots}

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
                self._producer = opened(
                    KafkaProducer,
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


class _AlreadyThere(Exception):
    """The topic was made before."""


def _made(admin: Any, new: NewTopic) -> None:
    try:
        admin.create_topics([new], wait_for_metadata=True)
    except TopicAlreadyExistsError as there:
        raise _AlreadyThere from there
