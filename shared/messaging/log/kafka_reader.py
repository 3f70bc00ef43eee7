"""One member of a group of Kafka's readers, which never stays stuck.

kafka-python 3.0.12 can lose its way after a broker came back: a member that fetches and can never commit, because
nobody took up the end of its rebalance; a member that fetches nothing although events wait. Whoever gets on with
neither for a while leaves the group and joins it anew.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
    UnknownTopicOrPartitionError,
)
from kafka.structs import OffsetAndMetadata

from shared.messaging.log.kafka_clients import opened
from shared.messaging.log.kafka_cluster import KafkaCluster
from shared.messaging.log.kafka_record import delivery_of
from shared.messaging.log.port import Delivery, Ends, LogAway

IDLE_MILLISECONDS = 100
"""How long a poll waits for news, so that an idle worker rests in the broker's hands."""
CLOSING_POLLS = 30
"""So many polls at most pass until a commit is made that a rebalance held up."""
STUCK_SECONDS = 15.0
"""So long without a commit that is owed, or with nothing found although events wait, means that we lost our way."""
_LOST_THE_TURN = (CommitFailedError, RebalanceInProgressError, IllegalGenerationError, UnknownMemberIdError)


class KafkaReader:
    """One member of a group. Holds what it fetched until it is committed, and gives it again when asked again."""

    def __init__(self, cluster: KafkaCluster, group: str, topics: Sequence[str]) -> None:
        self.cluster = cluster
        self.group = group
        self.topics = tuple(topics)
        self._client: Any = None
        self._held: list[Delivery] = []
        self._done: dict[TopicPartition, int] = {}
        self._owed: dict[TopicPartition, int] = {}
        self._owed_since = 0.0
        self._quiet_since = 0.0
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
            slot = TopicPartition(self.cluster.address.topic(delivery.topic), delivery.partition)
            nexts[slot] = max(nexts.get(slot, self._done.get(slot, 0)), delivery.offset + 1)
        forward = {slot: at for slot, at in nexts.items() if at > self._done.get(slot, 0)}
        if not forward or self._client is None:
            return
        if not self._owed:
            self._owed_since = time.monotonic()
        self._done.update(forward)
        self._held = [d for d in self._held if d.offset >= self._done.get(self._slot(d), 0)]
        self._owed.update(forward)
        try:
            self._pay()
        except (KafkaError, OSError) as away:
            self._leave()
            raise LogAway(f"Kafka did not take the commit: {type(away).__name__}.") from away

    def ends(self) -> Ends:
        """Where each partition of its topics ends. Raises LogAway."""
        return self.cluster.ends(self.topics)

    def lag(self, until: Ends | None = None) -> int:
        """How many events the group has not committed yet, whoever reads for it; `until`: of those before these ends.

        Raises LogAway.
        """
        return self.cluster.lag(self.group, self.topics, until)

    def rewind(self) -> None:
        """Have the group begin at the first event. Raises GroupBusy, LogCut (Kafka has removed it), LogAway."""
        self.close()
        self.cluster.rewind(self.group, self.topics)

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
        """Commit what is still ours to commit. In the midst of a rebalance that fails and is done after a later poll:
        a partition that stays ours would otherwise look unread until its next event."""
        mine = self._client.assignment()
        self._owed = {slot: at for slot, at in self._owed.items() if slot in mine}
        if not self._owed:
            return
        try:
            self._client.commit({s: OffsetAndMetadata(at, "", -1) for s, at in self._owed.items()}, timeout_ms=10_000)
        except _LOST_THE_TURN:
            # A client that begins a rebalance because partitions look new to it, in a poll that has no time to wait for
            # the end, forgets to end it: it stays a member in name only, fetches, and none of its commits is taken.
            if time.monotonic() - self._owed_since > STUCK_SECONDS:
                self._leave()
            return
        self._owed.clear()

    def _fetch(self, maximum: int) -> None:
        client = self._open()
        lost = self._lost_its_way(client)
        full = len(self._held) >= maximum
        if full:
            # Still a member of the group, but taking nothing more: this is how a slow database holds Kafka back.
            client.pause(*client.assignment())
        wait = 0 if self._held else IDLE_MILLISECONDS
        found = client.poll(timeout_ms=wait, max_records=max(1, maximum - len(self._held)))
        if full:
            client.resume(*client.paused())
        self._pay()
        if self._client is None:
            return
        mine = client.assignment()
        self._held = [d for d in self._held if self._slot(d) in mine]
        for slot, records in found.items():
            self._take(slot, records)
        if self._held:
            self._quiet_since = time.monotonic()
        elif lost:
            self._leave()

    def _take(self, slot: TopicPartition, records: Sequence[Any]) -> None:
        first = records[0].offset
        if first < self._done.get(slot, 0):
            # A commit of ours never reached Kafka, which has gone back to the last it knows of. So do we: otherwise
            # these would count as done, never be committed, and come up for ever.
            self._done[slot] = first
            self._owed.pop(slot, None)
        self._held = [d for d in self._held if self._slot(d) != slot or d.offset < first]
        topic = self.cluster.address.plain(slot.topic)
        self._held.extend(delivery_of(topic, record) for record in records)

    def _lost_its_way(self, client: Any) -> bool:
        """Whether, after a long quiet, events wait that this reader should have found by now, or that nobody in the
        group gets on with. The poll that follows has the last word. Raises LogAway."""
        if self._held or time.monotonic() - self._quiet_since <= STUCK_SECONDS:
            return False
        self._quiet_since = time.monotonic()
        waiting = self.cluster.waiting(self.group, self.topics)
        mine = client.assignment()
        if mine:
            return not mine.isdisjoint(waiting)
        before, self._lag_before = self._lag_before, sum(waiting.values())
        return 0 < before <= self._lag_before

    def _open(self) -> Any:
        if self._client is None:
            self._client = opened(
                KafkaConsumer,
                **self.cluster.address.client_settings(),
                group_id=self.cluster.address.group(self.group),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                partition_assignment_strategy=self.cluster.address.assignors(),
                session_timeout_ms=self.cluster.address.session_ms,
                heartbeat_interval_ms=max(500, self.cluster.address.session_ms // 4),
                request_timeout_ms=max(10_000, self.cluster.address.session_ms + 1_000),
                max_partition_fetch_bytes=self.cluster.address.largest,
                fetch_max_wait_ms=IDLE_MILLISECONDS,
            )
            wanted = [self.cluster.address.topic(topic) for topic in self.topics]
            for topic in wanted:
                # Known before joining: a leader that does not know a topic's partitions deals out none of them.
                self._client.partitions_for_topic(topic)
            self._client.subscribe(wanted)
            self._quiet_since = time.monotonic()
        return self._client

    def _slot(self, delivery: Delivery) -> TopicPartition:
        return TopicPartition(self.cluster.address.topic(delivery.topic), delivery.partition)
