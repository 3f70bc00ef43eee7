"""What is asked of a Kafka cluster besides events: its topics, where they end, and how far a group has come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from kafka import TopicPartition
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

from shared.messaging.log.kafka_address import KafkaAddress
from shared.messaging.log.kafka_clients import opened
from shared.messaging.log.port import Ends, GroupBusy, LogAway, LogCut

_Answer = TypeVar("_Answer")


class KafkaCluster:
    """A Kafka cluster as its administrator sees it. The client is made on first use; threads ask one after another."""

    def __init__(self, address: KafkaAddress) -> None:
        self.address = address
        self._admin: Any = None
        self._asking = threading.Lock()

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
        """Close the client. The next question opens it again."""
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
