"""What one visit adds to its wave: which answers count, which do not and why (domain.md §3, wire.md §4 pins 2, 7-9).

A contribution is all a wave ever needs of a visit, so taking it away again is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.assessment.domain import keys
from shared.contracts.instruments import COMFORT, TRIGGER, Instrument, Item


@dataclass(frozen=True, slots=True)
class Contribution:
    """`seen` counts visits; `people` are the marks that count different volunteers; `ratings` serve agreement.

    `rates` tells whether this visit can be the one whose answers stand for its volunteer in agreement.
    """

    seen: Mapping[str, int] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    ratings: Mapping[str, int] = field(default_factory=dict)
    rates: bool = False


NOTHING = Contribution()
"""A visit that was stopped and not kept: it is nowhere (wire.md §4 pin 9)."""


def contribution(visit: Mapping[str, Any], instrument: Instrument) -> Contribution:
    """What `visit` (the data of a `visit.submitted` or `visit.amended` event) adds to its wave.

    Answers to items that `instrument` does not know in that zone are passed over: intake refuses them.
    """
    if visit["stopped_early"] and not visit["keep_answers"]:
        return NOTHING
    found = _Count()
    found.seen[keys.instrument(visit["instrument"], visit["instrument_version"])] = 1
    if visit["kind"] == "environment":
        _walk_the_building(visit, instrument, found)
    else:
        _go_through_the_talk(visit, instrument, found)
    if found.countable:
        for key in (keys.ANY, keys.wave(visit["kind"])):
            found.seen[key] = 1
            found.people.add(key)
    return Contribution(found.seen, frozenset(found.people), found.ratings, visit["kind"] == "environment")


class _Count:
    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.people: set[str] = set()
        self.ratings: dict[str, int] = {}
        self.countable = 0


def _walk_the_building(visit: Mapping[str, Any], instrument: Instrument, found: _Count) -> None:
    given: dict[str, dict[str, Mapping[str, Any]]] = {}
    for answer in visit["answers"]:
        given.setdefault(answer["zone"], {})[answer["item"]] = answer
    complete = frozenset(visit["zones_complete"])
    for zone in instrument.zone_codes:
        if zone not in visit["site_zones"]:
            continue
        answers = given.get(zone, {})
        if visit["stopped_early"] and not answers:
            continue
        blank = "00" if zone in complete else keys.SKIP
        asked = instrument.asked_in(zone, visit["form"], answers)
        sums = _Sums()
        for item in asked:
            answer = answers.get(item.code)
            said = blank if answer is None else _said(answer)
            _count_item(item, zone, said, answer is not None, sums, found)
        _close_zone(zone, sums, found)


class _Sums:
    def __init__(self) -> None:
        self.countable = self.given = self.absent = 0
        self.trigger = self.trigger_maximum = 0
        self.comfort = self.comfort_maximum = 0


def _said(answer: Mapping[str, Any]) -> str:
    if answer["answer"] in keys.LEFT_OUT:
        return str(answer["answer"])
    return f"{answer['trigger'] or 0}{answer['comfort'] or 0}"


def _count_item(item: Item, zone: str, said: str, given: bool, sums: _Sums, found: _Count) -> None:
    name = keys.of_place(item.code, zone)
    found.seen[(name.local if item.local else name.outcome) + said] = 1
    if given and not item.local:
        sums.given += 1
        sums.absent += said == keys.NOT_HERE
    if said in keys.LEFT_OUT:
        return
    trigger, comfort = int(said[0]), int(said[1])
    found.people.add(name.item)
    if trigger >= 2:
        found.people.add(name.t2)
    if comfort >= 2:
        found.people.add(name.c2)
    if makes_red(item, trigger):
        found.people.add(name.red)
    if item.local:
        return
    sums.countable += 1
    if item.kind != COMFORT:
        sums.trigger += trigger
        sums.trigger_maximum += 3
    if item.kind != TRIGGER:
        sums.comfort += comfort
        sums.comfort_maximum += 3
    found.ratings[name.rating] = comfort if item.kind == COMFORT else trigger


def makes_red(item: Item, trigger: int) -> bool:
    """One answer is enough: strength 3, or 2 on a ★ item (domain.md §3.2)."""
    return trigger >= (2 if item.must_be_right else 3)


def _close_zone(zone: str, sums: _Sums, found: _Count) -> None:
    if sums.given:
        found.seen[keys.said_in(zone)] = sums.given
    if sums.absent:
        found.seen[keys.said_not_here(zone)] = sums.absent
    if not sums.countable:
        return
    found.countable += sums.countable
    found.seen[keys.zone(zone)] = 1
    found.people.add(keys.zone(zone))
    if sums.trigger_maximum:
        found.seen[keys.spread("trigger", zone, sums.trigger, sums.trigger_maximum)] = 1
    if sums.comfort_maximum:
        found.seen[keys.spread("comfort", zone, sums.comfort, sums.comfort_maximum)] = 1


def _go_through_the_talk(visit: Mapping[str, Any], instrument: Instrument, found: _Count) -> None:
    given = {answer["item"]: answer["answer"] for answer in visit["answers"]}
    points = 0
    reached: set[str] = set()
    for item in instrument.for_channel(visit["channel"]):
        if not item.scored or item.local:
            continue
        answer = given.get(item.code, keys.SKIP)
        found.seen[keys.shop(item.code, answer)] = 1
        if answer not in keys.POINTS:
            continue
        found.countable += 1
        points += keys.POINTS[answer]
        reached |= {
            keys.part("question", item.code),
            keys.part("stage", str(item.stage)),
            keys.part("dimension", str(item.dimension)),
        }
    for key in reached:
        found.seen[key] = 1
    found.people |= reached
    if found.countable:
        found.seen[keys.shop_spread(points, 2 * found.countable)] = 1
    for stage, value in visit["faces"].items():
        found.seen[keys.face(stage, value)] = 1
        found.people.add(keys.part("face", stage))
