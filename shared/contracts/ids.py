"""The field for ids of things (wire.md §1), which every service reads in the same way."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from marshmallow import fields

REQUIRED: dict[str, Any] = {"required": "is missing.", "null": "may not be empty."}
_AS_KEPT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Id(fields.Field[str]):
    """A UUID, kept in lower case."""

    default_error_messages = {**REQUIRED, "invalid": "must be a UUID."}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**more, "metadata": {"type": "string", "format": "uuid", **more.get("metadata", {})}})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> str:
        try:
            if isinstance(value, str) and len(value) == 36:
                return value if _AS_KEPT.fullmatch(value) else str(UUID(value))
        except ValueError:
            pass
        raise self.make_error("invalid")
