"""JSON for ourselves: what we keep and what we send one another, written and read by orjson, several times as fast as
json and byte for byte the same text, but for the spelling of very small and very big fractions."""

from __future__ import annotations

import json
from typing import Any

import orjson

_DIGITS_ALIKE = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else byte for byte in range(256))
_LONG = b"0" * 19
"""A whole number of so many digits may be more than orjson keeps whole."""
# What json refuses is refused here too: nothing is turned into text silently.
_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def to_text(value: Any, *, in_order: bool = False) -> str:
    """`value` as compact JSON; `in_order`: the names of every object sorted. Raises TypeError."""
    try:
        return plain_text(value, in_order=in_order)
    except TypeError:
        # A whole number of more than 64 bits, or half a character: json can say these.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=in_order)


def plain_text(value: Any, *, in_order: bool = False) -> str:
    """The same for what is plain, which nearly everything is. Raises TypeError for all that orjson cannot say."""
    return orjson.dumps(value, None, _STRICT | orjson.OPT_SORT_KEYS if in_order else _STRICT).decode()


def from_text(text: str | bytes) -> Any:
    """The value of some JSON text. Raises ValueError for what is none, or is nested without end."""
    return orjson.loads(text)


def from_kept(text: str | bytes) -> Any:
    """The value of what `to_text` wrote, also where only json could say it. Raises ValueError."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        return plain_value(raw)
    except ValueError:
        return json.loads(text)


def plain_value(raw: bytes) -> Any:
    """The value of JSON that is plain, which nearly all is. Raises ValueError for what is none, and for half characters
    and very long numbers, which json may still read."""
    if _LONG in raw.translate(_DIGITS_ALIKE):
        raise ValueError("a number may be too long")
    return orjson.loads(raw)
