"""What a partner is shown of a result: no number below 3 visits by 2 volunteers, at any level; red flags always.

The rule serves two ends at once, being sure enough and nobody being picked out (domain.md §3.4, §4). It is put
on the finished document, so that whatever is added to a result is hidden here until it is allowed by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.assessment.domain.items import RED
from services.assessment.domain.sureness import WHY_PARTNER, may_be_shown_to_partner

Json = dict[str, Any]

_ITEM_NAMES = ("item", "zone", "kind", "nature", "must_be_right", "local")
_SHOP_ITEM_NAMES = ("item", "stage", "dimension", "must_have")


def result_for_partner(result: Mapping[str, Any]) -> Json:
    """A wave's result (wire.md §4) as sponsor, manager, working group and staff may see it."""
    found = {name: result[name] for name in ("exercise_id", "site_id", "wave", "instrument_versions")}
    if _shown(result):
        head = {name: result[name] for name in ("visits", "volunteers", "sure", "swing", "why")}
    else:
        head = dict.fromkeys(("visits", "volunteers", "sure", "swing")) | {"why": WHY_PARTNER}
    zones = [_zone(zone) for zone in result["zones"]]
    every_zone_shown = all(_shown(zone) for zone in result["zones"] if zone["state"] == "scored")
    site = result["site"]
    return {
        **found,
        **head,
        "zones": zones,
        "items": [item_for_partner(item) for item in result["items"]],
        "site": _site(site, every_zone_shown),
        "mystery_shop": _shop(result["mystery_shop"]),
        "agreement": {name: _agreement(part, _shown(site)) for name, part in result["agreement"].items()},
    }


def comparison_for_partner(comparison: Mapping[str, Any], waves: tuple[Mapping[str, Any], ...]) -> Json:
    """A comparison (wire.md §5) for a partner. `waves`: the unfiltered results of the two waves."""
    found = dict(comparison)
    if not all(_shown(wave["site"]) for wave in waves):
        nothing = dict.fromkeys(("points", "maximum", "percent"))
        found |= dict.fromkeys(("matched", "change", "better", "same", "worse", "sign_test"))
        found |= {"trigger_from": dict(nothing), "trigger_to": dict(nothing), "why": WHY_PARTNER}
    shown = {
        (item["item"], item["zone"]): all(
            any(_place(count) == _place(item) and _shown(count, "n") for count in wave["items"]) for wave in waves
        )
        for item in comparison["items"]
    }
    found["items"] = [
        dict(item) if shown[item["item"], item["zone"]] else _compared(item) for item in comparison["items"]
    ]
    found["unmatched"] = [_unmatched(item, waves) for item in comparison["unmatched"]]
    return found


def item_for_partner(item: Mapping[str, Any]) -> Json:
    """One item-in-zone: whole, or nothing but its red flag."""
    if _shown(item, "n"):
        return dict(item)
    hidden: Json = {name: item[name] for name in _ITEM_NAMES if name in item}
    hidden |= dict.fromkeys(("n", "k", "volunteers", "max", "median", "percent", "prevalence", "strength"))
    hidden |= {"triggers": [], "comforts": [], "left_out": None}
    return hidden | {"flag": _red_only(item["flag"]), "why": WHY_PARTNER}


def _shown(level: Mapping[str, Any], visits: str = "visits") -> bool:
    return may_be_shown_to_partner(level[visits] or 0, level["volunteers"] or 0)


def _place(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["item"], item["zone"]


def _red_only(flag: str) -> str | None:
    return RED if flag == RED else None


def _zone(zone: Mapping[str, Any]) -> Json:
    if _shown(zone):
        return dict(zone)
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


def _site(site: Mapping[str, Any], every_zone_shown: bool) -> Json:
    if not _shown(site):
        nothing = dict.fromkeys(
            ("visits", "volunteers", "sure", "trigger_percent", "peak_zone", "band", "band_by_points")
        )
        return nothing | {"open_red": list(site["open_red"]), "why": WHY_PARTNER}
    if every_zone_shown:
        return dict(site)
    # The mean of all zones but one is on the page: giving the mean as well would give that one away.
    return dict(site) | {"trigger_percent": None, "peak_zone": None, "why": WHY_PARTNER}


def _shop(shop: Mapping[str, Any]) -> Json:
    found = dict(shop)
    if not _shown(shop):
        names = ("visits", "volunteers", "sure", "points", "maximum", "percent", "range")
        found |= dict.fromkeys(names) | {"why": WHY_PARTNER}
    found["stages"] = [_stage(stage) for stage in shop["stages"]]
    found["dimensions"] = [_part(dimension, "dimension") for dimension in shop["dimensions"]]
    found["items"] = [_shop_item(item) for item in shop["items"]]
    return found


def _part(part: Mapping[str, Any], name: str) -> Json:
    if _shown(part):
        return dict(part)
    nothing = dict.fromkeys(("visits", "volunteers", "points", "maximum", "percent"))
    return {name: part[name], **nothing, "why": WHY_PARTNER}


def _stage(stage: Mapping[str, Any]) -> Json:
    faces = ("face_median", "faces", "face_volunteers")
    found = _part(stage, "stage") | {name: stage[name] for name in faces}
    if may_be_shown_to_partner(stage["faces"], stage["face_volunteers"]):
        return found
    return found | dict.fromkeys(faces)


def _shop_item(item: Mapping[str, Any]) -> Json:
    if _shown(item, "n"):
        return dict(item)
    hidden: Json = {name: item[name] for name in _SHOP_ITEM_NAMES}
    hidden |= dict.fromkeys(("n", "volunteers", "points", "maximum", "percent", "twos", "ones_or_more", "left_out"))
    return hidden | {"flag": _red_only(item["flag"]), "why": WHY_PARTNER}


def _agreement(part: Mapping[str, Any], shown: bool) -> Json:
    if shown:
        return dict(part)
    hidden = dict.fromkeys(part)
    return hidden | {"level": part["level"], "why": WHY_PARTNER}


_RED_STORY = ("resolved", "still-open", "cannot-tell", "new-red")


def _compared(item: Mapping[str, Any]) -> Json:
    names = ("from_percent", "to_percent", "change", "verdict", "from_n", "to_n", "from_k", "to_k")
    hidden = dict.fromkeys((*names, "from_volunteers", "to_volunteers"))
    flag = item["flag"] if item["flag"] in _RED_STORY else None
    return {"item": item["item"], "zone": item["zone"], **hidden, "flag": flag, "why": WHY_PARTNER}


def _unmatched(item: Mapping[str, Any], waves: tuple[Mapping[str, Any], ...]) -> Json:
    known = any(_place(count) == _place(item) and _shown(count, "n") for wave in waves for count in wave["items"])
    if known or item["flag"] in _RED_STORY:
        return dict(item)
    return dict(item) | {"flag": None}
