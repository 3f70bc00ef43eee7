"""From the log to an effect, once: repeats, poison, a sum that fails, a cap, a database that is away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from shared.contracts.catalogue import CREDENTIAL_REVOKED, DIRECTORY
from shared.contracts.envelope import Envelope
from shared.messaging import dead_letters
from shared.messaging.log.port import Delivery
from shared.messaging.log.sqlite_log import SqliteConsumer, SqliteLog
from shared.messaging.trouble import TryLater
from shared.messaging.worker import Handler, Settle, Worker, WorkerStopped
from shared.runtime.clock import SystemClock
from tests.unit.messaging.conftest import Toy
from tests.unit.messaging.test_relay import revoked


def a_worker(toy: Toy, handler: Handler | None = None, settle: Settle | None = None, **more: int) -> Worker:
    handlers = {CREDENTIAL_REVOKED: handler or toy.remember}
    return Worker(toy.database, toy.log, "toy", [DIRECTORY], handlers, settle, **more)


def poison(*credential_ids: str) -> Handler:
    def handler(tx: Connection, envelope: Envelope) -> None:
        Toy.remember(tx, envelope)
        if envelope.data["credential_id"] in credential_ids:
            raise ValueError("this one hurts")

    return handler


def letters(toy: Toy) -> list[dead_letters.DeadLetter]:
    with toy.database.reading() as tx:
        return dead_letters.listed(tx)


def test_handles_events_in_order_and_moves_on(toy: Toy) -> None:
    toy.log.publish([revoked("a"), revoked("b"), revoked("c")])
    worker = a_worker(toy, batch=2)
    assert worker.pending() == 3
    assert [worker.run_once() for _ in range(3)] == [2, 1, 0]
    assert toy.effects() == ["a", "b", "c"]
    assert worker.pending() == 0


def test_the_same_event_twice_has_one_effect(toy: Toy) -> None:
    toy.log.publish([revoked("a"), revoked("b")])
    a_worker(toy).run_once()
    with toy.log.writing() as file:
        file.execute("DELETE FROM commits")
    again = Worker(toy.database, toy.log, "toy", [DIRECTORY], {CREDENTIAL_REVOKED: toy.remember})
    assert again.run_once() == 0  # the first worker still has the turn
    again = _after_a_crash(toy)
    assert again.run_once() == 2
    assert toy.effects() == ["a", "b"]


def _after_a_crash(toy: Toy) -> Worker:
    (toy.folder / "events.db.groups").rename(toy.folder / "gone")
    return a_worker(toy)


class DiesBeforeCommitting(SqliteLog):
    """A log whose caller is killed after its effects were durable and before the offsets were."""

    def consumer(self, group: str, topics: Sequence[str]) -> SqliteConsumer:
        class Dies(SqliteConsumer):
            def commit(self, deliveries: Sequence[Delivery]) -> None:
                raise KeyboardInterrupt

        return Dies(self, group, topics)


def test_killed_between_the_effects_and_the_offsets_doubles_nothing(toy: Toy) -> None:
    toy.log.publish([revoked("a")])
    log = DiesBeforeCommitting(toy.log.path)
    worker = Worker(toy.database, log, "toy", [DIRECTORY], {CREDENTIAL_REVOKED: toy.remember})
    with pytest.raises(KeyboardInterrupt):
        worker.run_once()
    worker.close()
    log.close()
    assert a_worker(toy).run_once() == 1
    assert toy.effects() == ["a"]


def test_types_without_a_handler_are_passed_over(toy: Toy) -> None:
    later = replace(revoked("b"), type="org.opendoor.credential.revoked.v2", data={"anything": 1})
    toy.log.publish([later, revoked("a")])
    assert a_worker(toy).run_once() == 2
    assert toy.effects() == ["a"]
    assert letters(toy) == []


def test_fields_the_contract_does_not_know_are_passed_over(toy: Toy) -> None:
    event = revoked("a")
    toy.log.publish([replace(event, data={**event.data, "colour": "green"})])
    seen: list[Envelope] = []
    a_worker(toy, lambda tx, envelope: seen.append(envelope)).run_once()
    assert dict(seen[0].data) == dict(event.data)


def test_an_event_that_breaks_its_contract_is_set_aside(toy: Toy) -> None:
    broken = replace(revoked("x"), data={"credential_id": 7})
    toy.log.publish([revoked("a"), broken, revoked("b")])
    a_worker(toy).run_once()
    assert toy.effects() == ["a", "b"]
    assert [letter.event_id for letter in letters(toy)] == [broken.id]


def test_bytes_that_are_no_event_are_set_aside(toy: Toy) -> None:
    toy.log.publish([revoked("a"), revoked("b")])
    with toy.log.writing() as file:
        file.execute("UPDATE events SET body = 'nonsense' WHERE position = 1")
    a_worker(toy).run_once()
    assert toy.effects() == ["b"]
    (letter,) = letters(toy)
    assert (letter.type, letter.event) == ("unreadable", "nonsense")


def test_poison_is_set_aside_whole_and_its_half_done_effects_are_undone(toy: Toy) -> None:
    events = [revoked("a"), revoked("bad"), revoked("b")]
    toy.log.publish(events)
    worker = a_worker(toy, poison("bad"))
    assert worker.run_once() == 3
    assert toy.effects() == ["a", "b"]
    (letter,) = letters(toy)
    assert letter.why == "ValueError: this one hurts"
    assert Envelope.from_json(letter.event, topic=letter.topic) == events[1]
    assert worker.pending() == 0


def test_a_dead_letter_that_comes_again_is_not_set_aside_twice(toy: Toy) -> None:
    toy.log.publish([revoked("bad")])
    worker = a_worker(toy, poison("bad"))
    worker.run_once()
    worker.close()
    with toy.log.writing() as file:
        file.execute("DELETE FROM commits")
    a_worker(toy, poison("bad")).run_once()
    assert len(letters(toy)) == 1


def _sum_that_fails_with(what: str) -> Settle:
    def settle(tx: Connection) -> None:
        if tx.execute(text("SELECT count(*) FROM effects WHERE what = :what"), {"what": what}).scalar_one():
            raise ZeroDivisionError

    return settle


def test_settles_once_a_batch_in_the_same_transaction(toy: Toy) -> None:
    def settle(tx: Connection) -> None:
        tx.execute(text("INSERT INTO effects SELECT 'sum of ' || count(*) FROM effects"))

    toy.log.publish([revoked("a"), revoked("b")])
    a_worker(toy, settle=settle).run_once()
    assert toy.effects() == ["a", "b", "sum of 2"]


def test_when_settling_fails_only_the_guilty_event_is_set_aside(toy: Toy) -> None:
    events = [revoked("a"), revoked("bad"), revoked("b")]
    toy.log.publish(events)
    worker = a_worker(toy, settle=_sum_that_fails_with("bad"))
    assert worker.run_once() == 3
    assert toy.effects() == ["a", "b"]
    assert [(x.event_id, x.why) for x in letters(toy)] == [(events[1].id, "ZeroDivisionError: ")]
    assert worker.pending() == 0


@pytest.mark.parametrize("where", ["handler", "settle"])
def test_too_many_in_a_row_stop_the_worker_loudly_and_lose_nothing(toy: Toy, where: str) -> None:
    def hurts(*_: object) -> None:
        raise ValueError("always")

    def run() -> Worker:
        return a_worker(toy, hurts, cap=4) if where == "handler" else a_worker(toy, settle=hurts, cap=4)

    toy.log.publish([revoked(str(n)) for n in range(10)])
    worker = run()
    with pytest.raises(WorkerStopped, match="4 events in a row"):
        worker.run_once()
    with pytest.raises(WorkerStopped):
        worker.run_once()
    assert len(letters(toy)) == 4
    assert worker.pending() == 6
    with toy.database.reading() as tx:
        (stop,) = dead_letters.stopped(tx)
    assert (stop.consumer, "4 events in a row" in stop.why) == ("toy", True)

    mended = a_worker(toy)
    assert mended.run_once() == 6
    assert mended.retry() == (4, 0)
    assert sorted(toy.effects()) == [str(n) for n in range(10)]
    assert letters(toy) == []
    with toy.database.reading() as tx:
        assert dead_letters.stopped(tx) == []


def test_a_success_in_between_begins_the_count_anew(toy: Toy) -> None:
    toy.log.publish([revoked(n) for n in ("bad", "bad", "a", "bad", "bad", "b")])
    assert a_worker(toy, poison("bad"), cap=3).run_once() == 6
    assert toy.effects() == ["a", "b"]


def test_a_retry_that_fails_again_says_so_and_keeps_the_letter(toy: Toy) -> None:
    toy.log.publish([revoked("bad"), revoked("worse")])
    worker = a_worker(toy, poison("bad", "worse"))
    worker.run_once()
    worker.close()
    first, second = letters(toy)
    half_mended = a_worker(toy, poison("worse"))
    assert half_mended.retry({first.number}) == (1, 0)
    assert half_mended.retry() == (0, 1)
    (left,) = letters(toy)
    assert (left.number, left.attempts) == (second.number, 2)
    assert toy.effects() == ["bad"]


def set_aside(toy: Toy, *credential_ids: str) -> None:
    with toy.database.transaction() as tx:
        for event in map(revoked, credential_ids):
            dead_letters.add(
                tx, "toy", event.id, event.type, event.topic, event.to_json(), "ValueError", SystemClock().now()
            )


def test_every_dead_letter_is_within_reach_however_many_there_are(toy: Toy) -> None:
    names = [str(number) for number in range(1, 1004)]
    set_aside(toy, *names)
    worker = a_worker(toy)
    assert worker.retry({1003}) == (1, 0)
    assert worker.retry({1001, 2, 1002, 5000, 2**70, -1}) == (3, 0)
    assert toy.effects() == ["1003", "2", "1001", "1002"]
    with toy.database.reading() as tx:
        assert len(list(dead_letters.every(tx))) == dead_letters.count(tx) == 999
    assert worker.retry(range(1, 602)) == (600, 0)
    set_aside(toy, *(f"more {number}" for number in range(700)))
    assert worker.retry() == (1099, 0)
    assert letters(toy) == []
    assert len(toy.effects()) == 1703


def test_a_few_at_a_time_come_to_all_although_the_first_fail_again(toy: Toy) -> None:
    set_aside(toy, "bad", "worse", "a", "b", "c")
    worker = a_worker(toy, poison("bad", "worse"))
    assert [worker.retry(most=2) for _ in range(3)] == [(0, 2), (2, 0), (1, 1)]
    assert toy.effects() == ["a", "b", "c"]
    assert worker.retry(most=0) == (0, 0)


def test_trouble_that_passes_is_told_as_such_also_when_only_reading(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the database is away"))

    worker = a_worker(toy)
    for name in ("listed", "least_tried"):
        monkeypatch.setattr(dead_letters, name, away)
    for how in ({}, {"numbers": {1}}, {"most": 1}):
        with pytest.raises(TryLater):
            worker.retry(**how)


def _away(error: Callable[[], Exception]) -> Handler:
    def handler(tx: Connection, envelope: Envelope) -> None:
        Toy.remember(tx, envelope)
        if envelope.data["credential_id"] == "b":
            raise error()

    return handler


@pytest.mark.parametrize(
    "error",
    [
        lambda: OperationalError("INSERT", {}, Exception("database or disk is full")),
        lambda: OSError(28, "No space left on device"),
        lambda: ConnectionResetError(),
    ],
)
def test_trouble_that_passes_moves_nothing(toy: Toy, error: Callable[[], Exception]) -> None:
    toy.log.publish([revoked("a"), revoked("b")])
    worker = a_worker(toy, _away(error))
    with pytest.raises(TryLater):
        worker.run_once()
    assert (toy.effects(), letters(toy), worker.pending()) == ([], [], 2)
    worker.close()
    assert a_worker(toy).run_once() == 2
    assert toy.effects() == ["a", "b"]


def test_a_statement_that_is_wrong_in_itself_is_no_passing_trouble(toy: Toy) -> None:
    def handler(tx: Connection, envelope: Envelope) -> None:
        tx.execute(text("INSERT INTO nowhere VALUES (1)"))

    toy.log.publish([revoked("a")])
    assert a_worker(toy, handler).run_once() == 1
    assert len(letters(toy)) == 1
