"""The instruments, as versioned data with one loader: a published file is never edited, only followed by the next."""

from __future__ import annotations

from shared.contracts.instruments.loader import InstrumentRefused, extended, load, published
from shared.contracts.instruments.model import (
    BOTH,
    COMFORT,
    FACT,
    FELT,
    TRIGGER,
    Instrument,
    Item,
    Named,
    Scoring,
    Zone,
)
from shared.contracts.instruments.translations import in_language, translated

__all__ = [
    "BOTH",
    "COMFORT",
    "FACT",
    "FELT",
    "TRIGGER",
    "Instrument",
    "InstrumentRefused",
    "Item",
    "Named",
    "Scoring",
    "Zone",
    "extended",
    "in_language",
    "load",
    "published",
    "translated",
]
