"""The JSON Schema of every event, for programs that do not speak marshmallow; made from the schemas, kept as files.

`python -m shared.contracts.json_schemas` writes them again; a test fails when they are not up to date.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shared.contracts.catalogue import EVENTS
from shared.contracts.fields import json_shape

_FOLDER = Path(__file__).parent / "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def path_of(type_: str) -> Path:
    """Where the schema of this event is kept."""
    return _FOLDER / f"{type_}.json"


def made(type_: str) -> dict[str, Any]:
    """The schema of this event's data, made afresh. Raises KeyError for a type that is not in the catalogue."""
    schema = EVENTS[type_].schema()
    about = " ".join((type(schema).__doc__ or "").split())
    return {"$schema": _DIALECT, "$id": f"urn:{type_}", "title": type_, "description": about} | json_shape(schema)


def kept(type_: str) -> dict[str, Any]:
    """The schema of this event's data as it was published."""
    found: dict[str, Any] = json.loads(path_of(type_).read_text(encoding="utf-8"))
    return found


def text_of(type_: str) -> str:
    """What the file of this event should hold."""
    return json.dumps(made(type_), indent=2, ensure_ascii=False) + "\n"


def write_all() -> None:
    """Write every schema's file again."""
    for type_ in EVENTS:
        path_of(type_).write_text(text_of(type_), encoding="utf-8")


if __name__ == "__main__":
    write_all()
