"""Marks on a photo as W3C Web Annotations: a box in per cent of the picture, tagged with what it did to somebody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.domain.acceptance import Faults, words_fault
from shared.contracts.instruments import Instrument

TRIGGER, COMFORT = "trigger", "comfort"
MOST_MARKS = 50
_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_FRAGMENTS = "http://www.w3.org/TR/media-frags/"
# As many decimals as any program writes of a float, and a number below 1 also without its 0.
_NUMBER = r"([0-9]{1,3}(?:\.[0-9]{1,20})?|\.[0-9]{1,20})"
_BOX = re.compile(rf"xywh=percent:{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}")
_ANNOTATION_KEYS = frozenset({"@context", "id", "type", "motivation", "created", "modified", "body", "target"})
_BODY_KEYS = frozenset({"type", "purpose", "value", "item", "strength", "words", "format", "language"})
_REMARK_KEYS = frozenset({"type", "purpose", "value", "format", "language"})
_TARGET_KEYS = frozenset({"type", "id", "source", "selector"})
_SELECTOR_KEYS = frozenset({"type", "conformsTo", "value"})
_MOST_TEXTS = 10
_WOBBLE = 0.01
"""How far, in per cent, a box may stand over the edge because somebody's program rounded."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One box: its left, top, width and height in per cent of the picture, and what it says.

    `felt` is trigger or comfort, `strength` 1 to 3.
    """

    left: float
    top: float
    width: float
    height: float
    felt: str
    item: str
    strength: int
    words: str | None = None


class MarkRefused(Exception):
    """This is no annotation that we take; `faults` says where and why."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(str(faults))
        self.faults = faults


def read_mark(annotation: Any, instrument: Instrument, longest: int) -> Mark:
    """The mark in an annotation. `longest` is the limit of its words, in characters. Raises MarkRefused."""
    if not isinstance(annotation, dict):
        raise MarkRefused({"_schema": ["must be an object with named fields."]})
    _only(annotation, _ANNOTATION_KEYS, ())
    for name in ("@context", "id", "type", "motivation", "created", "modified"):
        _short_text(annotation, name)
    box = _box(annotation.get("target"))
    tag, at, remark = _tag(annotation.get("body"), longest)
    _only(tag, _BODY_KEYS, at)
    felt, code, strength, words = (tag.get(name) for name in ("value", "item", "strength", "words"))
    for name in ("type", "format", "language"):
        _short_text(tag, name, at)
    if felt not in (TRIGGER, COMFORT):
        raise _refused((*at, "value"), "must be trigger or comfort.")
    if not isinstance(code, str) or instrument.find(code) is None:
        raise _refused((*at, "item"), "must be an item of this instrument.")
    if type(strength) is not int or not 1 <= strength <= 3:
        raise _refused((*at, "strength"), "must be 1, 2 or 3.")
    if words is not None and (fault := words_fault(words, longest)):
        raise _refused((*at, "words"), fault)
    return Mark(*box, felt=felt, item=code, strength=strength, words=words or remark)


def as_annotation(mark: Mark) -> dict[str, Any]:
    """The mark as a Web Annotation that any viewer understands; whoever shows the photo adds the source."""
    body: dict[str, Any] = {
        "type": "TextualBody",
        "purpose": "tagging",
        "value": mark.felt,
        "item": mark.item,
        "strength": mark.strength,
    }
    if mark.words:
        body["words"] = mark.words
    sides = ",".join(_plain(side) for side in (mark.left, mark.top, mark.width, mark.height))
    selector = {"type": "FragmentSelector", "conformsTo": _FRAGMENTS, "value": f"xywh=percent:{sides}"}
    return {
        "@context": _CONTEXT,
        "type": "Annotation",
        "motivation": "tagging",
        "body": body,
        "target": {"selector": selector},
    }


def _plain(side: float) -> str:
    """A number without an exponent, to a ten-thousandth of a per cent: far finer than any pixel."""
    return f"{side:.4f}".rstrip("0").rstrip(".")


def _box(target: Any) -> tuple[float, float, float, float]:
    if not isinstance(target, dict):
        raise _refused(("target",), "must be an object with a selector.")
    _only(target, _TARGET_KEYS, ("target",))
    for name in ("type", "id", "source"):
        _short_text(target, name, ("target",))
    selector = target.get("selector")
    at: tuple[Any, ...] = ("target", "selector")
    if isinstance(selector, dict):
        _only(selector, _SELECTOR_KEYS, at)
        for name in ("type", "conformsTo"):
            _short_text(selector, name, at)
        selector = selector.get("value")
        at = (*at, "value")
    found = _BOX.fullmatch(selector) if isinstance(selector, str) else None
    if found is None:
        raise _refused(at, "must be xywh=percent: and four numbers, like xywh=percent:10,20,30,15.")
    left, top, width, height = (float(side) for side in found.groups())
    inside = left + width <= 100 + _WOBBLE and top + height <= 100 + _WOBBLE
    if not inside or width <= 0 or height <= 0:
        raise _refused(at, "must lie inside the picture: nothing below 0 or over 100, and not empty.")
    return left, top, width, height


def _tag(body: Any, longest: int) -> tuple[Mapping[str, Any], tuple[Any, ...], str | None]:
    """The tagging body, where it stands, and the words of a commenting body beside it, if there is one."""
    if isinstance(body, dict):
        if body.get("purpose") != "tagging":
            raise _refused(("body", "purpose"), "must be tagging.")
        return body, ("body",), None
    if not isinstance(body, list) or not 1 <= len(body) <= 2:
        raise _refused(("body",), "must be one object that tags what it was.")
    tag: tuple[Mapping[str, Any], tuple[Any, ...]] | None = None
    remark: str | None = None
    for at, part in enumerate(body):
        purpose = part.get("purpose") if isinstance(part, dict) else None
        if purpose == "tagging" and tag is None:
            tag = (part, ("body", at))
        elif purpose == "commenting" and remark is None:
            _only(part, _REMARK_KEYS, ("body", at))
            if fault := words_fault(part.get("value"), longest):
                raise _refused(("body", at, "value"), fault)
            remark = part["value"]
        else:
            raise _refused(("body", at, "purpose"), "must be tagging once, and commenting at most once.")
    if tag is None:
        raise _refused(("body", 0, "purpose"), "must be tagging.")
    return *tag, remark or None


def _only(given: Mapping[str, Any], known: frozenset[str], at: tuple[Any, ...]) -> None:
    if unknown := given.keys() - known:
        raise _refused((*at, min(map(str, unknown))), "is not a field here.")


def _short_text(given: Mapping[str, Any], name: str, at: tuple[Any, ...] = ()) -> None:
    value = given.get(name)
    # The standard lets a context, a type or a motivation be one or several.
    several = value if isinstance(value, list) and len(value) <= _MOST_TEXTS else [value]
    if value is not None and any(words_fault(one, 500) for one in several):
        raise _refused((*at, name), "must be text of at most 500 characters.")


def _refused(at: tuple[Any, ...], why: str) -> MarkRefused:
    faults: Any = [why]
    for step in reversed(at):
        faults = {step: faults}
    return MarkRefused(faults)
