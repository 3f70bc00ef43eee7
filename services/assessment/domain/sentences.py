"""How a site was, in a sentence or two that a nine-year-old can read; words first, never more than the figures say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.assessment.domain.items import RED
from services.assessment.domain.rounding import whole
from services.assessment.domain.sureness import WHY_PARTNER, swing

_FELT = {
    "calm": "Little in this building got to people",
    "some-strain": "Some things in this building got to people",
    "strained": "A good deal in this building got to people",
    "heavy": "This building was hard to be in",
}
_CALLED = {"calm": "calm", "some-strain": "under some strain", "strained": "strained", "heavy": "heavy"}
_SWING = "One odd day could move this picture by up to {} per cent, so look at the single things first."
_ROUNDS = {1: "first round", 2: "second round", 3: "third round"}
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def how_it_was(result: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    """One sentence on a wave, with what is still open. `findings` are those of the site that the reader may see."""
    reds = sum(finding["kind"] == RED and finding["state"] == "open" for finding in findings)
    return f"{_picture(result)} {_red_flags(reds, result['site'])}"


def round_name(number: int) -> str:
    """What people call a wave."""
    return _ROUNDS.get(number, f"round {number}")


def how_sure(level: Mapping[str, Any]) -> str:
    """What the number of visits of the building or of the talk allows to say."""
    if level["visits"] is None:
        return str(level["why"] or WHY_PARTNER)
    if not level["visits"]:
        return "Nobody has been there yet, so there is nothing to be sure of."
    moved = None if level["visits"] == 1 else swing(level["visits"])
    odd_day = "" if moved is None else " " + _SWING.format(whole(moved))
    return f"This rests on {_visits(level)}.{odd_day}"


def band_in_words(site: Mapping[str, Any]) -> str | None:
    """Why a building has a worse word than its points alone would give it; None where both are the same."""
    if not site["band"] or site["band"] == site["band_by_points"]:
        return None
    return f"By points alone it would be {_CALLED[site['band_by_points']]}, but an open red flag does not allow that."


def figures_of_agreement(part: Mapping[str, Any]) -> str | None:
    """The figures behind `agreement_in_words`, for those who ask for them; None where there are none to tell."""
    if not part["pairs"] or part["exact_percent"] is None:
        return None
    near = part.get("within_one_percent")
    told = [
        f"{part['exact_percent']}% of answers to the same question, taken two by two, were the same",
        "" if near is None else f"{near}% were the same or one step apart",
        "" if part["alpha"] is None else f"Krippendorff's alpha ({part['level']}) is {part['alpha']}",
    ]
    return f"{'; '.join(filter(None, told))}. Questions that two or more people answered: {part['units']}."


def chance_in_words(p: float) -> str:
    """How often a before and after like this would come up if nothing had changed. `p`: 0 to 1, to four decimals."""
    if p < 0.001:
        return "less than once in 1,000 times"
    often = p * 1000
    return f"about {whole(often)} in 1,000 times" if often < 10 else f"about {whole(p * 100)} in 100 times"


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
        return "Nearly all answers were the same."
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
        return "One person went in this round, and this is one person's view."
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


def _red_flags(number: int, site: Mapping[str, Any]) -> str:
    if not number:
        return "No red flag is open."
    told = f"{_number(number)} red flag{_s(number)} {'is' if number == 1 else 'are'} open"
    if site["band"] and site["band"] != site["band_by_points"]:
        # The word for the building stands further down the page: here it must not seem to say something else.
        return f"But {told.lower()}, so we call it {_CALLED[site['band']]}."
    return f"{told}."


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _s(number: int) -> str:
    return "" if number == 1 else "s"
