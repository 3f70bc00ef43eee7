"""What every event log must do. An adapter's test file only says how to get one (`fresh_log`)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.servers.waiting import until
from shared.contracts.envelope import Envelope
from shared.messaging.log.port import Consumer, Delivery, EventLog, GroupBusy

TOPIC = "opendoor.visits"
OTHER = "opendoor.directory"
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def an_event(key: str = "e/s", *, topic: str = TOPIC, number: int = 0) -> Envelope:
    """An event that is easy to tell from its neighbours."""
    return Envelope(
        id=str(uuid.uuid4()),
        type="org.opendoor.toy.v1",
        topic=topic,
        key=key,
        time=NOON,
        data={"number": number, "words": "ü – 😀"},
    )


def take(consumer: Consumer, count: int) -> list[Delivery]:
    """The next `count` events, as soon as the log has brought them; what is not committed comes again."""
    until(lambda: len(consumer.poll(count)) >= count, 30, f"{count} events")
    return consumer.poll(count)


class LogContract:
    """Inherit from this and give `open_log`, which opens the same log each time it is called."""

    open_log: Callable[[], EventLog]

    def everything(self, log: EventLog, group: str, *topics: str, maximum: int = 50) -> list[Envelope]:
        consumer = log.consumer(group, topics or (TOPIC,))
        found: list[Envelope] = []

        def read_on() -> bool:
            batch = consumer.poll(maximum)
            consumer.commit(batch)
            found.extend(d.envelope for d in batch if d.envelope)
            return consumer.lag() == 0

        until(read_on, 30, "the end of the log")
        consumer.close()
        return found

    def test_gives_an_event_back_as_it_was_published(self) -> None:
        log = self.open_log()
        event = an_event()
        log.publish([event])
        assert self.everything(log, "readers") == [event]

    def test_publishing_nothing_is_harmless(self) -> None:
        log = self.open_log()
        log.publish([])
        assert self.everything(log, "readers") == []

    def test_what_was_published_is_there_for_whoever_opens_the_log_next(self) -> None:
        log = self.open_log()
        event = an_event()
        log.publish([event])
        log.close()
        assert self.everything(self.open_log(), "readers") == [event]

    def test_keeps_the_order_of_one_key(self) -> None:
        log = self.open_log()
        events = [an_event(f"e/{n % 3}", number=n) for n in range(120)]
        for start in range(0, 120, 7):
            log.publish(events[start : start + 7])
        found = self.everything(log, "readers", maximum=11)
        for key in ("e/0", "e/1", "e/2"):
            assert [e.id for e in found if e.key == key] == [e.id for e in events if e.key == key]

    def test_one_key_lives_in_one_partition_and_offsets_count_from_0(self) -> None:
        log = self.open_log()
        log.publish([an_event("one") for _ in range(5)])
        consumer = log.consumer("readers", [TOPIC])
        found = take(consumer, 5)
        assert len({d.partition for d in found}) == 1
        assert [d.offset for d in found] == [0, 1, 2, 3, 4]
        consumer.close()

    def test_many_keys_spread_over_partitions(self) -> None:
        log = self.open_log()
        log.publish([an_event(f"e/{n}") for n in range(100)])
        consumer = log.consumer("readers", [TOPIC])
        assert len({d.partition for d in take(consumer, 100)}) > 1
        consumer.close()

    def test_each_group_reads_everything_for_itself(self) -> None:
        log = self.open_log()
        log.publish([an_event(number=n) for n in range(3)])
        assert len(self.everything(log, "one")) == 3
        assert len(self.everything(log, "two")) == 3

    def test_a_new_group_begins_with_the_first_event(self) -> None:
        log = self.open_log()
        log.publish([an_event(topic=OTHER)])
        self.everything(log, "old", OTHER)
        assert len(self.everything(log, "new", OTHER)) == 1

    def test_a_group_reads_its_own_topics_only(self) -> None:
        log = self.open_log()
        log.publish([an_event(topic=OTHER), an_event(topic=TOPIC)])
        assert [e.topic for e in self.everything(log, "readers", OTHER)] == [OTHER]

    def test_a_topic_taken_up_later_is_read_from_its_beginning(self) -> None:
        log = self.open_log()
        log.publish([an_event(topic=OTHER), an_event(topic=TOPIC)])
        assert len(self.everything(log, "readers", TOPIC)) == 1
        assert [e.topic for e in self.everything(log, "readers", TOPIC, OTHER)] == [OTHER]

    def test_what_was_not_committed_is_given_again(self) -> None:
        log = self.open_log()
        log.publish([an_event(number=n) for n in range(5)])
        consumer = log.consumer("readers", [TOPIC])
        first = take(consumer, 2)
        assert consumer.poll(2) == first
        consumer.commit(first)
        assert [d.offset for d in take(consumer, 3)] == [2, 3, 4]
        consumer.close()

    def test_a_commit_outlives_its_consumer(self) -> None:
        log = self.open_log()
        log.publish([an_event(number=n) for n in range(5)])
        consumer = log.consumer("readers", [TOPIC])
        consumer.commit(take(consumer, 3))
        consumer.close()
        log.close()
        assert [e.data["number"] for e in self.everything(self.open_log(), "readers")] == [3, 4]

    def test_a_commit_never_goes_back(self) -> None:
        log = self.open_log()
        log.publish([an_event(number=n) for n in range(4)])
        consumer = log.consumer("readers", [TOPIC])
        early = take(consumer, 1)
        consumer.commit(take(consumer, 4))
        consumer.commit(early)
        assert consumer.poll(4) == []
        consumer.close()

    def test_a_group_begins_again_with_the_first_event_and_no_other_group_does(self) -> None:
        log = self.open_log()
        log.publish([an_event(f"e/{n % 5}", number=n) for n in range(12)])
        log.publish([an_event(topic=OTHER)])
        first = self.everything(log, "readers", TOPIC, OTHER)
        self.everything(log, "others", TOPIC)
        consumer = log.consumer("readers", [TOPIC, OTHER])
        consumer.rewind()
        assert consumer.lag() == 13
        consumer.close()
        assert {e.id for e in self.everything(log, "readers", TOPIC, OTHER)} == {e.id for e in first}
        assert log.consumer("others", [TOPIC]).lag() == 0

    def test_a_group_does_not_begin_again_while_somebody_reads_for_it(self) -> None:
        log = self.open_log()
        log.publish([an_event(number=n) for n in range(3)])
        living = log.consumer("readers", [TOPIC])
        living.commit(take(living, 2))
        with pytest.raises(GroupBusy):
            self.open_log().consumer("readers", [TOPIC]).rewind()
        assert living.lag() == 1
        living.close()

    def test_a_log_that_answers_is_there(self) -> None:
        log = self.open_log()
        log.publish([an_event()])
        log.check()

    def test_poll_gives_no_more_than_asked(self) -> None:
        log = self.open_log()
        log.publish([an_event(f"e/{n}") for n in range(30)])
        consumer = log.consumer("readers", [TOPIC])
        assert len(take(consumer, 7)) == 7
        consumer.close()

    def test_lag_counts_what_is_not_committed(self) -> None:
        log = self.open_log()
        consumer = log.consumer("readers", [TOPIC, OTHER])
        assert consumer.lag() == 0
        log.publish([an_event(f"e/{n}") for n in range(10)])
        log.publish([an_event(topic=OTHER)])
        assert consumer.lag() == 11
        consumer.commit(take(consumer, 4))

        def committed() -> bool:
            if consumer.lag() == 7:
                return True
            consumer.poll(1)  # a log may owe a commit until the next poll
            return False

        until(committed, 30, "the commit to be made")
        assert log.consumer("others", [OTHER]).lag() == 1
        consumer.close()

    def test_what_was_there_at_a_moment_is_told_from_what_came_later(self) -> None:
        log = self.open_log()
        consumer = log.consumer("readers", [TOPIC, OTHER])
        log.publish([an_event(f"e/{n}") for n in range(6)])
        ends = consumer.ends()
        log.publish([an_event(f"e/{n}") for n in range(6)] + [an_event(topic=OTHER)])
        assert consumer.lag(ends) == 6
        assert consumer.lag() == 13
        while consumer.lag(ends):
            consumer.commit(take(consumer, 1))
        assert consumer.lag() <= 7
        consumer.close()

    def test_what_a_consumer_leaves_undone_another_of_its_group_takes_up(self) -> None:
        log = self.open_log()
        log.publish([an_event(number=n) for n in range(5)])
        first, second = log.consumer("readers", [TOPIC]), log.consumer("readers", [TOPIC])
        first.commit(take(first, 3))
        assert second.lag() == 2
        first.close()
        assert [d.offset for d in take(second, 2)] == [3, 4]
        second.close()

    def test_one_process_may_publish_while_another_reads(self) -> None:
        writer, reader = self.open_log(), self.open_log()
        consumer = reader.consumer("readers", [TOPIC])
        seen: list[Any] = []
        for n in range(5):
            writer.publish([an_event(number=n)])
            batch = take(consumer, 1)
            consumer.commit(batch)
            seen.extend(d.envelope.data["number"] for d in batch if d.envelope)
        consumer.close()
        assert seen == [0, 1, 2, 3, 4]
