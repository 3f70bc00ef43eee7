"""Sums as a partner gets them: added up again from what the partner is shown, once anything in them is hidden.

So no hidden item can be had by taking the shown ones away from a total: a total holds nothing that is not shown
beside it (domain.md §4; ADR 0023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from services.assessment.domain.bands import OPEN_RED, band_by_points, capped
from services.assessment.domain.comparison import sign_test
from services.assessment.domain.rounding import one_decimal, percent
from services.assessment.domain.sureness import WHY_ADDED_UP, may_be_shown_to_partner
from services.assessment.domain.zones import SCORED
from shared.contracts.instruments import Scoring

Json = dict[str, Any]
Entries = Sequence[Mapping[str, Any]]

_COUNTS_FOR = {"trigger": ("triggers", "TB"), "comfort": ("comforts", "CB")}


def shown(item: Mapping[str, Any]) -> bool:
    """Whether a partner gets the numbers of this item, of the building or of the talk."""
    return may_be_shown_to_partner(item["n"] or 0, item["volunteers"] or 0)


def hides_any(items: Entries) -> bool:
    """Whether something that counts in a sum over these items is hidden from a partner."""
    return any(item["n"] and not shown(item) and not item.get("local") for item in items)


def zone_sums(zone: Mapping[str, Any], items: Entries, cuts: Scoring) -> Json:
    """A zone that a partner may see; `items` are all of it, as a lead sees them."""
    seen = [item for item in items if shown(item)]
    codes = {item["item"] for item in seen}
    found = dict(zone) | {name: [code for code in zone[name] if code in codes] for name in ("amber", "strength")}
    if not hides_any(items):
        return found
    for side, (strengths, kinds) in _COUNTS_FOR.items():
        counted = [item for item in seen if item["kind"] in kinds and not item.get("local")]
        points, most = sum(sum(item[strengths]) for item in counted), sum(3 * item["n"] for item in counted)
        share = percent(points, most) if zone["state"] == SCORED else None
        found[side] = {"points": points, "maximum": most, "percent": share, "range": None}
    points, most = found["trigger"]["points"], found["trigger"]["maximum"]
    by_points = band_by_points(points, most, cuts) if zone["band_by_points"] and most else None
    return found | {
        "band_by_points": by_points,
        "band": capped(by_points, zone["caps"]) if by_points else None,
        "coverage": dict.fromkeys(zone["coverage"]),
        "why": zone["why"] or WHY_ADDED_UP,
    }


def site_sums(site: Mapping[str, Any], zones: Entries, cuts: Scoring) -> Json:
    """The one figure of a site, of zones as a partner sees them; each of the scored ones may be shown."""
    loads = [
        (Fraction(zone["trigger"]["points"], zone["trigger"]["maximum"]), zone["zone"])
        for zone in zones
        if zone["state"] == SCORED and zone["trigger"]["maximum"]
    ]
    mean = sum((share for share, _ in loads), Fraction(0)) / len(loads) if loads else None
    by_points = band_by_points(mean.numerator, mean.denominator, cuts) if mean is not None and site["band"] else None
    return dict(site) | {
        "trigger_percent": None if mean is None else one_decimal(100 * mean),
        "peak_zone": max(loads, key=lambda load: load[0])[1] if loads else None,
        "band_by_points": by_points,
        "band": capped(by_points, [OPEN_RED] if site["open_red"] else []) if by_points else None,
        "why": site["why"] or WHY_ADDED_UP,
    }


def talk_sums(part: Mapping[str, Any], items: Entries) -> Json:
    """The talk as a whole, a stage or a dimension that a partner may see; `items` are all of it."""
    found = dict(part)
    if not hides_any(items):
        return found
    seen = [item for item in items if shown(item)]
    points, most = sum(item["points"] for item in seen), sum(item["maximum"] for item in seen)
    found |= {"points": points, "maximum": most, "percent": percent(points, most), "why": part["why"] or WHY_ADDED_UP}
    return found | ({"range": None} if "range" in part else {})


def matched_sums(comparison: Mapping[str, Any], was: Entries, now: Entries, verdicts: Sequence[str]) -> Json:
    """The totals of before and after. `was`, `now`: the matched items that are shown, as in each wave's result."""
    before, after = _load(was), _load(now)
    changes = [_share(one) - _share(other) for one, other in zip(now, was, strict=True)]
    whole = _share_of(after) - _share_of(before) if before["maximum"] and after["maximum"] else None
    return dict(comparison) | {
        "trigger_from": before,
        "trigger_to": after,
        "change": None if whole is None else one_decimal(100 * whole),
        **{verdict: verdicts.count(verdict) for verdict in ("better", "same", "worse")},
        "sign_test": sign_test(sum(one < 0 for one in changes), sum(one > 0 for one in changes)),
        "why": WHY_ADDED_UP,
    }


def _load(items: Entries) -> Json:
    points, most = sum(sum(item["triggers"]) for item in items), sum(3 * item["n"] for item in items)
    return {"points": points, "maximum": most, "percent": percent(points, most)}


def _share(item: Mapping[str, Any]) -> Fraction:
    return Fraction(sum(item["triggers"]), 3 * item["n"])


def _share_of(load: Mapping[str, Any]) -> Fraction:
    return Fraction(load["points"], load["maximum"])
