"""What is kept of a wave: counts that can be added to and taken from, and nothing that depends on order.

Counts form a commutative group. So the order in which visits arrive cannot matter, a withdrawn visit leaves
exactly what would be there had it never come, and one more visit costs work in proportion to itself. Two
things are not plain sums and are made so: *different volunteers* (a volunteer's own card tells when a mark
becomes the first or stops being the last) and *a volunteer's first visit* (its ratings are swapped on the card).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.assessment.domain.contribution import Contribution

RULES = 1
"""Grows when a contribution comes to mean something else; tallies of older rules are counted anew."""

Counts = dict[str, int]


class Turn(NamedTuple):
    """When a visit was received (RFC 3339, UTC, microseconds), and its id for a tie: what "first" goes by."""

    received_at: str
    visit_id: str


@dataclass(slots=True)
class VolunteerCard:
    """What one volunteer's visits of one wave say together: how many of them carry each mark, and the first."""

    marks: Counts = field(default_factory=dict)
    first: Turn | None = None
    ratings: Counts = field(default_factory=dict)


@dataclass(slots=True)
class WaveTally:
    """`seen`: visits. `people`: different volunteers. `ratings`: first visits. Keys are those of `keys`."""

    seen: Counts = field(default_factory=dict)
    people: Counts = field(default_factory=dict)
    ratings: Counts = field(default_factory=dict)

    def visits(self, key: str) -> int:
        """How many visits are counted under `key`."""
        return self.seen.get(key, 0)

    def volunteers(self, key: str) -> int:
        """How many different volunteers are counted under `key`."""
        return self.people.get(key, 0)


def add(tally: WaveTally, card: VolunteerCard, turn: Turn, visit: Contribution) -> None:
    """Count a visit. `card` is its volunteer's for this wave."""
    _shift(tally.seen, visit.seen, 1)
    for mark in visit.people:
        held = card.marks.get(mark, 0)
        card.marks[mark] = held + 1
        if held == 0:
            tally.people[mark] = tally.people.get(mark, 0) + 1
    if visit.rates and (card.first is None or turn < card.first):
        _stand_for_volunteer(tally, card, turn, visit.ratings)


def remove(
    tally: WaveTally, card: VolunteerCard, turn: Turn, visit: Contribution, following: tuple[Turn, Contribution] | None
) -> None:
    """Take a counted visit away as if it had never come.

    `following`: the first of the volunteer's other environment visits in this wave, or None; it is needed only
    when `turn` is the card's first.
    """
    _shift(tally.seen, visit.seen, -1)
    for mark in visit.people:
        held = card.marks.pop(mark) - 1
        if held:
            card.marks[mark] = held
        else:
            _shift(tally.people, {mark: 1}, -1)
    if card.first == turn:
        if following is None:
            _stand_for_volunteer(tally, card, None, {})
        else:
            _stand_for_volunteer(tally, card, following[0], following[1].ratings)


def _stand_for_volunteer(tally: WaveTally, card: VolunteerCard, turn: Turn | None, ratings: Mapping[str, int]) -> None:
    _shift(tally.ratings, {f"{place}/{value}": 1 for place, value in card.ratings.items()}, -1)
    _shift(tally.ratings, {f"{place}/{value}": 1 for place, value in ratings.items()}, 1)
    card.first = turn
    card.ratings = dict(ratings)


def _shift(counts: Counts, by: Mapping[str, int], sign: int) -> None:
    for key, count in by.items():
        now = counts.get(key, 0) + sign * count
        if now:
            counts[key] = now
        else:
            # A zero is not kept, so that taking away leaves the very same tally as never having added.
            counts.pop(key, None)
