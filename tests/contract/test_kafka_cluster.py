"""A cluster of three brokers: any one of them may be killed, and events are taken and given all the while."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from deploy.servers.kafka import Kafka
from deploy.servers.waiting import until
from shared.messaging.log.kafka_log import KafkaLog
from shared.messaging.log.port import LogAway
from tests.contract.log_contract import TOPIC, an_event

pytestmark = pytest.mark.slow
KEYS = 8
MORE = 24


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Brokers of its own, because they are killed."""
    server = Kafka(tmp_path_factory.mktemp("cluster"), nodes=3)
    server.start()
    yield server
    server.stop()


def test_brokers_may_die_in_turn_and_nothing_acknowledged_is_lost(cluster: Kafka) -> None:
    log = KafkaLog(f"kafka://{cluster.bootstrap}?replication=3&partitions=4&session=6000")
    log.make_topics([TOPIC])
    consumer = log.consumer("readers", [TOPIC])
    acknowledged: list[str] = []
    seen: list[str] = []

    def publish_some() -> None:
        events = [an_event(f"e/{n}") for n in range(KEYS)]
        try:
            log.publish(events)
        except LogAway:
            return
        acknowledged.extend(event.id for event in events)

    def read_some() -> None:
        try:
            batch = consumer.poll(100)
            consumer.commit(batch)
        except LogAway:
            return
        seen.extend(d.envelope.id for d in batch if d.envelope)

    def both_get_on(count: int) -> bool:
        publish_some()
        read_some()
        return len(acknowledged) >= count and len(set(seen)) >= count

    until(lambda: both_get_on(MORE), 60, "the first events")
    for node in (0, 2):
        cluster.stop_node(node, signal.SIGKILL)
        goal = len(acknowledged) + MORE
        until(lambda goal=goal: both_get_on(goal), 60, f"events to flow without broker {node}")  # type: ignore[misc]
        cluster.start_node(node)
    until(lambda: bool(read_some()) or set(acknowledged) <= set(seen), 60, "all that was acknowledged")
    consumer.close()
    log.close()
