"""Loads by a marshmallow schema what has nothing wrong with it, in one plain loop. What marshmallow's own loading costs
more is for errors that are hardly ever there; it still has the word whenever one is."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, missing

_PLAIN: dict[type[Schema], bool] = {}


def quickly_loaded(schema: Schema, given: Any, unknown: str | None = None) -> dict[str, Any] | None:
    """What `schema.load` would return; None when it must be asked: something is wrong, or out of the ordinary."""
    if type(given) is not dict or not _is_plain(schema):
        return None
    fields = schema.load_fields
    if (unknown or schema.unknown) == RAISE and not given.keys() <= fields.keys():
        return None
    found: dict[str, Any] = {}
    try:
        for name, field in fields.items():
            value = given.get(name, missing)
            if value is missing:
                if field.required:
                    return None
                value = field.load_default
                if value is missing:
                    continue
                found[name] = value() if callable(value) else value
            elif value is None:
                if not field.allow_none:
                    return None
                found[name] = None
            else:
                found[name] = field._deserialize(value, name, given)
    except ValidationError:
        return None
    return found


def _is_plain(schema: Schema) -> bool:
    """Whether a schema only reads its fields: no hooks, no validators, no names of their own for keys."""
    kind = type(schema)
    known = _PLAIN.get(kind)
    if known is None:
        named = all(
            (field.data_key or name) == name and (field.attribute or name) == name and not field.validators
            for name, field in schema.load_fields.items()
        )
        known = _PLAIN[kind] = named and not any(schema._hooks.values())
    return known and not schema.many and not schema.partial and schema.unknown in (RAISE, EXCLUDE)
