"""The inbox forgets what was dealt with long ago, a little at a time, and nothing younger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from shared.contracts.catalogue import CREDENTIAL_REVOKED, DIRECTORY
from shared.messaging import worker as working
from shared.messaging.worker import KEPT_DAYS, Worker
from shared.runtime.clock import MovableClock
from tests.unit.messaging.conftest import Toy
from tests.unit.messaging.test_relay import revoked


def a_worker(toy: Toy, clock: MovableClock) -> Worker:
    return Worker(toy.database, toy.log, "toy", [DIRECTORY], {CREDENTIAL_REVOKED: toy.remember}, clock=clock)


def known(toy: Toy) -> int:
    with toy.database.reading() as tx:
        return int(tx.execute(text("SELECT count(*) FROM inbox")).scalar_one())


def test_what_is_old_enough_is_forgotten_and_the_rest_is_not(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "FORGOTTEN_AT_ONCE", 2)
    clock = MovableClock(datetime(2026, 10, 1, tzinfo=UTC))
    worker = a_worker(toy, clock)
    toy.log.publish([revoked() for _ in range(5)])
    worker.run_once()
    clock.move(timedelta(days=KEPT_DAYS))
    toy.log.publish([revoked() for _ in range(3)])
    worker.run_once()
    worker.run_once()
    assert known(toy) == 8
    clock.move(timedelta(days=1))
    left = []
    for _ in range(4):
        worker.run_once()
        left.append(known(toy))
    assert left == [6, 4, 3, 3]
    worker.close()


def test_what_yesterdays_code_wrote_is_as_old_as_the_day_it_is_found(toy: Toy) -> None:
    clock = MovableClock(datetime(2026, 10, 1, tzinfo=UTC))
    with toy.database.transaction() as tx:
        tx.execute(text("INSERT INTO inbox (consumer, event_id) VALUES ('toy', 'a'), ('other', 'b')"))
    worker = a_worker(toy, clock)
    worker.run_once()
    clock.move(timedelta(days=KEPT_DAYS))
    worker.run_once()
    assert known(toy) == 2
    clock.move(timedelta(days=1))
    worker.run_once()
    assert known(toy) == 1
    worker.close()
