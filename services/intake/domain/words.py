"""Words that volunteers allowed us to quote: where they stand, and what a careful reader should look at first.

The volunteer's own words are never touched; what may be edited is a copy that is to be shared.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.intake.domain.pins import pins_in

SPACE = uuid.UUID("6f1c0a1e-7f0c-5a0b-9d58-3b1f0a4f8c11")


class WordsState(StrEnum):
    """What a data keeper said of some words."""

    WAITING = "waiting"
    RELEASED = "released"
    HELD_BACK = "held-back"


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of one visit: at an item, as a first impression of a zone, at a stage of the talk, or at a pin."""

    words_id: str
    item: str | None
    zone: str | None
    stage: str | None
    text: str


def quotable(visit_id: str, visit: Mapping[str, Any], stages: Mapping[str, str | None]) -> list[Words]:
    """The words of a visit that may be quoted after a second person read them; none without the consent.

    `stages` gives the stage of each mystery-shop item. The same words at the same place keep their id through
    a correction, so what was decided about them stays decided.
    """
    if not visit["consents"]["quote"] or (visit["stopped_early"] and not visit["keep_answers"]):
        return []
    return list(_all(visit_id, visit, stages))


def _all(visit_id: str, visit: Mapping[str, Any], stages: Mapping[str, str | None]) -> Iterator[Words]:
    for answer in visit["answers"]:
        if text := str(answer.get("words", "")).strip():
            code, zone = answer["item"], answer.get("zone")
            yield Words(_id(visit_id, code, zone, text), code, zone, stages.get(code), text)
    for zone, words in visit["first_impressions"].items():
        if text := words.strip():
            yield Words(_id(visit_id, None, zone, text), None, zone, None, text)
    pinned = set()
    for pin in pins_in(visit):
        if text := str(pin.get("words", "")).strip():
            code, zone = pin["item"], pin["zone"]
            words_id = _id(visit_id, code, f"pin {zone}", text)
            if words_id not in pinned:
                pinned.add(words_id)
                yield Words(words_id, code, zone, stages.get(code), text)


def _id(visit_id: str, item: str | None, zone: str | None, text: str) -> str:
    return str(uuid.uuid5(SPACE, f"{visit_id}/{item or ''}/{zone or ''}/{text}"))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of text, by its first character and the one after its last, and why to look at it."""

    start: int
    end: int
    why: str


_DOUBTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "an e-mail address"),
    (
        re.compile(r"\b(?:desk|counter|window|booth|room|bay|station)\s*(?:no\.?|number)?\s*#?\w?\d+\w?\b", re.I),
        "a desk or a room",
    ),
    (re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b", re.I), "a National Insurance number"),
    (re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b"), "a postcode"),
    (re.compile(r"\+?\d[\d ()-]{6,}\d"), "a phone number"),
    (re.compile(r"\b\d{1,2}[:.]\d{2}\s?(?:am|pm)?\b|\b\d{1,2}\s?(?:am|pm)\b|\bo'clock\b", re.I), "a time of day"),
    (re.compile(r"\b(?:on\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.I), "a day"),
    (
        re.compile(
            r"\b\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\b"
            r"|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b",
            re.I,
        ),
        "a date",
    ),
    (re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Madam)\.?\s+[A-Z]\w+"), "a name"),
    (re.compile(r"(?i:\b(?:called|named|name is|name was|badge said|name badge)\s+)[A-Z]\w+"), "a name"),
    (
        re.compile(
            r"\b(?:he|she|man|woman|lady|guy|bloke|girl|boy|guard|worker|person)\s+(?:with|in|wearing)\s+(?:a\s+|the\s+)?\w+",
            re.I,
        ),
        "how somebody looked",
    ),
    (
        re.compile(
            r"\b(?:blonde?|bald|tall|short|fat|thin|beard\w*|tattoo\w*|accent|glasses|ginger|elderly|pregnant|hijab|turban)\b",
            re.I,
        ),
        "how somebody looked",
    ),
    (re.compile(r"\b\d+\b"), "a number"),
    # A capital in the middle of a sentence is a name more often than not.
    (re.compile(r"(?<=[a-z,;] )(?!I\b|I')[A-Z][a-z]+(?:[ -][A-Z][a-z]+)*"), "maybe a name"),
)


def doubts(text: str) -> list[Doubt]:
    """What in `text` might tell who somebody is, or where and when it was; in order, none over another.

    Simple on purpose: it points, a person decides (domain.md §4, hard rule 3).
    """
    found: list[Doubt] = []
    for pattern, why in _DOUBTS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(start < other.end and other.start < end for other in found):
                found.append(Doubt(start, end, why))
    return sorted(found, key=lambda doubt: doubt.start)


def pieces(text: str) -> list[tuple[str, str | None]]:
    """The text cut into stretches, each with why to look at it, or None for plain ones."""
    cut: list[tuple[str, str | None]] = []
    at = 0
    for doubt in doubts(text):
        if doubt.start > at:
            cut.append((text[at : doubt.start], None))
        cut.append((text[doubt.start : doubt.end], doubt.why))
        at = doubt.end
    if at < len(text):
        cut.append((text[at:], None))
    return cut


_INSTEAD = {
    "maybe a name": "a name",
    "how somebody looked": "…",
    "a National Insurance number": "a number",
    "a desk or a room": "a place",
}


def covered(text: str) -> str:
    """The text with what is doubtful in it taken out, and in its place, in brackets, what kind of thing stood there."""
    return "".join(f"[{_INSTEAD.get(why, why)}]" if why else piece for piece, why in pieces(text))
