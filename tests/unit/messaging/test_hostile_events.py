"""Whatever lies on the log, it is set aside whole and holds up nothing behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.contracts.catalogue import CREDENTIAL_REVOKED, DIRECTORY
from shared.contracts.envelope import Envelope
from shared.messaging import dead_letters
from shared.messaging.log.kafka_record import delivery_of, headers_of, value_of
from shared.messaging.worker import Worker
from tests.unit.messaging.conftest import Toy
from tests.unit.messaging.test_relay import revoked

SOUND = json.loads(revoked("sound").to_json())
BODIES = {
    "not JSON": "\x00\x00 {",
    "too deep": "[" * 100_000,
    "too deep inside": json.dumps(SOUND)[:-1] + ', "data": ' + "[" * 100_000,
    "half a character": json.dumps({**SOUND, "data": {"credential_id": 1, "why": "\ud800"}}),
    "a zero byte": json.dumps({**SOUND, "id": "z", "data": {"credential_id": "\x00"}}),
    "an id with half a character": json.dumps({**SOUND, "id": "\ud800"}),
    "an id without end": json.dumps({**SOUND, "id": "x" * 5000}),
    "a key that cannot be printed": json.dumps({**SOUND, "partitionkey": "\x00"}),
    "a number without end": json.dumps({**SOUND, "id": "n", "data": {"credential_id": 10**400}}),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_hostile_event_is_set_aside_and_the_next_is_handled(toy: Toy, body: str) -> None:
    with toy.log.writing() as file:
        file.execute(
            "INSERT INTO events (topic, partition, \"offset\", event_id, key, body) VALUES (?, 0, 0, 'bad', 'k', ?)",
            (DIRECTORY, body),
        )
        file.execute("INSERT INTO ends VALUES (?, 0, 1)", (DIRECTORY,))
    toy.log.publish([revoked("after")])
    worker = Worker(toy.database, toy.log, "toy", [DIRECTORY], {CREDENTIAL_REVOKED: toy.remember})
    while worker.pending():
        worker.run_once()
    worker.close()
    assert toy.effects() == ["after"]
    with toy.database.reading() as tx:
        (letter,) = dead_letters.listed(tx)
    assert letter.event
    assert worker.retry() == (0, 1)


@dataclass
class Record:
    """As kafka-python gives it."""

    value: bytes | None
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)
    key: bytes | None = b"k"
    partition: int = 0
    offset: int = 0


EVENT = revoked("a")


@pytest.mark.parametrize(
    "record",
    [
        Record(None),
        Record(b"{}", [("ce_id", None)]),
        Record(b"{}", [("ce_id", b"\xff")]),
        Record(b"{}", key=b"\xff"),
        Record(b"[" * 100_000, [(name, text) for name, text in headers_of(EVENT)]),
        Record(b"null", [(name, text) for name, text in headers_of(EVENT)]),
    ],
)
def test_a_record_that_is_no_event_is_kept_with_its_fault(record: Any) -> None:
    delivery = delivery_of(DIRECTORY, record)
    assert delivery.envelope is None
    assert delivery.fault


def test_an_attribute_that_is_not_proper_is_as_if_it_were_not_there() -> None:
    odd = [("ce_subject", b"\x00"), ("ce_correlationid", b"")]
    found = delivery_of(DIRECTORY, Record(value_of(EVENT), [*headers_of(EVENT), *odd]))
    assert isinstance(found.envelope, Envelope)
    assert (found.envelope.subject, found.envelope.correlation_id) == (None, None)
