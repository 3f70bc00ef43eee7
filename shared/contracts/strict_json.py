"""Reads what other programs send us: JSON as the standard has it, and no more (wire.md §1)."""

from __future__ import annotations

import json
from typing import Any

from shared.contracts.json_text import plain_value
from shared.contracts.refusals import FieldError, Refusal, invalid
from shared.contracts.sentences import Sentence

NOT_JSON = Sentence("We could not read what was sent. It must be JSON text in UTF-8.")


def read_json(raw: bytes) -> Any:
    """JSON as the standard has it, and no more: no NaN, no name twice, no half characters.

    Raises Refusal: 400 `not-json`, or 422 for what is JSON but cannot be kept as it stands.
    """
    if (found := _quickly_read(raw)) is not None:
        return found
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant)
    except _NameTwice as twice:
        raise invalid([FieldError("", f"The name {twice.args[0]!r} stands twice in one object.")]) from twice
    except (ValueError, RecursionError) as unreadable:
        raise Refusal(400, "not-json", NOT_JSON) from unreadable
    return found


def _quickly_read(raw: bytes) -> Any:
    """What nearly every phone sends, read several times as fast; None for whatever might be more than that.

    Every name has a colon behind it. With no more colons in the bytes than names were found, no name stood twice.
    """
    try:
        found = plain_value(raw)
    except ValueError:
        return None
    if type(found) is not dict:
        return None
    names = len(found)
    for value in found.values():
        if type(value) is dict:
            names += len(value)
        elif type(value) is list:
            names += sum(len(one) for one in value if type(one) is dict)
    return found if raw.count(b":") == names else None


class _NameTwice(Exception):
    """An object has the same name twice, so one of the two values would be lost."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _NameTwice(next(name for name in names if names.count(name) > 1)[:80])
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)
