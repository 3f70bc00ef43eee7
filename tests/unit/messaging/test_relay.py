"""From the transaction of a fact to the log: nothing lost, nothing doubled, nothing left behind."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import MetaData, inspect

from shared.contracts.catalogue import CREDENTIAL_REVOKED, DIRECTORY, ContractBroken
from shared.contracts.envelope import Envelope
from shared.messaging import outbox
from shared.messaging.log.port import Consumer, LogAway
from shared.messaging.relay import CROWD, CROWD_SECONDS, Relay
from shared.messaging.tables import add_messaging_tables
from shared.messaging.trouble import TryLater
from shared.messaging.turn import Turn
from tests.unit.messaging.conftest import Toy


def revoked(credential_id: str = "") -> Envelope:
    credential_id = credential_id or str(uuid.uuid4())
    now = datetime(2026, 10, 1, tzinfo=UTC)
    return Envelope(
        id=str(uuid.uuid4()),
        type=CREDENTIAL_REVOKED,
        topic=DIRECTORY,
        key=credential_id,
        time=now,
        data={"credential_id": credential_id, "revoked_at": now.isoformat()},
    )


def in_the_log(toy: Toy) -> list[str]:
    consumer = toy.log.consumer(str(uuid.uuid4()), [DIRECTORY])
    found = [d.envelope.id for d in consumer.poll(1000) if d.envelope]
    consumer.close()
    return found


def send(toy: Toy, *envelopes: Envelope) -> None:
    with toy.database.transaction() as tx:
        outbox.add_all(tx, envelopes)


def test_carries_events_in_order_and_leaves_the_outbox_empty(toy: Toy) -> None:
    events = [revoked() for _ in range(25)]
    send(toy, *events)
    relay = Relay(toy.database, toy.log, "toy", batch=10)
    assert relay.pending() == 25
    assert [relay.run_once() for _ in range(4)] == [10, 10, 5, 0]
    assert relay.pending() == 0
    assert in_the_log(toy) == [e.id for e in events]


def test_a_fact_that_was_rolled_back_sends_nothing(toy: Toy) -> None:
    def change_our_mind() -> None:
        with toy.database.transaction() as tx:
            outbox.add(tx, revoked())
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        change_our_mind()
    assert Relay(toy.database, toy.log, "toy").pending() == 0


def test_an_event_that_breaks_its_contract_never_reaches_the_outbox(toy: Toy) -> None:
    event = revoked()
    broken = Envelope(event.id, event.type, event.topic, event.key, event.time, {"credential_id": "x"})
    with pytest.raises(ContractBroken), toy.database.transaction() as tx:
        outbox.add(tx, broken)
    assert Relay(toy.database, toy.log, "toy").pending() == 0


class KilledAfterPublishing:
    """A log whose caller dies as soon as the events are durable."""

    def __init__(self, toy: Toy) -> None:
        self.log = toy.log

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        self.log.publish(envelopes)
        raise KeyboardInterrupt

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        return self.log.consumer(group, topics)

    def close(self) -> None:
        self.log.close()


def test_killed_between_publishing_and_removing_doubles_nothing(toy: Toy) -> None:
    events = [revoked() for _ in range(3)]
    send(toy, *events)
    with pytest.raises(KeyboardInterrupt):
        Relay(toy.database, KilledAfterPublishing(toy), "toy").run_once()
    relay = Relay(toy.database, toy.log, "toy")
    assert relay.pending() == 3
    relay.run_once()
    assert relay.pending() == 0
    assert in_the_log(toy) == [e.id for e in events]


class Away(KilledAfterPublishing):
    """A log that cannot be reached."""

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        raise LogAway("disk full")


def test_a_log_that_is_away_is_waited_for(toy: Toy) -> None:
    send(toy, revoked())
    with pytest.raises(TryLater):
        Relay(toy.database, Away(toy), "toy").run_once()
    assert Relay(toy.database, toy.log, "toy").run_once() == 1


def test_one_relay_of_a_service_at_a_time(toy: Toy) -> None:
    send(toy, revoked())
    other = Turn(toy.folder / "toy.db.relay")
    assert other.take()
    relay = Relay(toy.database, toy.log, "toy")
    assert relay.run_once() == 0
    assert relay.pending() == 1
    other.give_back()
    assert relay.run_once() == 1


def test_a_row_with_a_lower_number_that_comes_late_is_sent_too(toy: Toy) -> None:
    relay = Relay(toy.database, toy.log, "toy")
    send(toy, revoked(), revoked())
    relay.run_once()
    late = revoked()
    file = sqlite3.connect(toy.folder / "toy.db")
    file.execute("INSERT INTO outbox VALUES (-5, ?, ?, ?)", (late.id, late.topic, late.to_json()))
    file.commit()
    file.close()
    assert relay.run_once() == 1
    assert late.id in in_the_log(toy)


def test_the_migration_makes_the_tables_the_code_uses(toy: Toy) -> None:
    wanted = MetaData()
    add_messaging_tables(wanted)
    with toy.database.reading() as tx:
        found = inspect(tx)
        for table in wanted.sorted_tables:
            columns = {c["name"]: c["nullable"] for c in found.get_columns(table.name)}
            assert columns == {c.name: bool(c.nullable) for c in table.columns}


def test_what_comes_in_a_crowd_is_left_to_gather_and_a_few_or_a_backlog_are_not(toy: Toy) -> None:
    relay, rests = Relay(toy.database, toy.log, "toy", batch=CROWD + 1), []
    for many in (1, CROWD, CROWD + 1):
        send(toy, *[revoked() for _ in range(many)])
        assert relay.run_once() == many
        rests.append(relay.breath)
    assert rests == [0.0, CROWD_SECONDS, 0.0]
