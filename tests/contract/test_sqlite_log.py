"""The event log of one machine, held to the contract of every log, and to what only a file can do wrong."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.messaging.log.port import LogAway, NewerLog
from shared.messaging.log.sqlite_log import SqliteLog
from tests.contract.log_contract import TOPIC, LogContract, an_event


class TestSqliteLog(LogContract):
    @pytest.fixture(autouse=True)
    def _a_file(self, tmp_path: Path) -> Iterator[None]:
        opened: list[SqliteLog] = []

        def open_log() -> SqliteLog:
            opened.append(SqliteLog(tmp_path / "events.db"))
            return opened[-1]

        self.open_log = open_log
        yield
        for log in opened:
            log.close()

    def test_an_event_id_that_is_there_is_passed_over(self) -> None:
        log = self.open_log()
        first, second = an_event(), an_event()
        log.publish([first])
        log.publish([first, second, second])
        assert [e.id for e in self.everything(log, "readers")] == [first.id, second.id]

    def test_a_second_consumer_of_a_group_waits_until_the_first_has_gone(self) -> None:
        log = self.open_log()
        log.publish([an_event(number=n) for n in range(2)])
        first, second = log.consumer("readers", [TOPIC]), log.consumer("readers", [TOPIC])
        assert len(first.poll(10)) == 2
        assert second.poll(10) == []
        assert second.lag() == 2
        first.close()
        assert len(second.poll(10)) == 2
        second.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    log = SqliteLog(tmp_path / "events.db")
    yield log
    log.close()


def test_reads_across_topics_and_partitions_in_the_order_of_publishing(log: SqliteLog) -> None:
    events = [an_event(f"k{n}", topic=("a", "b", "c")[n % 3], number=n) for n in range(60)]
    log.publish(events)
    consumer = log.consumer("readers", ["a", "b", "c"])
    found = consumer.poll(60)
    consumer.close()
    assert [d.envelope for d in found] == events


def test_an_old_file_keeps_the_number_of_partitions_it_began_with(tmp_path: Path) -> None:
    first = SqliteLog(tmp_path / "events.db", partitions=1)
    first.publish([an_event(f"e/{n}") for n in range(20)])
    first.close()
    again = SqliteLog(tmp_path / "events.db", partitions=8)
    again.publish([an_event(f"e/{n}") for n in range(20)])
    consumer = again.consumer("readers", [TOPIC])
    assert {d.partition for d in consumer.poll(100)} == {0}
    consumer.close()
    again.close()


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    file = sqlite3.connect(tmp_path / "events.db")
    file.execute("PRAGMA user_version = 99")
    file.close()
    log = SqliteLog(tmp_path / "events.db")
    with pytest.raises(NewerLog):
        log.publish([an_event()])


def test_bytes_that_are_no_event_are_delivered_with_the_fault(log: SqliteLog, tmp_path: Path) -> None:
    log.publish([an_event(), an_event()])
    file = sqlite3.connect(tmp_path / "events.db")
    file.execute("UPDATE events SET body = '{nonsense' WHERE position = 1")
    file.commit()
    file.close()
    consumer = log.consumer("readers", [TOPIC])
    broken, sound = consumer.poll(10)
    consumer.close()
    assert broken.envelope is None
    assert broken.body == "{nonsense"
    assert "JSON" in broken.fault
    assert sound.envelope is not None


def test_a_log_that_cannot_be_opened_is_away_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "events.db").mkdir()
    log = SqliteLog(tmp_path / "events.db")
    with pytest.raises(LogAway):
        log.publish([an_event()])
    (tmp_path / "events.db").rmdir()
    log.publish([an_event()])
    assert log.consumer("readers", [TOPIC]).lag() == 1
    log.close()


def test_is_durable_by_its_settings(log: SqliteLog) -> None:
    with log.reading() as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert file.execute("PRAGMA synchronous").fetchone() == (2,)


def test_kill_9_frees_the_group(log: SqliteLog) -> None:
    log.publish([an_event()])
    said, says = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(says, b"%d" % len(log.consumer("readers", [TOPIC]).poll(10)))
        signal.pause()
        os._exit(0)
    try:
        assert os.read(said, 1) == b"1"
        survivor = log.consumer("readers", [TOPIC])
        assert survivor.poll(10) == []
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(said)
        os.close(says)
    assert len(survivor.poll(10)) == 1
    survivor.close()


def test_a_log_used_before_a_fork_is_opened_anew_in_the_child(log: SqliteLog) -> None:
    log.publish([an_event()])
    child = os.fork()
    if child == 0:
        log.publish([an_event()])
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    log.publish([an_event()])
    assert log.consumer("readers", [TOPIC]).lag() == 3
