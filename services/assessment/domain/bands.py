"""From a load to a word for it, and why open red flags do not let the word be kinder (domain.md §3.3)."""

from __future__ import annotations

from shared.contracts.instruments import Scoring

CALM, SOME_STRAIN, STRAINED, HEAVY = "calm", "some-strain", "strained", "heavy"
ORDER = (CALM, SOME_STRAIN, STRAINED, HEAVY)

OPEN_RED, MANY_RED = "open-red", "many-red"
_NO_BETTER_THAN = {OPEN_RED: STRAINED, MANY_RED: HEAVY}


def band_by_points(points: int, maximum: int, cuts: Scoring) -> str:
    """The band of the exact load 100 × points ÷ maximum, before any cap. `maximum` is above 0."""
    load = 100 * points
    if load >= cuts.heavy * maximum:
        return HEAVY
    if load >= cuts.strained * maximum:
        return STRAINED
    return SOME_STRAIN if load >= cuts.some_strain * maximum else CALM


def capped(band: str, caps: list[str]) -> str:
    """The band after its caps: each cap names the best that is still allowed."""
    return max([band, *(_NO_BETTER_THAN[cap] for cap in caps)], key=ORDER.index)


def caps_of(open_reds: int, most_people_on_one_item: int) -> list[str]:
    """The caps of a zone (wire.md §4 pin 5).

    `open_reds`: items open in it, from this or an earlier wave. `most_people_on_one_item`: the largest number
    of different volunteers whose own answers each make one item red in this wave.
    """
    caps = [OPEN_RED] if open_reds else []
    if open_reds >= 2 or most_people_on_one_item >= 2:
        caps.append(MANY_RED)
    return caps
