"""The event log on Apache Kafka: CloudEvents in binary mode, acknowledged by all replicas, committed by hand.

Kafka keeps order within a partition only, and may hold an event twice after a producer was cut off; consumers
know an event by its id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from shared.contracts.envelope import Envelope
from shared.messaging.log.kafka_address import KafkaAddress
from shared.messaging.log.kafka_clients import opened
from shared.messaging.log.kafka_cluster import KafkaCluster
from shared.messaging.log.kafka_reader import KafkaReader
from shared.messaging.log.kafka_record import headers_of, value_of
from shared.messaging.log.port import LogAway

SEND_SECONDS = 20


class KafkaLog:
    """A Kafka cluster. Clients are made on first use, in each process for itself."""

    def __init__(self, url: str) -> None:
        self.address = KafkaAddress.from_url(url)
        self.cluster = KafkaCluster(self.address)
        self._producer: Any = None

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
        return KafkaReader(self.cluster, group, topics)

    def make_topics(self, topics: Sequence[str], compacted: Collection[str] = ()) -> list[str]:
        """Make the topics that are not there; which were made. Raises LogAway."""
        return self.cluster.make_topics(topics, compacted)

    def check(self) -> None:
        """Raises LogAway when no broker answers."""
        self.cluster.check()

    def close(self) -> None:
        """Close the clients. The next use opens them again."""
        self._drop_producer()
        self.cluster.close()

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
