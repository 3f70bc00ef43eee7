"""The shapes of assessment events; the documents inside are those of wire.md §4 to §6, and assessment's own."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from shared.contracts.directory import ZONES
from shared.contracts.fields import Document, Shape, Text, Value, Whole, YesNo


class Documents(Value):
    """A list of JSON objects that belong to their producer."""

    def shape(self) -> Shape:
        return {"type": "array", "items": {"type": "object"}}

    def fault(self, value: Any) -> str | None:
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return None
        return "This must be a list of objects."


class WaveAssessed(Schema):
    """org.opendoor.wave.assessed.v1: all there is to say of one wave of one site; highest revision wins."""

    exercise_id = Text()
    site_id = Text()
    wave = Whole(1)
    revision = Whole(1)
    result = Document()
    for_partner = Document()


class FindingsDrawn(Schema):
    """org.opendoor.findings.drawn.v1: the findings of one site over its waves, and the before and after."""

    exercise_id = Text()
    site_id = Text()
    revision = Whole(1)
    findings = Documents()
    for_partner = Documents()
    comparison = Document(nothing=True)
    comparison_for_partner = Document(nothing=True)


class Said(Value):
    """The things a volunteer said, each with the finding it became part of.

    Checked in one plain loop, as the answers of a visit are: there is one such event for each visit.
    """

    def json_shape(self) -> Shape:
        said = {
            "item": {"type": "string", "minLength": 1},
            "zone": {"type": ["string", "null"], "enum": [*ZONES, None]},
            "finding_id": {"type": "string", "minLength": 1},
            "quote": {"type": ["string", "null"], "minLength": 1},
        }
        return {"type": "array", "items": {"type": "object", "properties": said, "required": list(said)}}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("This must be a list.")
        strict = self.root is None or getattr(self.root, "unknown", RAISE) == RAISE
        faults = {at: [fault] for at, one in enumerate(value) if (fault := _said_fault(one, strict))}
        if faults:
            raise ValidationError(faults)
        return [{key: one[key] for key in _SAID} for one in value]


_SAID = ("item", "zone", "finding_id", "quote")


def _said_fault(one: Any, strict: bool) -> str | None:
    if not isinstance(one, dict) or any(key not in one for key in _SAID):
        return f"This must be an object with {', '.join(_SAID)}."
    if strict and len(one) != len(_SAID):
        return f"This is not known: {', '.join(sorted(str(key) for key in one.keys() - set(_SAID)))}."
    if any(not isinstance(one[key], str) or not one[key] for key in ("item", "finding_id")):
        return "Item and finding must be text, and not empty."
    if one["zone"] is not None and one["zone"] not in ZONES:
        return "There is no such zone."
    if one["quote"] is not None and (not isinstance(one["quote"], str) or not one["quote"]):
        return "A quote is text and not empty, or nothing."
    return None


class VisitAssessed(Schema):
    """org.opendoor.visit.assessed.v1: what became of one visit, told under its volunteer's pseudonym."""

    visit_id = Text()
    version = Whole(1)
    exercise_id = Text()
    site_id = Text()
    wave = Whole(1)
    volunteer_key = Text()
    said = Said()
    dropped = YesNo()
