"""Which version of an instrument a visit or a wave is read with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.assessment.domain.tally import WaveTally
from services.assessment.domain.waves import Wave
from shared.contracts.instruments import Instrument, load, published

ENVIRONMENT, SHOP = "pie-environment", "mystery-shop"


def of_visit(body: Mapping[str, Any]) -> Instrument:
    """The version the visit was made with. Raises KeyError for one that was never published."""
    return load(body["instrument"], body["instrument_version"])


def wave_of(number: int, tally: WaveTally) -> Wave:
    """A wave with the latest versions its visits used, or the latest published where it has no visit."""
    used = dict(published())
    in_wave: dict[str, int] = {}
    for key in tally.seen:
        group, *rest = key.split("/")
        if group == "uses":
            in_wave[rest[0]] = max(in_wave.get(rest[0], 0), int(rest[1]))
    versions = used | in_wave
    return Wave(number, tally, load(ENVIRONMENT, versions[ENVIRONMENT]), load(SHOP, versions[SHOP]))
