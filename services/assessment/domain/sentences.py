"""How a site was, in a sentence or two that a nine-year-old can read; words first, never more than the figures say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.assessment.domain.items import RED
from services.assessment.domain.rounding import whole
from services.assessment.domain.sureness import swing

_FELT = {
    "calm": "Little in this building got to people",
    "some-strain": "Some things in this building got to people",
    "strained": "A good deal in this building got to people",
    "heavy": "This building was hard to be in",
}
_SWING = "One odd day could move this picture by up to {} per cent, so look at the single things first."
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def how_it_was(result: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    """One sentence on a wave, with what is still open. `findings` are those of the site that the reader may see."""
    reds = sum(finding["kind"] == RED and finding["state"] == "open" for finding in findings)
    return f"{_picture(result)} {_red_flags(reds)}"


def how_sure(result: Mapping[str, Any]) -> str:
    """What the number of visits allows to say."""
    told = what_is_told(result)
    if told["visits"] is None:
        return str(result["why"])
    if not told["visits"]:
        return "Nobody has been there yet, so there is nothing to be sure of."
    moved = None if told["visits"] == 1 else swing(told["visits"])
    odd_day = "" if moved is None else " " + _SWING.format(whole(moved))
    return f"This rests on {_visits(told)}.{odd_day}"


def what_is_told(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """The wave; or else its building or its talk, when the reader is told of one of them alone."""
    parts = (result, result["site"], result["mystery_shop"])
    return next((part for part in parts if part["visits"] is not None), result)


def agreement_in_words(part: Mapping[str, Any]) -> str:
    """What agreement between volunteers says of the questions; it never says who was right."""
    if part["says"] is None:
        return str(part["why"])
    if part["says"] == "too-few":
        return "Too few people answered the same questions to say how far they agree."
    if part["note"]:
        return str(part["note"])
    return {
        "everyone-agreed": "Everyone gave the same answers.",
        "good": "People mostly gave the same answers.",
        "tentative": "People gave the same answers often, but not always.",
        "talk-it-over": "People gave different answers, perhaps for good reasons; the words may need work.",
    }[part["says"]]


def _picture(result: Mapping[str, Any]) -> str:
    site, shop = result["site"], result["mystery_shop"]
    told = what_is_told(result)
    if told["visits"] is None:
        return "Too few visits by too few people to say how it was without pointing at somebody."
    if not told["visits"]:
        return "Nobody has been there yet."
    if told["visits"] == 1:
        return "One person has been there, and this is one person's view."
    if site["band_by_points"]:
        return f"{_FELT[site['band_by_points']]}, say {_visits(site)}."
    if not site["visits"] and shop["percent"] is not None:
        return f"Of what we hoped for in the talk, {whole(shop['percent'])} per cent was done, say {_visits(shop)}."
    if told["sure"] == "early":
        return f"This is an early picture from {_visits(told)}."
    return f"There is no one word for it yet after {_visits(told)}; read the single things."


def _visits(level: Mapping[str, Any]) -> str:
    visits, people = level["visits"], level["volunteers"]
    return f"{_number(visits).lower()} visit{_s(visits)} by {_number(people).lower()} volunteer{_s(people)}"


def _red_flags(number: int) -> str:
    if not number:
        return "No red flag is open."
    return f"{_number(number)} red flag{_s(number)} {'is' if number == 1 else 'are'} open."


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _s(number: int) -> str:
    return "" if number == 1 else "s"
