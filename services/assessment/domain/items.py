"""What a wave says of one item in one zone: strengths, load, prevalence, flag (domain.md §3.2; wire.md §4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from services.assessment.domain import keys
from services.assessment.domain.rounding import percent, plain_number
from services.assessment.domain.sureness import why_no_percent
from services.assessment.domain.tally import WaveTally
from services.assessment.domain.wilson import Prevalence, prevalence
from shared.contracts.instruments import Instrument, Item

RED, AMBER, WATCH, NOT_SEEN, NOT_CHECKED, NO_FLAG = "red", "amber", "watch", "not-seen", "not-checked", "none"


@dataclass(slots=True)
class ItemCount:
    """An item-in-zone in one wave. `triggers` and `comforts`: strength 0-3 -> number of visits."""

    item: Item
    zone: str
    triggers: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    comforts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    left_out: dict[str, int] = field(default_factory=lambda: dict.fromkeys(keys.LEFT_OUT, 0))
    volunteers: int = 0
    tense: int = 0
    """Different volunteers with a trigger of 2 or more."""
    settled: int = 0
    """Different volunteers with a comfort of 2 or more."""
    alarmed: int = 0
    """Different volunteers whose own answers alone make this red."""

    @property
    def n(self) -> int:
        """Countable visits."""
        return sum(self.triggers)

    @property
    def asked(self) -> int:
        """Visits that asked it."""
        return self.n + sum(self.left_out.values())

    @property
    def k(self) -> int:
        """Visits where it got to somebody."""
        return self.n - self.triggers[0]

    @property
    def helped(self) -> int:
        """Visits where it helped somebody."""
        return self.n - self.comforts[0]

    @property
    def points(self) -> int:
        """Sum of trigger strengths."""
        return self.triggers[1] + 2 * self.triggers[2] + 3 * self.triggers[3]

    @property
    def comfort_points(self) -> int:
        """Sum of comfort strengths."""
        return self.comforts[1] + 2 * self.comforts[2] + 3 * self.comforts[3]

    @property
    def maximum(self) -> int:
        """The most that the points of either side could be."""
        return 3 * self.n

    @property
    def from_strength_two(self) -> int:
        """Visits with a trigger of 2 or more."""
        return self.triggers[2] + self.triggers[3]

    @property
    def flag(self) -> str:
        """The first of red, amber, watch, not seen, not checked that fits; comfort items have none."""
        if self.n == 0:
            return NOT_CHECKED
        if not self.item.takes_trigger:
            return NO_FLAG
        if self.alarmed:
            return RED
        if self.tense >= 2 or (self.n >= 3 and 2 * self.k >= self.n):
            return AMBER
        return WATCH if self.k else NOT_SEEN

    @property
    def strength(self) -> bool:
        """Something to keep: any comfort of 3, or of 2 or more from two volunteers."""
        return self.item.takes_comfort and (self.comforts[3] > 0 or self.settled >= 2)

    @property
    def resolves(self) -> bool:
        """Whether this wave closes an earlier red: 2 visits by 2 volunteers saw it, none from 2 up (§3.7)."""
        return self.n >= 2 and self.volunteers >= 2 and self.from_strength_two == 0

    @property
    def prevalence(self) -> Prevalence | None:
        """k of n with its interval, from two visits on; never for a comfort item."""
        if why_no_percent(self.n) or not self.item.takes_trigger:
            return None
        return prevalence(self.k, self.n)

    def as_json(self) -> dict[str, Any]:
        """The shape of one entry of `items` in wire.md §4, with `why` where a figure is null."""
        counts = self.item.takes_trigger
        why = why_no_percent(self.n)
        share = self.prevalence
        found: dict[str, Any] = {
            "item": self.item.code,
            "zone": self.zone,
            "kind": self.item.kind,
            "nature": self.item.nature,
            "must_be_right": self.item.must_be_right,
            "n": self.n,
            "k": self.k if counts else None,
            "volunteers": self.volunteers,
            "triggers": _listed(self.triggers) if counts else [],
            "comforts": _listed(self.comforts) if self.item.takes_comfort else [],
            "max": _highest(self.triggers) if counts else None,
            "median": _median(self.triggers) if counts else None,
            "percent": percent(self.points, self.maximum) if counts and not why else None,
            "prevalence": share.as_json() if share else None,
            "flag": self.flag,
            "strength": self.strength,
            "left_out": dict(self.left_out),
            "why": why,
        }
        if self.item.local:
            found["local"] = True
        return found


def _listed(strengths: list[int]) -> list[int]:
    return [strength for strength, visits in enumerate(strengths) for _ in range(visits)]


def _highest(strengths: list[int]) -> int | None:
    return max((strength for strength, visits in enumerate(strengths) if visits), default=None)


def _median(strengths: list[int]) -> int | float | None:
    return median_of(dict(enumerate(strengths)))


def median_of(counts: dict[int, int]) -> int | float | None:
    """The median of values given as value -> how often; for an even number the mean of the middle two."""
    number = sum(counts.values())
    if number == 0:
        return None
    return plain_number(Fraction(_at(counts, (number - 1) // 2) + _at(counts, number // 2), 2))


def _at(counts: dict[int, int], place: int) -> int:
    for value in sorted(counts):
        place -= counts[value]
        if place < 0:
            return value
    raise IndexError(place)


def environment_items(tally: WaveTally, instrument: Instrument) -> list[ItemCount]:
    """Every item-in-zone that somebody was asked, in the order of the journey."""
    found: dict[tuple[str, str], ItemCount] = {}
    for key, visits in tally.seen.items():
        group, *rest = key.split("/")
        if group in ("item", "local"):
            code, zone, said = rest
            item = instrument.item_in(code, zone)
            if item is not None:
                count = found.setdefault((code, zone), ItemCount(item, zone))
                _take(count, said, visits)
    for (code, zone), count in found.items():
        count.volunteers = tally.volunteers(keys.people("item", code, zone))
        count.tense = tally.volunteers(keys.people("t2", code, zone))
        count.settled = tally.volunteers(keys.people("c2", code, zone))
        count.alarmed = tally.volunteers(keys.people("red", code, zone))
    return [found[place] for place in instrument.places if place in found]


def _take(count: ItemCount, said: str, visits: int) -> None:
    if said in count.left_out:
        count.left_out[said] += visits
    else:
        count.triggers[int(said[0])] += visits
        count.comforts[int(said[1])] += visits
