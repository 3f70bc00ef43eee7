"""The few kinds of value that events are made of: never coerced, and each able to say itself as JSON Schema.

marshmallow's own fields turn "3" into 3 and "yes" into True. Between programs that hides mistakes, so these
check and hand back exactly what was given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from shared.contracts.quick_load import quickly_loaded

Shape = dict[str, Any]


class Value(fields.Field[Any]):
    """A value that is checked and kept as it is. `nothing=True` allows null."""

    def __init__(self, *, nothing: bool = False, required: bool = True) -> None:
        super().__init__(required=required, allow_none=nothing)

    def json_shape(self) -> Shape:
        """This value as JSON Schema (draft 2020-12)."""
        return _or_null(self.shape(), self.allow_none)

    def shape(self) -> Shape:
        """This value as JSON Schema, when it is not null."""
        raise NotImplementedError

    def fault(self, value: Any) -> str | None:
        """What is wrong with `value`, or None."""
        raise NotImplementedError

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        fault = self.fault(value)
        if fault is not None:
            raise ValidationError(fault)
        return value


class Text(Value):
    """Words. Empty text is refused unless `empty=True`."""

    def __init__(self, *, nothing: bool = False, required: bool = True, empty: bool = False) -> None:
        super().__init__(nothing=nothing, required=required)
        self.empty = empty

    def shape(self) -> Shape:
        return {"type": "string"} if self.empty else {"type": "string", "minLength": 1}

    def fault(self, value: Any) -> str | None:
        if isinstance(value, str) and (value or self.empty):
            return None
        return "This must be text." if self.empty else "This must be text, and not empty."


class Choice(Value):
    """One of a few fixed words."""

    def __init__(self, *words: str, nothing: bool = False, required: bool = True) -> None:
        super().__init__(nothing=nothing, required=required)
        self.words = words

    def shape(self) -> Shape:
        return {"type": "string", "enum": list(self.words)}

    def fault(self, value: Any) -> str | None:
        if isinstance(value, str) and value in self.words:
            return None
        return f"This must be one of: {', '.join(self.words)}."


class Whole(Value):
    """A whole number, `least` or more."""

    def __init__(self, least: int = 0, *, nothing: bool = False, required: bool = True) -> None:
        super().__init__(nothing=nothing, required=required)
        self.least = least

    def shape(self) -> Shape:
        return {"type": "integer", "minimum": self.least}

    def fault(self, value: Any) -> str | None:
        if type(value) is int and value >= self.least:
            return None
        return f"This must be a whole number, {self.least} or more."


class YesNo(Value):
    """true or false."""

    def shape(self) -> Shape:
        return {"type": "boolean"}

    def fault(self, value: Any) -> str | None:
        return None if value is True or value is False else "This must be true or false."


class Moment(Value):
    """An RFC 3339 moment with its offset, kept as text."""

    def shape(self) -> Shape:
        return {"type": "string", "format": "date-time"}

    def fault(self, value: Any) -> str | None:
        if isinstance(value, str) and len(value) > 10:
            try:
                if datetime.fromisoformat(value).tzinfo is not None:
                    return None
            except ValueError:
                pass
        return "This must be a date and a time with an offset."


class Day(Value):
    """An ISO 8601 date, kept as text."""

    def shape(self) -> Shape:
        return {"type": "string", "format": "date"}

    def fault(self, value: Any) -> str | None:
        if isinstance(value, str) and len(value) == 10:
            try:
                datetime.strptime(value, "%Y-%m-%d")
            except ValueError:
                pass
            else:
                return None
        return "This must be a date such as 2026-10-01."


class Document(Value):
    """A JSON object whose inside belongs to its producer, and is promised elsewhere (wire.md)."""

    def shape(self) -> Shape:
        return {"type": "object"}

    def fault(self, value: Any) -> str | None:
        return None if isinstance(value, dict) else "This must be an object."


class Every(Value):
    """A list of one kind of value."""

    def __init__(self, one: Value, *, nothing: bool = False, required: bool = True) -> None:
        super().__init__(nothing=nothing, required=required)
        self.one = one

    def shape(self) -> Shape:
        return {"type": "array", "items": self.one.json_shape()}

    def fault(self, value: Any) -> str | None:
        return None if isinstance(value, list) else "This must be a list."

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        super()._deserialize(value, attr, data, **kwargs)
        check: Callable[[Any], str | None] = self.one.fault
        faults = {at: [fault] for at, one in enumerate(value) if (fault := check(one)) is not None}
        if faults:
            raise ValidationError(faults)
        return value


class Inside(fields.Nested):
    """An object, or a list of objects, with a schema of its own; as strict as the schema it stands in."""

    def __init__(
        self, nested: type[Schema], *, many: bool = False, nothing: bool = False, required: bool = True
    ) -> None:
        super().__init__(nested, many=many, required=required, allow_none=nothing)

    def json_shape(self) -> Shape:
        """This object as JSON Schema (draft 2020-12)."""
        shape = json_shape(self.schema)
        if self.many:
            shape = {"type": "array", "items": shape}
        return _or_null(shape, self.allow_none)

    def _load(self, value: Any, partial: Any = None) -> Any:
        if isinstance(value, Mapping) if not self.many else isinstance(value, list):
            strict = self.root is not None and getattr(self.root, "unknown", RAISE) == RAISE
            found = quickly_loaded(self.schema, value, RAISE if strict else EXCLUDE)
            if found is not None:
                return found
            return self.schema.load(value, unknown=RAISE if strict else EXCLUDE, partial=partial)
        raise ValidationError("This must be a list." if self.many else "This must be an object.")


def json_shape(schema: Schema) -> Shape:
    """A schema as JSON Schema. Unknown properties stay open: consumers pass over what they do not know."""
    shapes: Shape = {}
    required: list[str] = []
    for name, field in schema.fields.items():
        if not isinstance(field, Value | Inside):
            raise TypeError(f"{type(schema).__name__}.{name} cannot say itself as JSON Schema")
        key = field.data_key or name
        shapes[key] = field.json_shape()
        if field.required:
            required.append(key)
    return {"type": "object", "properties": shapes, "required": required}


def _or_null(shape: Shape, nothing: bool) -> Shape:
    if not nothing:
        return shape
    choices = {"enum": [*shape["enum"], None]} if "enum" in shape else {}
    return {**shape, "type": [shape["type"], "null"], **choices}
