"""The few kinds of field that results are made of. They hand on exactly what scoring said: figures are never recast."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

PERCENT = "Per cent, rounded half up to one decimal; null where it may not be shown, and `why` says why."


def _field(type_: str, meaning: str, **facts: Any) -> fields.Raw:
    told = {"type": type_, **facts} | ({"description": meaning} if meaning else {})
    # allow_none adds null to the type in the OpenAPI document.
    return fields.Raw(allow_none=True, metadata=told)


def whole(meaning: str = "") -> fields.Raw:
    """An exact integer, or null."""
    return _field("integer", meaning)


def number(meaning: str = "") -> fields.Raw:
    """A number, or null."""
    return _field("number", meaning)


def percent(meaning: str = "") -> fields.Raw:
    """A percentage with one decimal, or null."""
    return _field("number", " ".join(filter(None, (meaning, PERCENT))))


def text(meaning: str = "") -> fields.Raw:
    """Text, or null."""
    return _field("string", meaning)


def choice(*words: str, meaning: str = "") -> fields.Raw:
    """One of a few words, or null."""
    return _field("string", meaning, enum=[*words, None])


def yes_no(meaning: str = "") -> fields.Raw:
    """true, false or null."""
    return _field("boolean", meaning)


def listed(kind: str, meaning: str = "") -> fields.Raw:
    """A list of plain values, or null."""
    return _field("array", meaning, items={"type": kind})


def free(meaning: str = "") -> fields.Raw:
    """An object whose names are codes."""
    return _field("object", meaning)


def one(shape: type[Schema]) -> fields.Nested:
    """An object, or null."""
    return fields.Nested(shape, allow_none=True)


def many(shape: type[Schema]) -> fields.List[Any]:
    """A list of objects."""
    return fields.List(fields.Nested(shape))
