"""All there is to say of one wave of one site, in the shape of wire.md §4."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

from services.assessment.domain import keys, sureness
from services.assessment.domain.agreement import NOMINAL, ORDINAL, Unit, as_facts, summary
from services.assessment.domain.bands import OPEN_RED, band_by_points, capped
from services.assessment.domain.rounding import one_decimal
from services.assessment.domain.shop import shop_result
from services.assessment.domain.waves import Place, Wave, open_reds
from services.assessment.domain.zones import ZoneCount, zones_of
from shared.contracts.instruments import FACT, Instrument, Scoring


def wave_result(exercise_id: str, site_id: str, site_zones: Sequence[str], waves: Sequence[Wave]) -> dict[str, Any]:
    """The result of the last of `waves`; the earlier ones are needed for red flags that are still open.

    `site_zones`: the zones the site has; those that nobody looked at are told as such.
    """
    wave = waves[-1]
    tally, instrument = wave.tally, wave.environment
    seen_zones = {count.zone for count in wave.items}
    zones = [zone for zone in instrument.zone_codes if zone in site_zones or zone in seen_zones]
    counted = zones_of(tally, wave.items, zones)
    reds = open_reds(waves)
    cuts = cut_points(instrument)
    visits = tally.visits(keys.ANY)
    return {
        "exercise_id": exercise_id,
        "site_id": site_id,
        "wave": wave.number,
        "visits": visits,
        "volunteers": tally.volunteers(keys.ANY),
        "sure": sureness.label(visits),
        "swing": sureness.swing(visits),
        "why": sureness.why_no_percent(visits),
        "instrument_versions": {name: versions[-1] for name, versions in wave.versions.items()},
        "zones": [zone.as_json(sum(1 for _, where in reds if where == zone.zone), cuts) for zone in counted],
        "items": [count.as_json() for count in wave.items],
        "site": _site(wave, counted, reds, cuts),
        "mystery_shop": shop_result(tally, wave.shop_items, wave.shop),
        "agreement": agreement_of(wave),
    }


def cut_points(instrument: Instrument) -> Scoring:
    """The cut-points stored in this version (domain.md §3.3). Raises ValueError for one without any."""
    if instrument.scoring is None:
        raise ValueError(f"{instrument.name} {instrument.version} has no cut-points")
    return instrument.scoring


def _site(wave: Wave, zones: Sequence[ZoneCount], reds: dict[Place, int], cuts: Scoring) -> dict[str, Any]:
    visits = wave.tally.visits(keys.wave("environment"))
    loads = [(share, zone.zone) for zone in zones if (share := zone.exact_trigger) is not None]
    mean = sum((share for share, _ in loads), Fraction(0)) / len(loads) if loads else None
    by_points = band = None
    if mean is not None and visits >= sureness.VISITS_FOR_A_BAND:
        by_points = band_by_points(mean.numerator, mean.denominator, cuts)
        band = capped(by_points, [OPEN_RED] if reds else [])
    # max() keeps the first of equals, and zones stand in the order of the journey.
    peak = max(loads, key=lambda load: load[0])[1] if loads else None
    order = {place: at for at, place in enumerate(wave.environment.places)}
    why = sureness.why_no_percent(visits)
    if why is None and mean is None:
        why = sureness.WHY_TOO_LITTLE_SEEN
    if why is None and band is None:
        why = sureness.WHY_NO_BAND
    return {
        "visits": visits,
        "volunteers": wave.tally.volunteers(keys.wave("environment")),
        "sure": sureness.label(visits),
        "trigger_percent": None if mean is None else one_decimal(100 * mean),
        "peak_zone": peak,
        "open_red": [
            {"item": item, "zone": zone, "since_wave": reds[item, zone]}
            for item, zone in sorted(reds, key=lambda place: order.get(place, len(order)))
        ],
        "band": band,
        "band_by_points": by_points,
        "why": why,
    }


def agreement_of(wave: Wave, only: Collection[Place] | None = None) -> dict[str, Any]:
    """How far volunteers agree, on what can be checked and on what was felt; `only`: on these items-in-zones."""
    units: dict[Place, dict[int, int]] = {}
    for key, raters in wave.tally.ratings.items():
        code, zone, value = key.split("/")
        units.setdefault((code, zone), {})[int(value)] = raters
    facts: list[Unit] = []
    felt: list[Unit] = []
    for (code, zone), unit in units.items():
        item = wave.environment.item_in(code, zone)
        if item is None or (only is not None and (code, zone) not in only):
            continue
        if item.nature == FACT:
            facts.append(as_facts(unit))
        else:
            felt.append(unit)
    return {
        "facts": summary(facts, NOMINAL, within_one=False),
        "felt": summary(felt, ORDINAL, within_one=True),
    }
