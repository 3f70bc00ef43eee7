"""How each number came about: points, maximum, which answers counted and which did not and why (domain.md §3).

Made from the result alone, so it can never tell another story than the figures, and shows a partner no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

REASONS = {
    "not-here": "not here",
    "did-not-see": "did not see",
    "skip": "skipped",
    "not-applicable": "did not apply",
    "did-not-get-that-far": "did not get that far",
    "too-soon": "too soon to say",
}


def explain(result: Mapping[str, Any]) -> Json:
    """For each zone, both loads and coverage, and for each stage of the talk its points, as lists of sums."""
    return {
        "exercise_id": result["exercise_id"],
        "site_id": result["site_id"],
        "wave": result["wave"],
        "zones": [_zone(zone, result["items"]) for zone in result["zones"]],
        "stages": [_stage(stage, result["mystery_shop"]["items"]) for stage in result["mystery_shop"]["stages"]],
        "site": _site(result),
    }


def _zone(zone: Json, items: list[Json]) -> Json:
    here = [item for item in items if item["zone"] == zone["zone"] and not item.get("local")]
    return {
        "zone": zone["zone"],
        "trigger": _side(zone["trigger"], here, "triggers"),
        "comfort": _side(zone["comfort"], here, "comforts"),
        "coverage": {
            **zone["coverage"],
            "how": "answers that count ÷ (asked − not here)",
        },
        "left_out": [
            {"item": item["item"], "reason": REASONS[reason], "answers": number}
            for item in here
            for reason, number in (item["left_out"] or {}).items()
            if number
        ],
        "why": zone["why"],
    }


def _side(load: Json, items: list[Json], strengths: str) -> Json:
    counted = [item for item in items if item[strengths]]
    return {
        "points": load["points"],
        "maximum": load["maximum"],
        "percent": load["percent"],
        "counted": [
            {
                "item": item["item"],
                "strengths": item[strengths],
                "points": sum(item[strengths]),
                "maximum": 3 * item["n"],
            }
            for item in counted
        ],
        "how": "100 × points ÷ maximum; each answer can give up to 3 points",
    }


def _stage(stage: Json, items: list[Json]) -> Json:
    here = [item for item in items if item["stage"] == stage["stage"]]
    return {
        "stage": stage["stage"],
        "points": stage["points"],
        "maximum": stage["maximum"],
        "percent": stage["percent"],
        "counted": [
            {"item": item["item"], "points": item["points"], "maximum": item["maximum"]} for item in here if item["n"]
        ],
        "left_out": [
            {"item": item["item"], "reason": REASONS[reason], "answers": number}
            for item in here
            for reason, number in (item["left_out"] or {}).items()
            if number
        ],
        "how": "100 × points ÷ maximum; 2 without asking, 1 when asked, 0 not at all",
        "why": stage["why"],
    }


def _site(result: Mapping[str, Any]) -> Json:
    return {
        "percent": result["site"]["trigger_percent"],
        "mean_of": [
            {"zone": zone["zone"], "percent": zone["trigger"]["percent"]}
            for zone in result["zones"]
            if zone["state"] == "scored" and zone["trigger"]["maximum"]
        ],
        "how": "the plain mean of the zones that could be scored, each counting the same",
        "why": result["site"]["why"],
    }
