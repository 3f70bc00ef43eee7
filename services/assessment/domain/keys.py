"""The names under which a wave's counts are kept, so that what counts a visit and what reads the counts agree.

A key is text with `/` between its parts; it stands as such in the database.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

ANY = "wave/any"
KINDS = ("environment", "mystery-shop")

NOT_HERE, DID_NOT_SEE, SKIP = "not-here", "did-not-see", "skip"
LEFT_OUT = (NOT_HERE, DID_NOT_SEE, SKIP)
POINTS = {"2": 2, "1": 1, "0": 0}
"""The answers of a mystery shop that count, and what they count."""


def wave(kind: str) -> str:
    """Visits (or volunteers) of that kind with any countable answer."""
    return f"wave/{kind}"


def instrument(name: str, version: int) -> str:
    """Visits made with that version."""
    return f"uses/{name}/{version}"


def outcome(code: str, zone: str, said: str) -> str:
    """What was said of an item-in-zone: `tc` (two digits, trigger and comfort) or why it is left out."""
    return f"item/{code}/{zone}/{said}"


def local_outcome(code: str, zone: str, said: str) -> str:
    """The same for a group's own item, which enters no sum."""
    return f"local/{code}/{zone}/{said}"


def people(what: str, code: str, zone: str) -> str:
    """Different volunteers for an item-in-zone: `item` could say, `t2` and `c2` from strength 2, `red` alone."""
    return f"{what}/{code}/{zone}"


def zone(code: str) -> str:
    """Visits (or volunteers) with a countable answer in the zone."""
    return f"zone/{code}"


def said_in(code: str) -> str:
    """Answers that were given in the zone, of any kind; what was left blank is none."""
    return f"said/{code}"


def said_not_here(code: str) -> str:
    """Those of them that say not-here."""
    return f"absent/{code}"


def spread(side: str, code: str, points: int, maximum: int) -> str:
    """Visits whose own points and maximum in the zone were these: all that min-max over visits needs."""
    return f"{side}/{code}/{points}/{maximum}"


def shop(code: str, answer: str) -> str:
    """Visits that answered this to an item of the mystery shop."""
    return f"shop/{code}/{answer}"


def shop_spread(points: int, maximum: int) -> str:
    """Mystery shops whose own points and maximum were these."""
    return f"marks/{points}/{maximum}"


def part(what: str, code: str) -> str:
    """Visits (or volunteers) with a countable answer in a `stage`, a `dimension` or to a shop `question`."""
    return f"{what}/{code}"


def face(stage: str, value: int) -> str:
    """Visits that gave the stage this face."""
    return f"face/{stage}/{value}"


class PlaceKeys(NamedTuple):
    """The keys of one item-in-zone, made once."""

    outcome: str
    local: str
    item: str
    t2: str
    c2: str
    red: str
    rating: str


@lru_cache(maxsize=4096)
def of_place(code: str, zone: str) -> PlaceKeys:
    """All keys of an item-in-zone; what was said is put behind `outcome` and `local`."""
    return PlaceKeys(
        outcome=outcome(code, zone, ""),
        local=local_outcome(code, zone, ""),
        item=people("item", code, zone),
        t2=people("t2", code, zone),
        c2=people("c2", code, zone),
        red=people("red", code, zone),
        rating=f"{code}/{zone}",
    )
