"""What a wave says of one zone: two loads that are never subtracted, coverage, band and caps (domain.md §3.1-§3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.assessment.domain import keys, sureness
from services.assessment.domain.bands import band_by_points, capped, caps_of
from services.assessment.domain.items import AMBER, RED, ItemCount
from services.assessment.domain.rounding import one_decimal, percent
from services.assessment.domain.tally import WaveTally
from shared.contracts.instruments import Scoring

SCORED, NOT_ENOUGH_SEEN = "scored", "not-enough-seen"
DOES_NOT_APPLY, NOTHING_SEEN, ONE_PERSONS_VIEW = "does-not-apply", "nothing-seen", sureness.ONE_PERSONS_VIEW

Spread = list[tuple[int, int, int]]
"""Visits' own points and maximum, and how many visits had just these: all that a range over visits needs."""


@dataclass(frozen=True, slots=True)
class Load:
    """One side, trigger or comfort: pooled points over pooled maximum, and the visits' own shares."""

    points: int
    maximum: int
    lowest_highest: tuple[Fraction, Fraction] | None

    def as_json(self, shown: bool) -> dict[str, Any]:
        """Points and maximum always; percent and range only when `shown`."""
        ends = self.lowest_highest
        return {
            "points": self.points,
            "maximum": self.maximum,
            "percent": percent(self.points, self.maximum) if shown else None,
            "range": [one_decimal(100 * end) for end in ends] if shown and ends else None,
        }


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """A zone in one wave, before anything is rounded."""

    zone: str
    visits: int
    volunteers: int
    state: str
    trigger: Load
    comfort: Load
    countable: int
    asked: int
    not_applicable: int
    items: Sequence[ItemCount]

    @property
    def exact_trigger(self) -> Fraction | None:
        """The exact trigger share, for the mean over the site: only of a scored zone with something to count."""
        if self.state != SCORED or not self.trigger.maximum:
            return None
        return Fraction(self.trigger.points, self.trigger.maximum)

    @property
    def why(self) -> str | None:
        """Why figures of this zone are null, or None."""
        return {
            NOTHING_SEEN: sureness.WHY_NO_VISIT,
            DOES_NOT_APPLY: sureness.WHY_DOES_NOT_APPLY,
            ONE_PERSONS_VIEW: sureness.WHY_ONE_VISIT,
            NOT_ENOUGH_SEEN: sureness.WHY_TOO_LITTLE_SEEN,
        }.get(self.state) or (sureness.WHY_NO_BAND if self.visits < sureness.VISITS_FOR_A_BAND else None)

    def as_json(self, open_here: int, cuts: Scoring) -> dict[str, Any]:
        """The shape of one entry of `zones` in wire.md §4. `open_here`: open reds of the zone, also earlier ones."""
        shown = self.state == SCORED
        banded = shown and self.visits >= sureness.VISITS_FOR_A_BAND and self.trigger.maximum > 0
        by_points = band_by_points(self.trigger.points, self.trigger.maximum, cuts) if banded else None
        caps = caps_of(open_here, max((count.alarmed for count in self.items), default=0))
        return {
            "zone": self.zone,
            "visits": self.visits,
            "volunteers": self.volunteers,
            "sure": sureness.label(self.visits),
            "state": self.state,
            "trigger": self.trigger.as_json(shown),
            "comfort": self.comfort.as_json(shown),
            "band": capped(by_points, caps) if by_points else None,
            "band_by_points": by_points,
            "caps": caps,
            "coverage": {
                "countable": self.countable,
                "asked": self.asked,
                "not_applicable": self.not_applicable,
                "percent": None
                if sureness.why_no_percent(self.visits)
                else percent(self.countable, self.asked - self.not_applicable),
            },
            "red": [count.item.code for count in self.items if count.flag == RED],
            "amber": [count.item.code for count in self.items if count.flag == AMBER],
            "strength": [count.item.code for count in self.items if count.strength],
            "why": self.why or (sureness.WHY_NOTHING_TO_COUNT if not self.trigger.maximum else None),
        }


def zones_of(tally: WaveTally, items: Sequence[ItemCount], zones: Iterable[str]) -> list[ZoneCount]:
    """Every one of `zones`, also those where nothing was seen."""
    spreads: dict[tuple[str, str], Spread] = {}
    for key, visits in tally.seen.items():
        group, *rest = key.split("/")
        if group in ("trigger", "comfort"):
            zone, points, maximum = rest
            spreads.setdefault((group, zone), []).append((int(points), int(maximum), visits))
    by_zone: dict[str, list[ItemCount]] = {}
    for count in items:
        by_zone.setdefault(count.zone, []).append(count)
    return [_zone(tally, zone, by_zone.get(zone, []), spreads) for zone in zones]


def _zone(tally: WaveTally, zone: str, items: list[ItemCount], spreads: dict[tuple[str, str], Spread]) -> ZoneCount:
    own = [count for count in items if not count.item.local]
    countable = sum(count.n for count in own)
    asked = sum(count.asked for count in own)
    not_applicable = sum(count.left_out[keys.NOT_HERE] for count in own)
    visits = tally.visits(keys.zone(zone))
    return ZoneCount(
        zone=zone,
        visits=visits,
        volunteers=tally.volunteers(keys.zone(zone)),
        state=_state(tally, zone, visits, countable, asked - not_applicable),
        trigger=_load(spreads.get(("trigger", zone), [])),
        comfort=_load(spreads.get(("comfort", zone), [])),
        countable=countable,
        asked=asked,
        not_applicable=not_applicable,
        items=items,
    )


def _state(tally: WaveTally, zone: str, visits: int, countable: int, applicable: int) -> str:
    if visits == 0:
        said = tally.visits(keys.said_in(zone))
        absent = tally.visits(keys.said_not_here(zone))
        return DOES_NOT_APPLY if said and said == absent else NOTHING_SEEN
    if visits == 1:
        return ONE_PERSONS_VIEW
    return NOT_ENOUGH_SEEN if 2 * countable < applicable else SCORED


def _load(spread: Spread) -> Load:
    shares = [Fraction(points, maximum) for points, maximum, _ in spread]
    several = sum(visits for *_, visits in spread) >= 2
    return Load(
        points=sum(points * visits for points, _, visits in spread),
        maximum=sum(maximum * visits for _, maximum, visits in spread),
        lowest_highest=(min(shares), max(shares)) if several else None,
    )
