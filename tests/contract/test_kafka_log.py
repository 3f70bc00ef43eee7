"""The event log on a real Apache Kafka, held to the contract of every log, and to what only a cluster can do wrong."""

from __future__ import annotations

import gc
import os
import signal
import threading
import uuid
from collections.abc import Iterator

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, MemberToRemove
from kafka.structs import MemberState

from deploy.servers.kafka import Kafka
from deploy.servers.waiting import until
from shared.contracts.catalogue import DIRECTORY
from shared.messaging.log import kafka_reader
from shared.messaging.log.kafka_address import KafkaAddress
from shared.messaging.log.kafka_log import KafkaLog
from shared.messaging.log.port import LogAway
from tests.contract.log_contract import OTHER, TOPIC, LogContract, an_event, take

pytestmark = pytest.mark.slow


@pytest.fixture
def url(kafka: Kafka) -> str:
    return f"kafka://{kafka.bootstrap}?prefix={uuid.uuid4().hex[:8]}.&partitions=4&session=6000"


@pytest.fixture
def logs(url: str) -> Iterator[list[KafkaLog]]:
    opened = [KafkaLog(url)]
    opened[0].make_topics([TOPIC, OTHER], compacted=[DIRECTORY])
    yield opened
    for log in opened:
        log.close()


class TestKafkaLog(LogContract):
    @pytest.fixture(autouse=True)
    def _a_cluster(self, url: str, logs: list[KafkaLog]) -> None:
        def open_log() -> KafkaLog:
            logs.append(KafkaLog(url))
            return logs[-1]

        self.open_log = open_log


def test_events_travel_in_cloudevents_binary_mode(kafka: Kafka, logs: list[KafkaLog]) -> None:
    event = an_event("e/s")
    logs[0].publish([event])
    topic = logs[0].address.topic(TOPIC)
    plain = KafkaConsumer(topic, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    found: list = []  # type: ignore[type-arg]
    until(lambda: bool(found.extend(r for rs in plain.poll(200).values() for r in rs)) or bool(found), 20, "the record")
    plain.close()
    headers = {name: value.decode() for name, value in found[0].headers}
    assert headers["ce_id"] == event.id
    assert headers["ce_type"] == event.type
    assert headers["ce_specversion"] == "1.0"
    assert headers["content-type"] == "application/json"
    assert found[0].key == b"e/s"
    assert b"ce_" not in found[0].value


def test_topics_are_made_once_and_the_directory_is_compacted(logs: list[KafkaLog], kafka: Kafka) -> None:
    assert logs[0].make_topics([TOPIC, OTHER], compacted=[DIRECTORY]) == []
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    name = logs[0].address.topic(DIRECTORY)
    described = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    admin.close()
    assert "compact" in str(described)


def test_what_is_no_event_is_delivered_with_its_fault(kafka: Kafka, logs: list[KafkaLog]) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    producer.send(logs[0].address.topic(TOPIC), value=b"\xff not json", key=b"k").get(10)
    producer.close()
    consumer = logs[0].consumer("readers", [TOPIC])
    (delivery,) = take(consumer, 1)
    consumer.close()
    assert delivery.envelope is None
    assert delivery.fault


def test_two_readers_share_a_topic_and_the_survivor_gets_all(logs: list[KafkaLog]) -> None:
    first, second = logs[0].consumer("pair", [TOPIC]), logs[0].consumer("pair", [TOPIC])
    seen: dict[str, list[str]] = {"first": [], "second": []}

    def both_read() -> bool:
        for name, reader in (("first", first), ("second", second)):
            batch = reader.poll(10)
            reader.commit(batch)
            seen[name].extend(d.envelope.id for d in batch if d.envelope)
        return bool(seen["first"]) and bool(seen["second"])

    sent: list[str] = []

    def publish_and_read() -> bool:
        events = [an_event(f"e/{n}") for n in range(8)]
        logs[0].publish(events)
        sent.extend(e.id for e in events)
        return both_read()

    until(publish_and_read, 40, "both readers to have a share")
    second.close()

    def rest_read() -> bool:
        batch = first.poll(50)
        first.commit(batch)
        seen["first"].extend(d.envelope.id for d in batch if d.envelope)
        return first.lag() == 0

    until(rest_read, 40, "the survivor to read the rest")
    first.close()
    assert set(seen["first"]) | set(seen["second"]) == set(sent)


def test_a_cluster_that_is_away_is_said_to_be() -> None:
    log = KafkaLog("kafka://127.0.0.1:9?session=6000&patience=1000")
    with pytest.raises(LogAway):
        log.publish([an_event()])
    with pytest.raises(LogAway):
        log.consumer("readers", [TOPIC]).poll(1)
    with pytest.raises(LogAway):
        log.consumer("readers", [TOPIC]).lag()


def test_topics_that_are_missing_are_named(url: str) -> None:
    log = KafkaLog(url)
    with pytest.raises(LogAway, match="opendoor topics create"):
        log.consumer("readers", ["opendoor.nowhere"]).lag()
    log.close()


def test_the_broker_may_be_killed_and_nothing_acknowledged_is_lost(kafka: Kafka, logs: list[KafkaLog]) -> None:
    log = logs[0]
    acknowledged: list[str] = []
    consumer = log.consumer("readers", [TOPIC])
    seen: list[str] = []

    def publish_some() -> None:
        events = [an_event(f"e/{n}") for n in range(5)]
        try:
            log.publish(events)
        except LogAway:
            return
        acknowledged.extend(e.id for e in events)

    def read_some() -> bool:
        try:
            batch = consumer.poll(20)
            consumer.commit(batch)
            seen.extend(d.envelope.id for d in batch if d.envelope)
            return consumer.lag() == 0
        except LogAway:
            return False

    publish_some()
    until(lambda: read_some() and len(seen) == 5, 30, "the first events")
    kafka.stop_node(0, signal.SIGKILL)
    kafka.start_node(0)
    until(lambda: publish_some() is None and len(acknowledged) >= 30, 60, "the broker to take events again")
    until(read_some, 90, "everything to be read")
    consumer.close()
    assert set(acknowledged) <= set(seen)


def test_a_reader_put_out_of_its_group_reads_again_what_it_could_not_commit(logs: list[KafkaLog]) -> None:
    log = logs[0]
    log.publish([an_event(number=n) for n in range(6)])
    reader = log.consumer("readers", [TOPIC])
    batch = take(reader, 4)
    _put_out(log, "readers")
    reader.commit(batch)
    seen: list[int] = []

    def the_rest_read() -> bool:
        found = reader.poll(4)
        reader.commit(found)
        seen.extend(d.offset for d in found)
        return reader.lag() == 0

    until(the_rest_read, 30, "all to be read and committed")
    reader.close()
    assert sorted(set(seen)) == [0, 1, 2, 3, 4, 5]


def test_a_reader_whose_rebalance_was_never_ended_joins_anew(
    logs: list[KafkaLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logs[0]
    log.publish([an_event(number=n) for n in range(4)])
    reader = log.consumer("readers", [TOPIC])
    reader.commit(take(reader, 2))
    # What kafka-python comes to after a broker came back: the partitions look new, so the member begins a rebalance, in
    # a poll that has no time to wait for its end; at the next poll they look known, and nobody takes up the end.
    client = reader._client
    monkeypatch.setattr(client._coordinator, "need_rejoin", lambda: False)
    client._coordinator.state = MemberState.REBALANCING
    reader.commit(take(reader, 2))
    assert client.group_metadata().state is MemberState.REBALANCING
    assert reader.lag() == 2
    monkeypatch.setattr(kafka_reader, "STUCK_SECONDS", 1.0)

    def all_committed() -> bool:
        reader.commit(reader.poll(4))
        return reader.lag() == 0

    until(all_committed, 30, "the commits to be taken again")
    assert reader._client is not client
    reader.close()


def test_a_reader_that_finds_nothing_although_events_wait_joins_anew(
    logs: list[KafkaLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_reader, "STUCK_SECONDS", 1.0)
    log = logs[0]
    log.publish([an_event(number=0)])
    reader = log.consumer("readers", [TOPIC])
    reader.commit(take(reader, 1))
    reader._client.pause(*reader._client.assignment())
    log.publish([an_event(number=1)])
    assert [d.offset for d in take(reader, 1)] == [1]
    reader.close()


def test_a_cluster_that_stays_away_takes_neither_threads_nor_sockets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "kafka")  # a record that is kept keeps what it tells of
    log = KafkaLog("kafka://127.0.0.1:9?session=6000&patience=200")
    consumer = log.consumer("readers", [TOPIC])

    def ask_everything() -> tuple[int, int]:
        for question in (lambda: log.publish([an_event()]), lambda: consumer.poll(1), consumer.lag):
            with pytest.raises(LogAway):
                question()
        gc.collect()
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    before = ask_everything()
    assert [ask_everything() for _ in range(3)] == [before] * 3


def _put_out(log: KafkaLog, group: str) -> None:
    """Have Kafka forget the members of a group, as it does with those it has not heard of for too long."""
    name = log.address.group(group)
    members = log.cluster.ask(lambda admin: admin.describe_groups([name]))[name]["members"]
    log.cluster.ask(
        lambda admin: admin.remove_group_members(name, [MemberToRemove(member_id=m["member_id"]) for m in members])
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("kafka://", "must look like"),
        ("http://x:1", "must look like"),
        ("kafka://h:9092?colour=red", "asks for colour"),
    ],
)
def test_a_url_that_makes_no_sense_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        KafkaAddress.from_url(url)


def test_a_url_says_how_to_prove_who_we_are() -> None:
    address = KafkaAddress.from_url(
        "kafka://opendoor:s%40cret@a:1,b:2?security=SASL_SSL&mechanism=SCRAM-SHA-512&ca=/etc/ca.pem&replication=3"
    )
    settings = address.client_settings()
    assert settings["bootstrap_servers"] == ["a:1", "b:2"]
    assert (settings["sasl_plain_username"], settings["sasl_plain_password"]) == ("opendoor", "s@cret")
    assert (settings["security_protocol"], settings["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (settings["ssl_cafile"], address.replication) == ("/etc/ca.pem", 3)
