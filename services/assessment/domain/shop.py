"""What a wave says of the talk: points per stage and per dimension, must-haves, faces apart (domain.md §2, §3.1).

A face is a feeling and never enters a percentage; it is told as a median.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.assessment.domain import keys
from services.assessment.domain.items import NO_FLAG, RED, median_of
from services.assessment.domain.rounding import one_decimal, percent
from services.assessment.domain.sureness import WHY_NOTHING_TO_COUNT, label, why_no_percent
from services.assessment.domain.tally import WaveTally
from shared.contracts.instruments import Instrument, Item, Named


@dataclass(frozen=True, slots=True)
class ShopItemCount:
    """A question of the talk in one wave."""

    item: Item
    twos: int
    ones: int
    noughts: int
    volunteers: int
    left_out: dict[str, int]

    @property
    def n(self) -> int:
        """Countable visits."""
        return self.twos + self.ones + self.noughts

    @property
    def points(self) -> int:
        """2 for each that was done without asking, 1 for each that was done when asked."""
        return 2 * self.twos + self.ones

    @property
    def flag(self) -> str:
        """Red when a must-have was ever a 0 (wire.md §4)."""
        return RED if self.item.must_have and self.noughts else NO_FLAG

    @property
    def resolves(self) -> bool:
        """The same rule as for the building (§3.7): 2 visits by 2 volunteers saw it, and nobody met a 0."""
        return self.n >= 2 and self.volunteers >= 2 and self.noughts == 0

    def as_json(self) -> dict[str, Any]:
        """The shape of one entry of `mystery_shop.items` in wire.md §4."""
        why = why_no_percent(self.n)
        return {
            "item": self.item.code,
            "stage": self.item.stage,
            "dimension": self.item.dimension,
            "must_have": self.item.must_have,
            "n": self.n,
            "volunteers": self.volunteers,
            "points": self.points,
            "maximum": 2 * self.n,
            "percent": None if why else percent(self.points, 2 * self.n),
            "twos": self.twos,
            "ones_or_more": self.twos + self.ones,
            "flag": self.flag,
            "left_out": self.left_out,
            "why": why,
        }


def shop_items(tally: WaveTally, instrument: Instrument) -> list[ShopItemCount]:
    """Every scored question that somebody's channel asked, in the order of the talk."""
    answers: dict[str, dict[str, int]] = {}
    for key, visits in tally.seen.items():
        group, *rest = key.split("/")
        if group == "shop":
            code, answer = rest
            answers.setdefault(code, {})[answer] = visits
    return [
        ShopItemCount(
            item=item,
            twos=answers[item.code].get("2", 0),
            ones=answers[item.code].get("1", 0),
            noughts=answers[item.code].get("0", 0),
            volunteers=tally.volunteers(keys.part("question", item.code)),
            left_out={said: n for said, n in sorted(answers[item.code].items()) if said not in keys.POINTS},
        )
        for item in instrument.items
        if item.code in answers
    ]


def shop_result(tally: WaveTally, items: list[ShopItemCount], instrument: Instrument) -> dict[str, Any]:
    """`mystery_shop` of wire.md §4, also when there was no such visit."""
    visits = tally.visits(keys.wave("mystery-shop"))
    points, maximum = _sum(items)
    why = why_no_percent(visits)
    return {
        "visits": visits,
        "volunteers": tally.volunteers(keys.wave("mystery-shop")),
        "sure": label(visits),
        "points": points,
        "maximum": maximum,
        "percent": None if why else percent(points, maximum),
        "range": None if why else _range(tally),
        "stages": [_stage(tally, items, stage) for stage in instrument.stages],
        "dimensions": [_dimension(tally, items, dimension) for dimension in instrument.dimensions],
        "items": [count.as_json() for count in items],
        "why": why,
    }


def _sum(items: Iterable[ShopItemCount]) -> tuple[int, int]:
    chosen = list(items)
    return sum(count.points for count in chosen), sum(2 * count.n for count in chosen)


def _part(
    tally: WaveTally, items: list[ShopItemCount], what: str, code: str, belongs: Callable[[Item], bool]
) -> dict[str, Any]:
    key = keys.part(what, code)
    visits = tally.visits(key)
    points, maximum = _sum(count for count in items if belongs(count.item))
    why = why_no_percent(visits)
    return {
        what: code,
        "visits": visits,
        "volunteers": tally.volunteers(key),
        "points": points,
        "maximum": maximum,
        "percent": None if why else percent(points, maximum),
        "why": why or (None if maximum else WHY_NOTHING_TO_COUNT),
    }


def _dimension(tally: WaveTally, items: list[ShopItemCount], dimension: Named) -> dict[str, Any]:
    return _part(tally, items, "dimension", dimension.code, lambda item: item.dimension == dimension.code)


def _stage(tally: WaveTally, items: list[ShopItemCount], stage: Named) -> dict[str, Any]:
    found = _part(tally, items, "stage", stage.code, lambda item: item.stage == stage.code)
    faces = {value: tally.visits(keys.face(stage.code, value)) for value in range(1, 6)}
    number = sum(faces.values())
    return found | {
        "face_median": None if why_no_percent(number) else median_of(faces),
        "faces": number,
        "face_volunteers": tally.volunteers(keys.part("face", stage.code)),
    }


def _range(tally: WaveTally) -> list[float] | None:
    shares: list[Fraction] = []
    visits = 0
    for key, number in tally.seen.items():
        group, *rest = key.split("/")
        if group == "marks":
            shares.append(Fraction(int(rest[0]), int(rest[1])))
            visits += number
    if visits < 2:
        return None
    return [one_decimal(100 * min(shares)), one_decimal(100 * max(shares))]
