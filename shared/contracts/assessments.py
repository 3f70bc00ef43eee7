"""The shapes of assessment events; the documents inside are those of wire.md §4 to §6, and assessment's own."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from shared.contracts.directory import ZONES
from shared.contracts.fields import Choice, Document, Inside, Shape, Text, Value, Whole, YesNo


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


class Said(Schema):
    """One thing that a volunteer said, and the finding it became part of."""

    item = Text()
    zone = Choice(*ZONES, nothing=True)
    finding_id = Text()
    quote = Text(nothing=True)


class VisitAssessed(Schema):
    """org.opendoor.visit.assessed.v1: what became of one visit, told under its volunteer's pseudonym."""

    visit_id = Text()
    version = Whole(1)
    exercise_id = Text()
    site_id = Text()
    wave = Whole(1)
    volunteer_key = Text()
    said = Inside(Said, many=True)
    dropped = YesNo()
