"""Says what visits add up to, as events on `opendoor.assessments`: figures, flags and pseudonyms, never a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from shared.contracts.catalogue import ASSESSMENTS, FINDINGS_DRAWN, VISIT_ASSESSED, WAVE_ASSESSED
from shared.contracts.envelope import Envelope
from shared.runtime.correlation import Cause

SOURCE = "/assessment"


def wave_assessed(
    *, revision: int, result: Mapping[str, Any], for_partner: Mapping[str, Any], now: datetime
) -> Envelope:
    """All there is to say of one wave of one site."""
    place = {name: result[name] for name in ("exercise_id", "site_id", "wave")}
    data = {**place, "revision": revision, "result": result, "for_partner": for_partner}
    return _envelope(WAVE_ASSESSED, place, data, now)


def findings_drawn(
    place: Mapping[str, str],
    *,
    revision: int,
    findings: Sequence[Mapping[str, Any]],
    for_partner: Sequence[Mapping[str, Any]],
    comparison: Mapping[str, Any] | None,
    comparison_for_partner: Mapping[str, Any] | None,
    now: datetime,
) -> Envelope:
    """The findings of one site over its waves, and its last before and after."""
    data = {
        **place,
        "revision": revision,
        "findings": list(findings),
        "for_partner": list(for_partner),
        "comparison": comparison,
        "comparison_for_partner": comparison_for_partner,
    }
    return _envelope(FINDINGS_DRAWN, place, data, now)


def visit_assessed(
    place: Mapping[str, Any],
    *,
    visit_id: str,
    version: int,
    volunteer_key: str,
    said: Sequence[Mapping[str, Any]],
    dropped: bool,
    cause: Cause,
    now: datetime,
) -> Envelope:
    """What became of one visit, and by which request."""
    data = {
        "visit_id": visit_id,
        "version": version,
        **place,
        "volunteer_key": volunteer_key,
        "said": list(said),
        "dropped": dropped,
    }
    envelope = _envelope(VISIT_ASSESSED, place, data, now)
    return replace(envelope, correlation_id=cause.correlation_id, causation_id=cause.causation_id)


def _envelope(type_: str, place: Mapping[str, Any], data: dict[str, Any], now: datetime) -> Envelope:
    key = f"{place['exercise_id']}/{place['site_id']}"
    return Envelope(str(uuid4()), type_, ASSESSMENTS, key, now, data, source=SOURCE, subject=key)
