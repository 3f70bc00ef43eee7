"""domain.md §3 and the pins of wire.md §4-§5 written down a second time, the slow way: lists of visits, no counts.

It shares nothing with the product but the instruments' data. Where both agree on random waves, a mistake would
have to have been made twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from statistics import median
from typing import Any

from shared.contracts.instruments import load

PIE, SHOP = load("pie-environment", 1), load("mystery-shop", 1)
JOURNEY = ["AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX"]
CORE_ZONES = ["EN", "RE", "WA", "TS"]
COUNTABLE = {"bad", "good", "both", "fine"}
Visit = dict[str, Any]


def tenth(value: Fraction | None) -> float | None:
    """Round half up to one decimal; of a negative number, its size."""
    if value is None:
        return None
    return math.copysign(math.floor(abs(value) * 10 + Fraction(1, 2)) / 10, value) + 0.0


def share(points: int, maximum: int) -> Fraction | None:
    """In per cent, exactly."""
    return Fraction(100 * points, maximum) if maximum else None


def sure(n: int) -> str | None:
    return [None, "one-persons-view", "early", "fair", "fair", "fair"][n] if n < 6 else "strong"


def counted(visits: Sequence[Visit], kind: str) -> list[Visit]:
    return [v for v in visits if v["kind"] == kind and (not v["stopped_early"] or v["keep_answers"])]


def wilson(k: int, n: int) -> dict[str, float]:
    z, p = 1.959964, k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = max(0.0, centre - half), min(1.0, centre + half)

    def shown(x: float) -> float:
        return float((Decimal(repr(x)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP))

    percent = tenth(Fraction(100 * k, n))
    assert percent is not None
    return {"percent": percent, "low": shown(low), "high": shown(high)}


def answers_of(visit: Visit) -> dict[tuple[str, str], tuple[str, int, int, bool]]:
    """(item, zone) asked -> (answer, t, c, whether somebody gave it)."""
    given = {(a["item"], a["zone"]): a for a in visit["answers"]}
    found = {}
    for zone in JOURNEY:
        if zone not in visit["site_zones"]:
            continue
        if visit["stopped_early"] and not any(where == zone for _, where in given):
            continue
        for item in PIE.items:
            if (item.core and zone not in CORE_ZONES) or (not item.core and item.zone != zone):
                continue
            answer = given.get((item.code, zone))
            if visit["form"] == "short":
                if item.core and answer is None:
                    continue
                if not item.core and not item.short:
                    continue
            if answer is not None:
                found[item.code, zone] = (answer["answer"], answer["trigger"] or 0, answer["comfort"] or 0, True)
            elif zone in visit["zones_complete"]:
                found[item.code, zone] = ("fine", 0, 0, False)
            else:
                found[item.code, zone] = ("skip", 0, 0, False)
    return found


def red_by(item: Any, t: int) -> bool:
    return t == 3 or (item.must_be_right and t >= 2)


def item_result(code: str, zone: str, visits: Sequence[Visit]) -> dict[str, Any] | None:
    item = PIE.item(code)
    said = [(v["volunteer_key"], *answers_of(v)[code, zone]) for v in visits if (code, zone) in answers_of(v)]
    if not said:
        return None
    good = [(who, t, c) for who, answer, t, c, _ in said if answer in COUNTABLE]
    n, k = len(good), sum(t >= 1 for _, t, _ in good)
    ts, cs = sorted(t for _, t, _ in good), sorted(c for _, _, c in good)
    if n == 0:
        flag = "not-checked"
    elif item.kind == "C":
        flag = "none"
    elif any(red_by(item, t) for t in ts):
        flag = "red"
    elif len({who for who, t, _ in good if t >= 2}) >= 2 or (n >= 3 and Fraction(k, n) >= Fraction(1, 2)):
        flag = "amber"
    else:
        flag = "watch" if k else "not-seen"
    counts = item.kind != "C"
    return {
        "item": code,
        "zone": zone,
        "kind": item.kind,
        "must_be_right": item.must_be_right,
        "n": n,
        "k": k if counts else None,
        "volunteers": len({who for who, _, _ in good}),
        "triggers": ts if counts else [],
        "comforts": cs if item.kind != "T" else [],
        "max": max(ts) if counts and ts else None,
        "median": median(ts) if counts and ts else None,
        "percent": tenth(share(sum(ts), 3 * n)) if counts and n >= 2 else None,
        "prevalence": wilson(k, n) if counts and n >= 2 else None,
        "flag": flag,
        "strength": item.kind != "T" and (3 in cs or len({who for who, _, c in good if c >= 2}) >= 2),
        "left_out": {
            reason: sum(answer == reason for _, answer, *_ in said) for reason in ("not-here", "did-not-see", "skip")
        },
    }


def items_of(visits: Sequence[Visit]) -> dict[tuple[str, str], dict[str, Any]]:
    visits = counted(visits, "environment")
    places = [(i.code, z) for z in JOURNEY for i in PIE.items if (i.core and z in CORE_ZONES) or i.zone == z]
    return {place: r for place in places if (r := item_result(*place, visits)) is not None}


def resolved_in(code: str, zone: str, visits: Sequence[Visit]) -> bool:
    saw = [
        (v["volunteer_key"], answers_of(v)[code, zone][1])
        for v in counted(visits, "environment")
        if answers_of(v).get((code, zone), ("skip",))[0] in COUNTABLE
    ]
    return len(saw) >= 2 and len({who for who, _ in saw}) >= 2 and all(t < 2 for _, t in saw)


def open_reds(waves: dict[int, list[Visit]], upto: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    numbers = [w for w in sorted(waves) if w <= upto]
    flags = {w: items_of(waves[w]) for w in numbers}
    for place in {p for w in numbers for p in flags[w]}:
        since = None
        for w in numbers:
            if place in flags[w] and flags[w][place]["flag"] == "red":
                since = since or w
            elif since is not None and resolved_in(*place, waves[w]):
                since = None
        if since is not None:
            found[place] = since
    return found


BANDS = ["calm", "some-strain", "strained", "heavy"]


def band(load: Fraction) -> str:
    return "heavy" if load >= 50 else "strained" if load >= 25 else "some-strain" if load >= 10 else "calm"


def zone_result(zone: str, waves: dict[int, list[Visit]], number: int) -> dict[str, Any]:
    visits = counted(waves.get(number, []), "environment")
    own = [{p: a for p, a in answers_of(v).items() if p[1] == zone} for v in visits]
    kinds = {"trigger": ("T", "B"), "comfort": ("C", "B")}
    asked = sum(len(answers) for answers in own)
    absent = sum(a[0] == "not-here" for answers in own for a in answers.values())
    good = sum(a[0] in COUNTABLE for answers in own for a in answers.values())
    here = [
        (v["volunteer_key"], a) for v, a in zip(visits, own, strict=True) if any(x[0] in COUNTABLE for x in a.values())
    ]
    given = [x[0] for answers in own for x in answers.values() if x[3]]
    n = len(here)
    if n == 0:
        state = "does-not-apply" if given and set(given) == {"not-here"} else "nothing-seen"
    elif n == 1:
        state = "one-persons-view"
    else:
        state = "not-enough-seen" if Fraction(good, asked - absent) < Fraction(1, 2) else "scored"
    result: dict[str, Any] = {"zone": zone, "visits": n, "volunteers": len({who for who, _ in here}), "state": state}
    result["sure"] = sure(n)
    exact = {}
    for at, (side, wanted) in enumerate(kinds.items()):
        per_visit = []
        for answers in own:
            marks = [x[1 + at] for p, x in answers.items() if x[0] in COUNTABLE and PIE.item(p[0]).kind in wanted]
            if marks:
                per_visit.append((sum(marks), 3 * len(marks)))
        points, maximum = sum(p for p, _ in per_visit), sum(m for _, m in per_visit)
        shares = [Fraction(100 * p, m) for p, m in per_visit]
        shown = state == "scored"
        exact[side] = share(points, maximum)
        result[side] = {
            "points": points,
            "maximum": maximum,
            "percent": tenth(exact[side]) if shown else None,
            "range": [tenth(min(shares)), tenth(max(shares))] if shown and len(shares) >= 2 else None,
        }
    reds = [p for p in open_reds(waves, number) if p[1] == zone]
    caps = ["open-red"] if reds else []
    people: dict[str, set[str]] = {}
    for who, answers in here:
        for p, x in answers.items():
            if x[0] in COUNTABLE and red_by(PIE.item(p[0]), x[1]):
                people.setdefault(p[0], set()).add(who)
    if len(reds) >= 2 or any(len(w) >= 2 for w in people.values()):
        caps.append("many-red")
    result["caps"] = caps
    result["band"] = result["band_by_points"] = None
    if state == "scored" and n >= 3 and exact["trigger"] is not None:
        result["band_by_points"] = best = band(exact["trigger"])
        if "open-red" in caps and BANDS.index(best) < 2:
            best = "strained"
        result["band"] = "heavy" if "many-red" in caps else best
    result["coverage"] = {
        "countable": good,
        "asked": asked,
        "not_applicable": absent,
        "percent": tenth(share(good, asked - absent)) if n >= 2 else None,
    }
    items = [r for p, r in items_of(waves.get(number, [])).items() if p[1] == zone]
    for flag in ("red", "amber"):
        result[flag] = [r["item"] for r in items if r["flag"] == flag]
    result["strength"] = [r["item"] for r in items if r["strength"]]
    result["_exact"] = exact["trigger"] if state == "scored" else None
    return result


def any_countable(visit: Visit) -> bool:
    if visit["kind"] == "environment":
        return any(a[0] in COUNTABLE for a in answers_of(visit).values())
    return bool(marks_of(visit))


def marks_of(visit: Visit) -> dict[str, int]:
    return {
        a["item"]: int(a["answer"])
        for a in visit["answers"]
        if a["answer"] in ("0", "1", "2") and a["item"] != "M-BE-07"
    }


def shop_result(visits: Sequence[Visit]) -> dict[str, Any]:
    visits = counted(visits, "mystery-shop")
    marks = [marks_of(v) for v in visits]

    def pooled(codes: set[str]) -> tuple[int, int, int]:
        chosen = [m[c] for m in marks for c in m if c in codes]
        return sum(chosen), 2 * len(chosen), sum(any(c in codes for c in m) for m in marks)

    every = {i.code for i in SHOP.items}
    points, maximum, n = pooled(every)
    own = [Fraction(100 * sum(m.values()), 2 * len(m)) for m in marks if m]
    found: dict[str, Any] = {
        "visits": n,
        "points": points,
        "maximum": maximum,
        "percent": tenth(share(points, maximum)) if n >= 2 else None,
        "range": [tenth(min(own)), tenth(max(own))] if n >= 2 else None,
        "stages": {},
        "dimensions": {},
        "items": {},
    }
    for what, name in (("stages", "stage"), ("dimensions", "dimension")):
        for code in {getattr(i, name) for i in SHOP.items if i.scored}:
            p, m, seen = pooled({i.code for i in SHOP.items if getattr(i, name) == code})
            part = {"points": p, "maximum": m, "percent": tenth(share(p, m)) if seen >= 2 else None}
            if what == "stages":
                faces = [v["faces"][code] for v in visits if code in v["faces"]]
                part |= {"faces": len(faces), "face_median": median(faces) if len(faces) >= 2 else None}
            found[what][code] = part
    for item in SHOP.items:
        got = [m[item.code] for m in marks if item.code in m]
        if any(item.code in {i.code for i in SHOP.for_channel(v["channel"])} for v in visits) and item.scored:
            found["items"][item.code] = {
                "n": len(got),
                "points": sum(got),
                "maximum": 2 * len(got),
                "percent": tenth(share(sum(got), 2 * len(got))) if len(got) >= 2 else None,
                "twos": got.count(2),
                "ones_or_more": sum(g >= 1 for g in got),
                "flag": "red" if item.must_be_right and 0 in got else "none",
            }
    return found


def alpha(units: list[list[int]], level: str) -> Fraction | None:
    """Krippendorff's alpha from the coincidence matrix, pair by pair."""
    units = [u for u in units if len(u) >= 2]
    values = [v for u in units for v in u]
    n = len(values)

    def apart(a: int, b: int) -> Fraction:
        if level == "nominal":
            return Fraction(int(a != b))
        if level == "interval":
            return Fraction((a - b) ** 2)
        low, high = min(a, b), max(a, b)
        between = sum(low <= v <= high for v in values)
        return (between - Fraction(values.count(low) + values.count(high), 2)) ** 2 if a != b else Fraction(0)

    observed = sum((apart(a, b) * 2 / (len(u) - 1) for u in units for a, b in combinations(u, 2)), Fraction(0)) / n
    expected = sum((apart(a, b) * 2 for a, b in combinations(values, 2)), Fraction(0)) / (n * (n - 1))
    return None if expected == 0 else 1 - observed / expected


def agreement(visits: Sequence[Visit]) -> dict[str, Any]:
    first: dict[str, Visit] = {}
    for visit in sorted(counted(visits, "environment"), key=lambda v: (v["received_at"], v["visit_id"])):
        first.setdefault(visit["volunteer_key"], visit)
    found = {}
    for name, nature, level in (("facts", "F", "nominal"), ("felt", "L", "ordinal")):
        units: dict[tuple[str, str], list[int]] = {}
        for visit in first.values():
            for (code, zone), (answer, t, c, _) in answers_of(visit).items():
                item = PIE.item(code)
                if answer in COUNTABLE and item.nature == nature:
                    value = c if item.kind == "C" else t
                    units.setdefault((code, zone), []).append(min(value, 1) if nature == "F" else value)
        paired = [u for u in units.values() if len(u) >= 2]
        pairs = [pair for u in paired for pair in combinations(u, 2)]
        value = None
        if len(paired) < 10:
            says = "too-few"
        elif len({v for u in paired for v in u}) < 2:
            says = "everyone-agreed"
        else:
            value = alpha(paired, level)
            assert value is not None
            tentative = "tentative" if value >= Fraction(667, 1000) else "talk-it-over"
            says = "good" if value >= Fraction(4, 5) else tentative
        part = {
            "pairs": len(pairs),
            "exact_percent": tenth(share(sum(a == b for a, b in pairs), len(pairs))),
            "units": len(paired),
            "alpha": None
            if value is None
            else math.copysign(math.floor(abs(value) * 1000 + Fraction(1, 2)), value) / 1000,
            "level": level,
            "says": says,
        }
        if name == "felt":
            part["within_one_percent"] = tenth(share(sum(abs(a - b) <= 1 for a, b in pairs), len(pairs)))
        found[name] = part
    return found


def wave(waves: dict[int, list[Visit]], number: int, zones: Sequence[str]) -> dict[str, Any]:
    visits = waves.get(number, [])
    here = [v for v in counted(visits, "environment") + counted(visits, "mystery-shop") if any_countable(v)]
    building = [v for v in here if v["kind"] == "environment"]
    parts = [zone_result(zone, waves, number) for zone in JOURNEY if zone in zones]
    loads = [(z["_exact"], z["zone"]) for z in parts if z["_exact"] is not None]
    reds = open_reds(waves, number)
    mean = sum((e for e, _ in loads), Fraction(0)) / len(loads) if loads else None
    site_band = None
    if mean is not None and len(building) >= 3:
        site_band = band(mean)
        if reds and BANDS.index(site_band) < 2:
            site_band = "strained"
    return {
        "wave": number,
        "visits": len(here),
        "volunteers": len({v["volunteer_key"] for v in here}),
        "sure": sure(len(here)),
        "swing": tenth(share(1, len(here))),
        "zones": parts,
        "items": list(items_of(visits).values()),
        "site": {
            "trigger_percent": tenth(mean),
            "peak_zone": next((z for e, z in loads if e == max(x for x, _ in loads)), None),
            "open_red": {(i, z, since) for (i, z), since in reds.items()},
            "band": site_band,
        },
        "mystery_shop": shop_result(visits),
        "agreement": agreement(visits),
    }
