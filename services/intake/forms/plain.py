"""Fields that take exactly what they say: no `1` for true, no `"2"` for two, no text that cannot be stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields

from shared.contracts.ids import REQUIRED
from shared.contracts.quick_load import quickly_loaded
from shared.contracts.refusals import FieldError
from shared.contracts.sentences import Sentence
from shared.contracts.storable import unstorable

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _described(more: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """Keyword arguments of a field, with what the OpenAPI document shall say of it."""
    return {**more, "metadata": {**facts, **more.get("metadata", {})}}


class Words(fields.Field[str]):
    """Text of at most `longest` characters; empty only where `may_be_empty`."""

    default_error_messages = {**REQUIRED, "invalid": "must be text."}  # noqa: RUF012

    def __init__(self, *, longest: int = 4000, may_be_empty: bool = False, **more: Any) -> None:
        super().__init__(**_described(more, type="string", maxLength=longest))
        self.longest = longest
        self.may_be_empty = may_be_empty

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if unstorable(value):
            raise ValidationError(Sentence("has characters in it that cannot be kept."))
        if not self.may_be_empty and not value.strip():
            raise ValidationError(Sentence("may not be empty."))
        if len(value) > self.longest:
            raise ValidationError(Sentence("is longer than %(most)s characters.", most=f"{self.longest:,}"))
        return value


class WordsOrList(Words):
    """A text, or a list of texts."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**_described(more, type=["string", "array"], items={"type": "string"}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, list):
            return [super(WordsOrList, self)._deserialize(each, attr, data, **more) for each in value]
        return super()._deserialize(value, attr, data, **more)


class YesNo(fields.Field[bool]):
    """true or false, nothing that only looks like it."""

    default_error_messages = {**REQUIRED, "invalid": "must be true or false."}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        super().__init__(**_described(more, type="boolean"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Whole(fields.Field[int]):
    """A whole number from `least` to `most`."""

    default_error_messages = {**REQUIRED, "invalid": "must be a whole number."}  # noqa: RUF012

    def __init__(self, *, least: int, most: int, **more: Any) -> None:
        super().__init__(**_described(more, type="integer", minimum=least, maximum=most))
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise ValidationError(f"must be from {self.least} to {self.most}.")
        return value


class Day(fields.Field[str]):
    """A date as ISO 8601 writes it, 2026-10-01."""

    default_error_messages = {**REQUIRED, "invalid": "must be a date like 2026-10-01."}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        super().__init__(**_described(more, type="string", format="date"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> str:
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
        raise self.make_error("invalid")


class OneOf(fields.Field[str]):
    """One of a few words."""

    default_error_messages = REQUIRED

    def __init__(self, *choices: str, **more: Any) -> None:
        super().__init__(**_described(more, type="string", enum=list(choices)))
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ValidationError(f"must be one of: {', '.join(self.choices)}.")
        return value


class Form(Schema):
    """A shape that refuses unknown fields, because a typing error must not lose an answer (wire.md §1)."""

    error_messages = {  # noqa: RUF012
        "unknown": "is not a field here.",
        "type": "must be an object with named fields.",
    }

    def read(self, given: Any) -> dict[str, Any]:
        """What `load` makes of it, with the same errors; where there are none, at a fraction of the price."""
        found = quickly_loaded(self, given)
        return self.load(given) if found is None else found


def field_errors(messages: Any, pointer: str = "") -> list[FieldError]:
    """marshmallow's nest of messages as a list of pointers with one sentence each."""
    if isinstance(messages, Mapping):
        found = []
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            found += field_errors(inner, pointer + step)
        return found
    if isinstance(messages, list):
        return [FieldError(pointer, str(message)) for message in messages if not isinstance(message, Mapping)]
    return [FieldError(pointer, str(messages))]


def nested(form: type[Schema], **more: Any) -> fields.Nested:
    """One object of that shape."""
    return fields.Nested(form, error_messages=REQUIRED, **more)


def many(form: type[Schema], **more: Any) -> fields.List[Any]:
    """A list of objects of that shape."""
    return list_of(fields.Nested(form), **more)


def list_of(inner: fields.Field[Any], **more: Any) -> fields.List[Any]:
    """A list, with plain messages."""
    return fields.List(inner, error_messages={**REQUIRED, "invalid": "must be a list."}, **more)
