"""Records no producer of ours would write, put straight on the log: what somebody else's program, a later version of
ours or a broken disk might leave there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from kafka import KafkaConsumer, KafkaProducer

from shared.contracts import catalogue
from shared.contracts.catalogue import ASSESSMENTS, DIRECTORY, VISITS

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Record:
    """One record. `dies`: its consumers must set it aside; otherwise it must change nothing."""

    topic: str
    key: bytes | None
    headers: Headers
    value: bytes
    dies: bool = True


def headers(type_: str, key: str, **changes: str) -> Headers:
    """The headers of a sound event, with changes."""
    found = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "type": type_,
        "source": "/elsewhere",
        "time": datetime.now(UTC).isoformat(),
        "partitionkey": key,
    }
    return [(f"ce_{name}", text.encode()) for name, text in (found | changes).items()]


def bad_records(key: str) -> list[Record]:
    """Malformed, oversized and hostile ones, for every topic that is consumed; `key` is one that sound events have."""
    a_type = {
        DIRECTORY: catalogue.PERSON_LISTED,
        VISITS: catalogue.VISIT_SUBMITTED,
        ASSESSMENTS: catalogue.WAVE_ASSESSED,
    }
    found = []
    for topic, type_ in a_type.items():
        good = headers(type_, key)
        where = key.encode()
        found += [
            Record(topic, where, good, b"\xff\xfe not JSON"),
            Record(topic, where, [], b"{}"),
            # A compacted topic takes nothing without a key.
            Record(topic, where if topic == DIRECTORY else None, [("ce_id", b"\xff")], b"\x00\x00"),
            Record(topic, where, headers(type_, key), b"[" * 100_000),
            Record(topic, where, headers(type_, key), b'{"visit_id": "\\ud800", "person_id": "\\u0000"}'),
            Record(topic, where, headers(type_, key, id="half \x00 an id"), b"{}"),
            Record(topic, where, headers(type_, key), json.dumps({"version": 10**400}).encode()),
            Record(topic, where, headers(type_, key), json.dumps({"words": "x" * 3_000_000}).encode()),
            Record(topic, where, headers(type_[:-1] + "9", key), b'{"from": "the future"}', dies=False),
            Record(topic, where, headers("com.example.other", key), b'{"of": "somebody else"}', dies=False),
        ]
    return found


def publish(bootstrap: str, prefix: str, records: Sequence[Record]) -> None:
    """Put them on the log as they are."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, max_request_size=6_000_000, acks="all")
    try:
        sent = [producer.send(prefix + r.topic, key=r.key, value=r.value, headers=r.headers) for r in records]
        for future in sent:
            future.get(timeout=30)
    finally:
        producer.close()


def again_and_shuffled(bootstrap: str, prefix: str, most: int, rng: Random) -> list[Record]:
    """Sound events that lie on the log already, to be published a second time in another order."""
    consumer = KafkaConsumer(
        prefix + DIRECTORY,
        prefix + VISITS,
        prefix + ASSESSMENTS,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=6_000_000,
    )
    found: list[Any] = []
    try:
        for _ in range(50):
            batch = consumer.poll(200)
            found += [record for records in batch.values() for record in records]
            if (found and not batch) or len(found) >= most:
                break
    finally:
        consumer.close()
    records = [
        Record(one.topic.removeprefix(prefix), one.key, list(one.headers), one.value, dies=False)
        for one in found[:most]
    ]
    rng.shuffle(records)
    return records
