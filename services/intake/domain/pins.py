"""Pins on a sketch plan: what got to somebody or helped them, and where, at a place that allows no photos.

They are said like marks on a photo and, like them, score nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.intake.domain.acceptance import Faults, words_fault
from services.intake.domain.annotations import COMFORT, TRIGGER
from shared.contracts.instruments import Instrument

MOST_PINS = 50
FELT = (TRIGGER, COMFORT)
_KEYS = frozenset({"zone", "x", "y", "value", "item", "strength", "words"})


def pin_faults(pins: list[Any], instrument: Instrument, longest: int) -> Faults:
    """What is wrong with pins, by place in the list. `longest` is the limit of words, in characters."""
    found: Faults = {}
    for at, pin in enumerate(pins):
        if fault := _fault(pin, instrument, longest):
            found[at] = fault
    return found


def _fault(pin: Any, instrument: Instrument, longest: int) -> Faults | None:
    if not isinstance(pin, dict):
        return {"_schema": ["must be an object with named fields."]}
    if unknown := pin.keys() - _KEYS:
        return {str(name): ["is not a field here."] for name in unknown}
    for side in ("x", "y"):
        value = pin.get(side)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            return {side: ["must be a number from 0 to 100: per cent of the plan."]}
    if pin.get("value") not in FELT:
        return {"value": ["must be trigger or comfort."]}
    code, strength, words = pin.get("item"), pin.get("strength"), pin.get("words")
    if not isinstance(code, str) or instrument.find(code) is None:
        return {"item": ["must be an item of this instrument."]}
    if type(strength) is not int or not 1 <= strength <= 3:
        return {"strength": ["must be 1, 2 or 3."]}
    if words is not None and (fault := words_fault(words, longest)):
        return {"words": [fault]}
    return None


def pins_in(visit: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pins of a visit; one without any has no such field."""
    return list(visit.get("pins", ()))
