"""What any event log must do for us; every adapter is held to it by one behaviour suite.

A topic is cut into partitions. Events of one key land in one partition and keep their order. A group of
consumers shares a topic; how far it has come is committed per partition and kept by the log.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.contracts.envelope import Envelope


class LogAway(Exception):
    """The log cannot be used just now; the same call may work later."""


class GroupBusy(Exception):
    """Somebody reads for this group just now, so where it stands cannot be changed. Its text is a plain sentence."""


class LogCut(Exception):
    """The log no longer holds its beginning. Its text is a plain sentence."""


class NewerLog(Exception):
    """The log was written by a newer version of this program."""


Ends = Mapping[tuple[str, int], int]
"""(topic, partition) -> the offset that the next event will have."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it came out of the log. `offset` counts from 0 in its partition.

    `envelope` is None when the bytes are no event that we can read; then `fault` says why and `body` has
    what was there.
    """

    topic: str
    partition: int
    offset: int
    envelope: Envelope | None
    fault: str = ""
    body: str = ""


class Consumer(Protocol):
    """One reader on behalf of a group. Not for use by two threads at once."""

    def poll(self, maximum: int) -> list[Delivery]:
        """What follows the group's last commit, at most `maximum` events, waiting a moment at most.

        What was polled and not committed is given again. Empty when nothing has come yet, or while another
        live consumer of the group has the partitions; `lag` tells whether there is more. Raises LogAway.
        """

    def commit(self, deliveries: Sequence[Delivery]) -> None:
        """The group is done with these; durable on return. Raises LogAway."""

    def ends(self) -> Ends:
        """Where each partition of its topics ends now. Raises LogAway."""

    def lag(self, until: Ends | None = None) -> int:
        """How many events the group has not committed yet, whoever reads for it; `until`: of those before these ends.

        Raises LogAway.
        """

    def rewind(self) -> None:
        """The group begins again with the first event of each of its topics; durable on return.

        Raises GroupBusy while another consumer of the group lives, LogCut when the first events are gone, LogAway.
        """

    def close(self) -> None:
        """Let another consumer of the group go on from the last commit."""


class EventLog(Protocol):
    """The log itself. Opens nothing until first used, so a process may fork after building one."""

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Append the events in this order; durable on return.

        After LogAway some of them may be there: publish all of them again. A log may then hold an event
        twice, which consumers know by its id.
        """

    def make_topics(self, topics: Sequence[str], compacted: Collection[str] = ()) -> list[str]:
        """Make the topics that are not there; which were made. A log that makes them as it goes has none to make."""

    def check(self) -> None:
        """Raises LogAway when the log does not answer. Says nothing about what is in it."""

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """A reader for `group`. A group the log has not seen yet begins with the first event of each topic."""

    def close(self) -> None:
        """Let go of files and connections. The next use opens them again."""
