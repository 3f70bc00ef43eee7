"""Counts visits in memory, as the service does in its database, for tests of the rules alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from services.assessment.domain import tally as counts
from services.assessment.domain.comparison import comparison
from services.assessment.domain.contribution import contribution
from services.assessment.domain.disclosure import result_for_partner
from services.assessment.domain.result import wave_result
from services.assessment.domain.tally import Turn, VolunteerCard, WaveTally
from services.assessment.domain.waves import Wave
from shared.contracts.instruments import load
from tests.unit.assessment.sent import ALL_ZONES, EXERCISE, SITE

PIE, SHOP = load("pie-environment", 1), load("mystery-shop", 1)
Visit = dict[str, Any]


class Counted:
    """The counts of one wave, and the visits behind them."""

    def __init__(self, visits: Iterable[Visit] = ()) -> None:
        self.tally = WaveTally()
        self.cards: dict[str, VolunteerCard] = {}
        self.held: dict[str, Visit] = {}
        for visit in visits:
            self.add(visit)

    def add(self, visit: Visit) -> None:
        """One more visit."""
        self.held[visit["visit_id"]] = visit
        counts.add(self.tally, self._card(visit), _turn(visit), _given(visit))

    def remove(self, visit_id: str) -> None:
        """A visit is taken back."""
        visit = self.held.pop(visit_id)
        others = [
            (_turn(other), _given(other))
            for other in self.held.values()
            if other["volunteer_key"] == visit["volunteer_key"] and _given(other).rates
        ]
        following = min(others, key=lambda pair: pair[0], default=None)
        counts.remove(self.tally, self._card(visit), _turn(visit), _given(visit), following)
        if not self._card(visit).marks and self._card(visit).first is None:
            del self.cards[visit["volunteer_key"]]

    def state(self) -> Any:
        """All that is kept, to compare."""
        cards = {who: card for who, card in self.cards.items() if card.marks or card.first}
        return self.tally, cards

    def _card(self, visit: Visit) -> VolunteerCard:
        return self.cards.setdefault(visit["volunteer_key"], VolunteerCard())


def result(*waves: Sequence[Visit], zones: Sequence[str] = ALL_ZONES, number: int | None = None) -> Any:
    """Wire.md §4 for the last of these waves, numbered from 1."""
    found = [Wave(at, Counted(visits).tally, PIE, SHOP) for at, visits in enumerate(waves, 1)]
    return wave_result(EXERCISE, SITE, zones, found[:number])


def for_partner(*waves: Sequence[Visit], zones: Sequence[str] = ALL_ZONES) -> Any:
    """The same as a partner may see it."""
    last = Wave(len(waves), Counted(waves[-1]).tally, PIE, SHOP)
    return result_for_partner(result(*waves, zones=zones), last)


def compared(*waves: Sequence[Visit], start: int = 1, end: int | None = None) -> Any:
    """Wire.md §5 between two of these waves, by default the first and the last."""
    found = [Wave(at, Counted(visits).tally, PIE, SHOP) for at, visits in enumerate(waves, 1)]

    def visits_behind(number: int, places: Collection[tuple[str, str]]) -> int:
        rated = {f"{item}/{zone}" for item, zone in places}
        return sum(not rated.isdisjoint(_given(visit).ratings) for visit in waves[number - 1])

    return comparison(found, start, end or len(waves), visits_behind)


def of(found: Any, what: str, code: str, zone: str | None = None) -> Any:
    """The entry of `zones`, `items`, `stages` … for that code."""
    key = what.removesuffix("s")
    return next(e for e in found[what] if e[key] == code and (zone is None or e["zone"] == zone))


def _turn(visit: Visit) -> Turn:
    return Turn(visit["received_at"], visit["visit_id"])


def _given(visit: Visit) -> Any:
    return contribution(visit, PIE if visit["kind"] == "environment" else SHOP)
