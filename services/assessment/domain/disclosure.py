"""What a partner is shown of a result: no number below 3 visits by 2 volunteers, at any level; red flags always.

The rule serves two ends at once, being sure enough and nobody being picked out (domain.md §3.4, §4). It is put
on the finished document, so that whatever is added to a result is hidden here until it is allowed by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.assessment.domain.comparison import WARN_FEW, WARN_PEOPLE
from services.assessment.domain.items import RED
from services.assessment.domain.partner_sums import (
    hides_any,
    matched_sums,
    shown,
    site_sums,
    talk_sums,
    zone_sums,
)
from services.assessment.domain.result import agreement_of, cut_points
from services.assessment.domain.sureness import WHY_ADDED_UP, WHY_PARTNER, may_be_shown_to_partner
from services.assessment.domain.waves import Wave
from services.assessment.domain.zones import SCORED
from shared.contracts.instruments import Scoring

Json = dict[str, Any]

_ITEM_NAMES = ("item", "zone", "kind", "nature", "must_be_right", "local")
_SHOP_ITEM_NAMES = ("item", "stage", "dimension", "must_have")


def result_for_partner(result: Mapping[str, Any], wave: Wave) -> Json:
    """A wave's result (wire.md §4) as sponsor, manager, working group and staff may see it. `wave`: its counts."""
    found = {name: result[name] for name in ("exercise_id", "site_id", "wave", "instrument_versions")}
    if _shown(result) and not _one_part_alone(result):
        head = {name: result[name] for name in ("visits", "volunteers", "sure", "swing", "why")}
    else:
        head = dict.fromkeys(("visits", "volunteers", "sure", "swing")) | {"why": WHY_PARTNER}
    cuts = cut_points(wave.environment)
    zones = [_zone(zone, [i for i in result["items"] if i["zone"] == zone["zone"]], cuts) for zone in result["zones"]]
    return {
        **found,
        **head,
        "zones": zones,
        "items": [item_for_partner(item) for item in result["items"]],
        "site": _site(result, zones, cuts),
        "mystery_shop": _shop(result["mystery_shop"]),
        "agreement": _agreement(result, wave),
    }


def comparison_for_partner(comparison: Mapping[str, Any], waves: tuple[Mapping[str, Any], ...]) -> Json:
    """A comparison (wire.md §5) for a partner. `waves`: the unfiltered results of the two waves."""
    found = dict(comparison)
    # How few they were is theirs to keep; `why` says what there has to be.
    found["warnings"] = [said for said in comparison["warnings"] if said not in (WARN_FEW, WARN_PEOPLE)]
    whole = all(_shown(wave["site"]) for wave in waves)
    if not whole:
        nothing = dict.fromkeys(("points", "maximum", "percent"))
        found |= dict.fromkeys(("matched", "change", "better", "same", "worse", "sign_test"))
        found |= {"trigger_from": dict(nothing), "trigger_to": dict(nothing), "why": WHY_PARTNER}
    both = {_place(row): _both(row, waves) for row in comparison["items"]}
    if whole and not (both and all(both.values())):
        was, now = ([pair[at] for pair in both.values() if pair] for at in (0, 1))
        verdicts = [row["verdict"] for row in comparison["items"] if both[_place(row)]]
        found |= matched_sums(comparison, was, now, verdicts)
    # In which of two lists a question stands, or that it stands in one, tells what the few could answer.
    told = [row for row in comparison["items"] if both[_place(row)] or row["flag"] in _RED_STORY]
    found["items"] = [dict(row) if both[_place(row)] else _compared(row) for row in told]
    found["unmatched"] = [
        dict(row) for row in comparison["unmatched"] if _both(row, waves) or row["flag"] in _RED_STORY
    ]
    return found | ({"matched": len(told)} if whole else {})


def _both(
    row: Mapping[str, Any], waves: tuple[Mapping[str, Any], ...]
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    was, now = (next((item for item in wave["items"] if _place(item) == _place(row)), None) for wave in waves)
    return (was, now) if was and now and shown(was) and shown(now) else None


def item_for_partner(item: Mapping[str, Any]) -> Json:
    """One item-in-zone: whole, or nothing but its red flag."""
    if shown(item):
        return dict(item)
    hidden: Json = {name: item[name] for name in _ITEM_NAMES if name in item}
    hidden |= dict.fromkeys(("n", "k", "volunteers", "max", "median", "percent", "prevalence", "strength"))
    hidden |= {"triggers": [], "comforts": [], "left_out": None}
    return hidden | {"flag": _red_only(item["flag"]), "why": WHY_PARTNER}


def _shown(level: Mapping[str, Any]) -> bool:
    return may_be_shown_to_partner(level["visits"] or 0, level["volunteers"] or 0)


def _one_part_alone(result: Mapping[str, Any]) -> bool:
    """Whether of building and talk one is shown and one hidden: taken from the wave, the shown one gives it away."""
    parts = [part for part in (result["site"], result["mystery_shop"]) if part["visits"]]
    return len({_shown(part) for part in parts}) > 1


def _place(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["item"], item["zone"]


def _red_only(flag: str) -> str | None:
    return RED if flag == RED else None


def _zone(zone: Mapping[str, Any], items: Sequence[Mapping[str, Any]], cuts: Scoring) -> Json:
    if _shown(zone):
        return zone_sums(zone, items, cuts)
    side = dict.fromkeys(("points", "maximum", "percent", "range"))
    return {
        "zone": zone["zone"],
        **dict.fromkeys(("visits", "volunteers", "sure", "state", "band", "band_by_points")),
        "trigger": dict(side),
        "comfort": dict(side),
        "caps": [],
        "coverage": dict.fromkeys(("countable", "asked", "not_applicable", "percent")),
        "red": list(zone["red"]),
        "amber": [],
        "strength": [],
        "why": WHY_PARTNER,
    }


def _site(result: Mapping[str, Any], zones: Sequence[Mapping[str, Any]], cuts: Scoring) -> Json:
    site = result["site"]
    if not _shown(site):
        nothing = dict.fromkeys(
            ("visits", "volunteers", "sure", "trigger_percent", "peak_zone", "band", "band_by_points")
        )
        return nothing | {"open_red": list(site["open_red"]), "why": WHY_PARTNER}
    if all(_shown(zone) for zone in result["zones"] if zone["state"] == SCORED):
        return site_sums(site, zones, cuts) if hides_any(result["items"]) else dict(site)
    # The mean of all zones but one is on the page: giving the mean as well would give that one away.
    return dict(site) | {"trigger_percent": None, "peak_zone": None, "why": WHY_PARTNER}


def _shop(shop: Mapping[str, Any]) -> Json:
    found = talk_sums(shop, shop["items"])
    if not _shown(shop):
        names = ("visits", "volunteers", "sure", "points", "maximum", "percent", "range")
        found |= dict.fromkeys(names) | {"why": WHY_PARTNER}
    found["stages"] = [_stage(stage, shop["items"]) for stage in shop["stages"]]
    found["dimensions"] = [_part(dimension, "dimension", shop["items"]) for dimension in shop["dimensions"]]
    found["items"] = [_shop_item(item) for item in shop["items"]]
    return found


def _part(part: Mapping[str, Any], name: str, items: Sequence[Mapping[str, Any]]) -> Json:
    if _shown(part):
        return talk_sums(part, [item for item in items if item[name] == part[name]])
    nothing = dict.fromkeys(("visits", "volunteers", "points", "maximum", "percent"))
    return {name: part[name], **nothing, "why": WHY_PARTNER}


def _stage(stage: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Json:
    faces = ("face_median", "faces", "face_volunteers")
    found = _part(stage, "stage", items) | {name: stage[name] for name in faces}
    if may_be_shown_to_partner(stage["faces"], stage["face_volunteers"]):
        return found
    return found | dict.fromkeys(faces)


def _shop_item(item: Mapping[str, Any]) -> Json:
    if shown(item):
        return dict(item)
    hidden: Json = {name: item[name] for name in _SHOP_ITEM_NAMES}
    hidden |= dict.fromkeys(("n", "volunteers", "points", "maximum", "percent", "twos", "ones_or_more", "left_out"))
    return hidden | {"flag": _red_only(item["flag"]), "why": WHY_PARTNER}


def _agreement(result: Mapping[str, Any], wave: Wave) -> Json:
    if not _shown(result["site"]):
        return {
            name: dict.fromkeys(part) | {"level": part["level"], "why": WHY_PARTNER}
            for name, part in result["agreement"].items()
        }
    if not hides_any(result["items"]):
        return dict(result["agreement"])
    told = agreement_of(wave, {_place(item) for item in result["items"] if shown(item)})
    return {name: part | {"why": part["why"] or WHY_ADDED_UP} for name, part in told.items()}


_RED_STORY = ("resolved", "still-open", "cannot-tell", "new-red")


def _compared(item: Mapping[str, Any]) -> Json:
    names = ("from_percent", "to_percent", "change", "verdict", "from_n", "to_n", "from_k", "to_k")
    hidden = dict.fromkeys((*names, "from_volunteers", "to_volunteers"))
    return {"item": item["item"], "zone": item["zone"], **hidden, "flag": item["flag"], "why": WHY_PARTNER}
