"""An independent reading of `domain.md` §3 with the pins of `wire.md` §4: from visits as they were sent to the exact
answer of `GET …/waves/{n}`. Written naively on purpose: everything is counted again from the raw answers each time.

Where neither page settles a value, the expectation is `Either` of the readings, or the key is left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.acceptance.reference_agreement import agreement_of
from tests.acceptance.reference_items import (
    DIMENSIONS,
    ITEMS,
    MYSTERY_ITEMS,
    STAGES,
    ZONES,
    Item,
    items_in_zones,
    items_of_zone,
)
from tests.acceptance.reference_numbers import Either, median, rounded, share, wilson

COUNTABLE = {"bad", "good", "both", "fine"}
BANDS = ("calm", "some-strain", "strained", "heavy")
Answer = tuple[str, int, int]


@dataclass(frozen=True)
class Sent:
    """One visit as the volunteer last left it; `received` is the order in which first versions arrived."""

    visit_id: str
    volunteer: str
    received: int
    body: dict[str, Any]
    withdrawn: bool = False

    @property
    def counts(self) -> bool:
        """Neither withdrawn nor stopped without leave to use it (pin 9)."""
        return not self.withdrawn and (not self.body.get("stopped_early") or self.body.get("keep_answers") is True)


def sure(visits: int) -> str | None:
    """The word for how much a number of visits can carry (§3.4)."""
    return {0: None, 1: "one-persons-view", 2: "early"}.get(visits, "fair" if visits < 6 else "strong")


def asked(body: dict[str, Any], zones: list[str]) -> list[tuple[Item, str]]:
    """What one environment visit was asked (pin 2)."""
    answered = {(entry["item"], entry["zone"]) for entry in body["answers"]}
    reached = {zone for _, zone in answered} if body.get("stopped_early") else set(zones)
    pairs = [(item, zone) for item, zone in items_in_zones(zones) if zone in reached]
    if body["form"] == "long":
        return pairs
    return [(i, z) for i, z in pairs if ((i.code, z) in answered if i.core else i.short)]


def answers_of(body: dict[str, Any], zones: list[str]) -> dict[tuple[str, str], Answer]:
    """(item, zone) -> (answer, trigger, comfort) for everything the visit was asked, blanks read as §3.8 says."""
    given = {(entry["item"], entry["zone"]): entry for entry in body["answers"]}
    complete = set(body.get("zones_complete", []))
    result: dict[tuple[str, str], Answer] = {}
    for item, zone in asked(body, zones):
        entry = given.get((item.code, zone))
        if entry is None:
            result[item.code, zone] = ("fine" if zone in complete else "skip", 0, 0)
        else:
            result[item.code, zone] = (entry["answer"], entry.get("trigger") or 0, entry.get("comfort") or 0)
    return result


@dataclass
class ItemWave:
    """Everything said of one item in one zone in one wave."""

    item: Item
    zone: str
    said: list[tuple[str, Answer]] = field(default_factory=list)
    seen_by: set[str] = field(default_factory=set)

    @property
    def seen(self) -> list[tuple[str, int, int]]:
        """(volunteer, trigger, comfort) of the countable answers."""
        return [(who, t, c) for who, (answer, t, c) in self.said if answer in COUNTABLE]

    @property
    def red_by(self) -> set[str]:
        """The volunteers whose own answer makes the item red."""
        return {who for who, t, _ in self.seen if t == 3 or (t >= 2 and self.item.must_be_right)}

    @property
    def load(self) -> Fraction | None:
        """L of §3.7."""
        return share(sum(t for _, t, _ in self.seen), 3 * len(self.seen))

    @property
    def flag(self) -> str:
        """The first of §3.2's flags that fits."""
        n, k = len(self.seen), sum(t >= 1 for _, t, _ in self.seen)
        if n == 0:
            return "not-checked"
        if self.item.kind == "C":
            return "none"
        if self.red_by:
            return "red"
        if len({who for who, t, _ in self.seen if t >= 2}) >= 2 or (n >= 3 and 2 * k >= n):
            return "amber"
        return "watch" if k else "not-seen"

    @property
    def strength(self) -> bool:
        """Whether §3.2 says: keep this."""
        return any(c == 3 for _, _, c in self.seen) or len({who for who, _, c in self.seen if c >= 2}) >= 2

    @property
    def resolves(self) -> bool:
        """§3.7: at least two visits by two volunteers saw it, and none gave two or more."""
        return (
            len(self.seen) >= 2 and len({who for who, _, _ in self.seen}) >= 2 and all(t < 2 for _, t, _ in self.seen)
        )


def collect(sent: Iterable[Sent], zones: list[str], wave: int) -> dict[tuple[str, str], ItemWave]:
    """Every item-in-zone that somebody was asked in the wave."""
    found: dict[tuple[str, str], ItemWave] = {}
    for visit in environment_visits(sent, wave):
        for (code, zone), answer in answers_of(visit.body, zones).items():
            result = found.setdefault((code, zone), ItemWave(ITEMS[code], zone))
            result.said.append((visit.volunteer, answer))
            if answer[0] in COUNTABLE:
                result.seen_by.add(visit.visit_id)
    return found


def environment_visits(sent: Iterable[Sent], wave: int) -> list[Sent]:
    """The environment checks of the wave that count at all, in the order received."""
    return _of_kind(sent, wave, "environment")


def _of_kind(sent: Iterable[Sent], wave: int, kind: str) -> list[Sent]:
    chosen = [v for v in sent if v.counts and v.body["kind"] == kind and v.body["wave"] == wave]
    return sorted(chosen, key=lambda v: v.received)


def open_reds(sent: Iterable[Sent], zones: list[str], wave: int) -> dict[tuple[str, str], int]:
    """(item, zone) -> the wave since which its red flag is open, as of the end of a wave (pin 5)."""
    visits, still = list(sent), dict[tuple[str, str], int]()
    for number in range(1, wave + 1):
        for key, result in collect(visits, zones, number).items():
            if result.red_by:
                still.setdefault(key, number)
            elif key in still and result.resolves:
                del still[key]
    return still


def wave_result(ids: dict[str, str], sent: Iterable[Sent], zones: list[str], wave: int) -> dict[str, Any]:
    """The whole answer of `GET …/sites/{site}/waves/{n}`; `ids` holds the exercise's and the site's id."""
    visits = list(sent)
    zones = [zone for zone in ZONES if zone in zones]
    environment, mystery = environment_visits(visits, wave), _of_kind(visits, wave, "mystery-shop")
    said = {v.visit_id: answers_of(v.body, zones) for v in environment}
    found, reds = collect(visits, zones, wave), open_reds(visits, zones, wave)
    counted = [v for v in environment if any(a[0] in COUNTABLE for a in said[v.visit_id].values())]
    shops = [v for v in mystery if _scores(v)]
    zone_results = [_zone(zone, environment, said, found, reds) for zone in zones]
    everyone = counted + shops
    return {
        **ids,
        "wave": wave,
        "visits": len(everyone),
        "volunteers": len({v.volunteer for v in everyone}),
        "sure": sure(len(everyone)),
        "swing": rounded(Fraction(100, len(everyone))) if everyone else None,
        "instrument_versions": {v.body["instrument"]: v.body["instrument_version"] for v in everyone},
        "zones": [shown for shown, _ in zone_results],
        "items": [_item(found[item.code, zone]) for item, zone in items_in_zones(zones) if (item.code, zone) in found],
        "site": _site(zone_results, reds, len(counted)),
        "mystery_shop": _mystery_shop(mystery),
        "agreement": agreement_of(ITEMS, [(v.volunteer, _rated(said[v.visit_id])) for v in environment]),
    }


def _rated(answers: dict[tuple[str, str], Answer]) -> dict[tuple[str, str], int]:
    """One rater's strengths: of triggers, and of comfort where an item asks for comfort only (pin 8)."""
    return {
        key: comfort if ITEMS[key[0]].kind == "C" else trigger
        for key, (answer, trigger, comfort) in answers.items()
        if answer in COUNTABLE
    }


def _bar(
    kinds: str, part: int, zone: str, per_visit: list[dict[tuple[str, str], Answer]], percents: bool
) -> tuple[dict[str, Any], Fraction | None]:
    """A zone's trigger (part 1) or comfort (part 2) bar, and its exact value whether it may be shown or not."""
    sums = []
    for answers in per_visit:
        mine = [a for (code, z), a in answers.items() if z == zone and a[0] in COUNTABLE and ITEMS[code].kind in kinds]
        sums.append((sum(a[part] for a in mine), 3 * len(mine)))
    points, maximum = sum(p for p, _ in sums), sum(m for _, m in sums)
    own = [Fraction(100 * p, m) for p, m in sums if m]
    exact = share(points, maximum)
    spread = [rounded(min(own)), rounded(max(own))] if percents and len(own) >= 2 else None
    shown = {"points": points, "maximum": maximum, "percent": rounded(exact) if percents else None, "range": spread}
    return shown, exact


def _zone(
    zone: str,
    environment: list[Sent],
    said: dict[str, dict[tuple[str, str], Answer]],
    found: dict[tuple[str, str], ItemWave],
    reds: dict[tuple[str, str], int],
) -> tuple[dict[str, Any], Fraction | None]:
    """One zone as it is shown, and its exact load when it is a scored zone."""
    here = [(v, {key: a for key, a in said[v.visit_id].items() if key[1] == zone}) for v in environment]
    counted = [v for v, answers in here if any(a[0] in COUNTABLE for a in answers.values())]
    every = [a[0] for _, answers in here for a in answers.values()]
    countable, away = sum(a in COUNTABLE for a in every), every.count("not-here")
    coverage = share(countable, len(every) - away)
    ticked = [e["answer"] for v, _ in here for e in v.body["answers"] if e["zone"] == zone]
    if not counted:
        state = "does-not-apply" if ticked and all(a == "not-here" for a in ticked) else "nothing-seen"
    elif len(counted) == 1:
        state = "one-persons-view"
    else:
        state = "not-enough-seen" if coverage is not None and coverage < 50 else "scored"
    percents = state == "scored"
    trigger, load = _bar("TB", 1, zone, [a for _, a in here], percents)
    comfort, _ = _bar("CB", 2, zone, [a for _, a in here], percents)
    results = {item.code: found[item.code, zone] for item in items_of_zone(zone) if (item.code, zone) in found}
    caps = _caps(results.values(), sum(z == zone for _, z in reds))
    by_points = band_of(load) if percents and len(counted) >= 3 else None
    shown = {
        "zone": zone,
        "visits": len(counted),
        "volunteers": len({v.volunteer for v in counted}),
        "sure": sure(len(counted)),
        "state": state,
        "trigger": trigger,
        "comfort": comfort,
        "band": capped(by_points, caps),
        "band_by_points": by_points,
        "caps": caps,
        "coverage": {
            "countable": countable,
            "asked": len(every),
            "not_applicable": away,
            "percent": rounded(coverage) if len(counted) >= 2 else None,
        },
        "red": [code for code, result in results.items() if result.flag == "red"],
        "amber": [code for code, result in results.items() if result.flag == "amber"],
        "strength": [code for code, result in results.items() if result.strength],
    }
    return shown, load if percents else None


def _caps(results: Iterable[ItemWave], open_here: int) -> list[str]:
    """What holds the zone's band down (§3.3 with pin 5)."""
    caps = ["open-red"] if open_here else []
    if open_here >= 2 or any(len(result.red_by) >= 2 for result in results):
        caps.append("many-red")
    return caps


def band_of(load: Fraction | None) -> str | None:
    """The band by points alone (§3.3)."""
    if load is None:
        return None
    return BANDS[sum(load >= cut for cut in (10, 25, 50))]


def capped(band: str | None, caps: list[str]) -> str | None:
    """The band that the caps leave."""
    if band is None:
        return None
    floor = 3 if "many-red" in caps else 2 if "open-red" in caps else 0
    return BANDS[max(floor, BANDS.index(band))]


def _item(result: ItemWave) -> dict[str, Any]:
    item, n = result.item, len(result.seen)
    triggers = sorted(t for _, t, _ in result.seen) if item.kind != "C" else []
    answers = [answer for _, (answer, _, _) in result.said]
    k = sum(t >= 1 for t in triggers)
    low, high = wilson(k, n) if n else (None, None)
    counts, shown = item.kind != "C", item.kind != "C" and n >= 2
    return {
        "item": item.code,
        "zone": result.zone,
        "kind": item.kind,
        "must_be_right": item.must_be_right,
        "n": n,
        "k": k if counts else None,
        "volunteers": len({who for who, _, _ in result.seen}),
        "triggers": triggers,
        "comforts": sorted(c for _, _, c in result.seen) if item.kind != "T" else [],
        "max": max(triggers) if triggers else None,
        "median": median(triggers),
        "percent": rounded(result.load) if shown else None,
        "prevalence": {"percent": rounded(share(k, n)), "low": low, "high": high} if shown else None,
        "flag": result.flag,
        "strength": result.strength,
        "left_out": {why: answers.count(why) for why in ("not-here", "did-not-see", "skip")},
    }


def _site(
    zones: list[tuple[dict[str, Any], Fraction | None]], reds: dict[tuple[str, str], int], visits: int
) -> dict[str, Any]:
    loads = [(shown["zone"], load) for shown, load in zones if load is not None]
    mean = sum((load for _, load in loads), Fraction(0)) / len(loads) if loads else None
    highest = max((load for _, load in loads), default=None)
    return {
        "trigger_percent": rounded(mean),
        "peak_zone": next((zone for zone, load in loads if load == highest), None),
        "open_red": [{"item": code, "zone": zone, "since_wave": since} for (code, zone), since in sorted(reds.items())],
        "band": capped(band_of(mean), ["open-red"] if reds else []) if visits >= 3 else None,
    }


def _points(visit: Sent, keep: Callable[[str], bool] = lambda code: True) -> list[int]:
    """The visit's scoring answers to the items that `keep` chooses (pin 7)."""
    return [
        int(entry["answer"])
        for entry in visit.body["answers"]
        if entry["answer"] in ("2", "1", "0") and MYSTERY_ITEMS[entry["item"]].scored and keep(entry["item"])
    ]


def _scores(visit: Sent) -> bool:
    return bool(_points(visit))


def _sums(visits: list[Sent], keep: Callable[[str], bool]) -> dict[str, Any]:
    lists = [points for visit in visits if (points := _points(visit, keep))]
    points, maximum = sum(map(sum, lists)), 2 * sum(map(len, lists))
    return {
        "points": points,
        "maximum": maximum,
        "percent": rounded(share(points, maximum)) if len(lists) >= 2 else None,
    }


def _mystery_shop(visits: list[Sent]) -> dict[str, Any]:
    """The block of the mystery shop; stages, dimensions and items without any answer are left for the product."""
    lists = [points for visit in visits if (points := _points(visit))]
    own = [Fraction(100 * sum(points), 2 * len(points)) for points in lists]
    return {
        "visits": len(lists),
        **_sums(visits, lambda code: True),
        "range": [rounded(min(own)), rounded(max(own))] if len(own) >= 2 else None,
        "stages": [_stage(stage, visits) for stage in STAGES],
        "dimensions": [
            {"dimension": d, **_sums(visits, lambda code, d=d: MYSTERY_ITEMS[code].dimension == d)} for d in DIMENSIONS
        ],
        "items": [_mystery_item(code, visits) for code, item in MYSTERY_ITEMS.items() if item.scored],
    }


def _stage(stage: str, visits: list[Sent]) -> dict[str, Any]:
    faces = sorted(v.body["faces"][stage] for v in visits if stage in v.body.get("faces", {}))
    return {
        "stage": stage,
        **_sums(visits, lambda code: MYSTERY_ITEMS[code].stage == stage),
        "face_median": median(faces) if len(faces) >= 2 else None,
        "faces": Either((len(faces), faces)),
    }


def _mystery_item(code: str, visits: list[Sent]) -> dict[str, Any]:
    points = [p for visit in visits for p in _points(visit, lambda other: other == code)]
    return {
        "item": code,
        "n": len(points),
        **_sums(visits, lambda other: other == code),
        "twos": points.count(2),
        "ones_or_more": sum(p >= 1 for p in points),
        "flag": "red" if MYSTERY_ITEMS[code].must_have and 0 in points else "none",
    }
