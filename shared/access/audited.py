"""What an audit tells: who did what, and when; never what it was that they saw (domain.md §4, hard rule 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

AT_THE_MACHINE = "command-line"
"""Who acts where nobody signs in: whoever may run commands on the machine."""
AT_ONCE = 500
"""So many rows are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One line of an audit. `number` grows with every row of its table; `at`: RFC 3339 with microseconds."""

    number: int
    at: str
    person_id: str
    did: str


def every(page: Callable[[int, int], Sequence[Audited]]) -> Iterator[Audited]:
    """All rows that `page` gives: those after a number, in order, at most so many."""
    after = 0
    while True:
        found = page(after, AT_ONCE)
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1].number
