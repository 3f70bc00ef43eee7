"""Fields that speak of a file which is still to come: its hash, and what its sender believes it is."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.ids import REQUIRED

MOST_BYTES = 2**53


class Hash(fields.Field[str]):
    """A SHA-256 in hex, kept in lower case."""

    default_error_messages = {**REQUIRED, "invalid": "must be a SHA-256 in 64 hex digits."}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata={"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> str:
        if not isinstance(value, str) or len(value) != 64 or set(value.lower()) - set("0123456789abcdef"):
            raise self.make_error("invalid")
        return value.lower()


class MediaType(fields.Field[str]):
    """What the phone believes the file is. What it really is, is told from its bytes when they come."""

    default_error_messages = {**REQUIRED, "invalid": "must be a media type like image/jpeg."}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata={"type": "string", "minLength": 3, "maxLength": 100}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> str:
        if not isinstance(value, str) or not 3 <= len(value) <= 100 or not value.isascii() or not value.isprintable():
            raise self.make_error("invalid")
        kind, slash, sub = value.partition("/")
        if not (slash and kind and sub):
            raise self.make_error("invalid")
        return value.lower()


class SoundType(fields.Field[str]):
    """One of the kinds of sound that we take. Its codec may be named, as recorders do, and is not kept."""

    def __init__(self, *kinds: str, **more: Any) -> None:
        shape = {"type": "string", "maxLength": 100, "enum": list(kinds)}
        super().__init__(metadata=shape, error_messages=REQUIRED, **more)
        self.kinds = kinds

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> str:
        plain = value.partition(";")[0].strip().lower() if isinstance(value, str) and len(value) <= 100 else ""
        if plain not in self.kinds:
            raise ValidationError(f"must be one of: {', '.join(self.kinds)}.")
        return plain
