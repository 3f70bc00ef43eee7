"""Reads the demo's files: ids from words, dates from days before today, and visits in the shape of wire.md §3."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from shared.contracts.demo_ids import demo_id

_FOLDER = Path(__file__).parent
_SCRIPTS = ("seaside-jobcentre", "harbour-housing")
_IDS = frozenset({"id", "volunteer", "site", "scenario", "buddy"})
_DAYS = frozenset({"opens", "closes", "on"})
_CLOCKS = {"morning": time(10, 20), "afternoon": time(14, 5), "evening": time(17, 30)}
_AFTERWARDS = timedelta(minutes=50)
"""A volunteer sends the visit this long after it began."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did, and when. `what` is the entry of the script."""

    at: datetime
    what: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that goes with a visit."""

    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as a volunteer's phone would send it: `body` is that of wire.md §3."""

    id: str
    volunteer: str
    body: dict[str, Any]
    photos: tuple[Photo, ...]


class Script:
    """One exercise of the demo, set down around a day that counts as today."""

    def __init__(self, name: str, today: date) -> None:
        self._found = _read(name)
        self._today = today
        self.exercise_id = demo_id(self._found["plan"]["exercise"]["id"])

    @property
    def plan(self) -> dict[str, Any]:
        """The plan file (wire.md §2)."""
        plan: dict[str, Any] = self._placed(self._found["plan"])
        return plan

    @property
    def first_day(self) -> int:
        """On which day the first wave opens, counted from today."""
        return int(self._found["plan"]["exercise"]["waves"][0]["opens"])

    def steps(self) -> Iterator[Step]:
        """What was done, in the order of time."""
        for what in self._found["steps"]:
            at = time(9, 15)
            if "visit" in what:
                at = _CLOCKS[self._visit(what["visit"])["part_of_day"]]
            elif "keys" in what:
                at = time(11, 30)
            yield Step(datetime.combine(self._day(what["day"]), at, UTC) + _AFTERWARDS, what)

    def visit(self, word: str, day: int) -> Visit:
        """The visit called `word`, made on `day`."""
        found = self._visit(word)
        photos = [(photo, (_FOLDER / "photos" / photo["file"]).read_bytes()) for photo in found.get("photos", ())]
        shop = found["kind"] == "mystery-shop"
        body = {
            "exercise_id": self.exercise_id,
            "site_id": demo_id(self._found["plan"]["sites"][0]["id"]),
            "wave": found["wave"],
            "kind": found["kind"],
            "instrument": "mystery-shop" if shop else "pie-environment",
            "instrument_version": 1,
            "form": found.get("form", "long"),
            "channel": found.get("channel", "face-to-face"),
            "visited_on": self._day(day).isoformat(),
            "part_of_day": found["part_of_day"],
            "stopped_early": found.get("stopped_early", False),
            "keep_answers": found.get("keep_answers", False),
            "zones_complete": found.get("zones_complete", []),
            "answers": list(_shop_answers(found["answers"]) if shop else _answers(found["answers"])),
            "first_impressions": found.get("first_impressions", {}),
            "faces": found.get("faces", {}),
            "photos": [_listed(photo, content) for photo, content in photos],
            "consents": dict.fromkeys(found["consents"], True),
        }
        kept = tuple(Photo(demo_id(photo["id"]), content) for photo, content in photos)
        return Visit(demo_id(word), demo_id(found["volunteer"]), body, kept)

    def visits_before(self, day: int) -> list[str]:
        """The ids of the visits made up to `day`."""
        made = [one for one in self._found["steps"] if "visit" in one and one["day"] <= day]
        return [demo_id(one["visit"]) for one in made]

    @property
    def left_waiting(self) -> frozenset[str]:
        """The ids of photos that nobody has checked yet, so that there is something to try it on."""
        return frozenset(demo_id(word) for word in self._found["left_waiting"])

    def shared_copy(self, words: str) -> str | None:
        """What a data keeper lets through of some words; None for words that are held back."""
        if words in self._found["held_back"]:
            return None
        copy: str = self._found["shared_copies"].get(words, words)
        return copy

    def _visit(self, word: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = next(one for one in self._found["visits"] if one["id"] == word)
        return found

    def _day(self, offset: int) -> date:
        return self._today + timedelta(days=offset)

    def _placed(self, found: Any) -> Any:
        if isinstance(found, list):
            return [self._placed(one) for one in found]
        if not isinstance(found, dict):
            return found
        return {name: self._value(name, value) for name, value in found.items()}

    def _value(self, name: str, value: Any) -> Any:
        if name in _IDS:
            return demo_id(value)
        if name in _DAYS:
            return self._day(value).isoformat()
        return self._placed(value)


def scripts(today: date) -> list[Script]:
    """The exercises of the demo."""
    return [Script(name, today) for name in _SCRIPTS]


@lru_cache(maxsize=4)
def _read(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(_text(name), Loader=loader)
    return found


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def _said(given: Any) -> tuple[list[str], dict[str, str]]:
    """An answer is `bad 2`, or a list of that and the volunteer's words."""
    answer, words = given if isinstance(given, list) else (given, None)
    return str(answer).split(), {} if words is None else {"words": words}


def _answers(by_zone: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for zone, by_item in by_zone.items():
        for item, given in by_item.items():
            (answer, *strengths), words = _said(given)
            names = {"bad": ["trigger"], "good": ["comfort"], "both": ["trigger", "comfort"]}.get(answer, [])
            felt = dict(zip(names, map(int, strengths), strict=True))
            yield {"item": item, "zone": zone, "answer": answer, **felt, **words}


def _shop_answers(by_item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item, given in by_item.items():
        (answer,), words = _said(given)
        yield {"item": item, "answer": answer, **words}


def _listed(photo: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    return {
        "photo_id": demo_id(photo["id"]),
        "sha256": hashlib.sha256(content).hexdigest(),
        "media_type": "image/jpeg",
        "bytes": len(content),
        "zone": photo["zone"],
        "annotations": [_annotation(mark) for mark in photo["marks"]],
    }


def _annotation(mark: Mapping[str, Any]) -> dict[str, Any]:
    box = ",".join(str(side) for side in mark["box"])
    body = {"purpose": "tagging", "value": mark["felt"]}
    body |= {name: mark[name] for name in ("item", "strength", "words")}
    selector = {
        "type": "FragmentSelector",
        "conformsTo": "http://www.w3.org/TR/media-frags/",
        "value": f"xywh=percent:{box}",
    }
    return {"type": "Annotation", "body": body, "target": {"selector": selector}}
