"""Random waves sent to intake's API and read from assessment's, figure for figure against the naive reading."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.instruments import load
from tests.service.intake.plans import EXERCISE, SITE, a_plan, an_id
from tests.system import System
from tests.unit.assessment import from_scratch, from_scratch_comparison
from tests.unit.assessment.sent import environment, talk
from tests.unit.assessment.test_against_from_scratch import keyed, same

PIE, SHOP = load("pie-environment", 1), load("mystery-shop", 1)
ZONES = ["AP", "EN", "RE", "QS", "EX"]
WAVES = {1: "2026-07", 2: "2026-08", 3: "2026-09"}
VOLUNTEERS = [f"volunteer-{at}" for at in range(1, 5)]


def the_plan() -> dict[str, Any]:
    """Four volunteers, each asked for both kinds of visit in all three rounds."""
    plan = a_plan()
    plan["sites"][0]["zones"] = ZONES
    plan["exercise"]["waves"] = [
        {"number": number, "opens": f"{month}-01", "closes": f"{month}-28"} for number, month in WAVES.items()
    ]
    others = [person for person in plan["people"] if "volunteer" not in person["roles"]]
    plan["people"] = others + [
        {"id": an_id(name), "name": f"The {name}", "roles": ["volunteer"], "representative": False}
        for name in VOLUNTEERS
    ]
    plan["assignments"] = [
        {
            "id": an_id(f"{name}-{wave}-{kind}"),
            "volunteer": an_id(name),
            "site": SITE,
            "wave": wave,
            "kind": kind,
            **({"scenario": an_id("scenario")} if kind == "mystery-shop" else {}),
        }
        for name in VOLUNTEERS
        for wave in WAVES
        for kind in ("environment", "mystery-shop")
    ]
    return plan


def a_visit(chance: random.Random, number: int, wave: int) -> dict[str, Any]:
    """Any visit that intake takes, as assessment's builders say it."""
    who = chance.choice(VOLUNTEERS)
    stopped = chance.random() < 0.15
    kept = stopped and chance.random() < 0.6
    if chance.random() < 0.3:
        answers = {
            item.code[2:]: chance.choice(["2", "1", "0", "skip", "not-applicable", "did-not-get-that-far"])
            for item in SHOP.for_channel("face-to-face")
            if chance.random() < 0.6
        }
        faces = {stage: chance.randint(1, 5) for stage in ("AR", "WE", "CV") if chance.random() < 0.6}
        return talk(number, answers, volunteer=who, wave=wave, faces=faces, stopped=stopped, keep=kept, site=SITE)
    form = chance.choice(["long", "long", "short"])
    share = chance.choice([0.05, 0.5, 0.95])
    said = []
    for (code, zone), item in PIE.places.items():
        if zone not in ZONES or not PIE.takes(item, form) or chance.random() > share:
            continue
        options = ["fine"] * 4 + ["not-here", "did-not-see", "skip"]
        options += ["t1", "t2", "t1"] if item.takes_trigger else []
        options += ["c1", "c2", "c3"] if item.takes_comfort else []
        options += ["t2c1", "t1c3"] if item.kind == "B" else []
        options += ["t3"] if item.takes_trigger and chance.random() < 0.2 else []
        said.append((f"{code[2:]}@{zone}", chance.choice(options)))
    complete = [zone for zone in ZONES if chance.random() < 0.4]
    return environment(
        number,
        said,
        volunteer=who,
        wave=wave,
        zones=ZONES,
        complete=complete,
        form=form,
        stopped=stopped,
        keep=kept,
        site=SITE,
    )


def as_sent(visit: dict[str, Any]) -> dict[str, Any]:
    """The same visit as a phone sends it (wire.md §3)."""
    body = {
        name: visit[name]
        for name in ("wave", "kind", "instrument", "instrument_version", "form", "channel", "part_of_day")
    }
    body |= {name: visit[name] for name in ("stopped_early", "keep_answers", "zones_complete", "faces", "consents")}
    answers = [{name: value for name, value in answer.items() if value is not None} for answer in visit["answers"]]
    return body | {
        "exercise_id": EXERCISE,
        "site_id": SITE,
        "visited_on": f"{WAVES[visit['wave']]}-10",
        "answers": answers,
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    system = System(tmp_path)
    try:
        tokens = system.plan(the_plan())
        phone = system.client()
        headers = {an_id(name): {"Authorization": f"Bearer {tokens[an_id(name)]}"} for name in (*VOLUNTEERS, "lead")}
        lead = headers[an_id("lead")]
        moved = phone.post(f"/api/intake/v1/exercises/{EXERCISE}/stage", json={"to": "fieldwork"}, headers=lead)
        assert moved.status_code == 200
        waves: dict[int, list[dict[str, Any]]] = {number: [] for number in WAVES}
        numbers = list(range(1, 22))
        for number in numbers:
            wave = chance.choice([*WAVES])
            visit = a_visit(chance, number, wave)
            system.clock.move(timedelta(seconds=chance.randint(1, 60)))
            url = f"/api/intake/v1/visits/{UUID(visit['visit_id'])}"
            who = headers[an_id(visit["volunteer_key"])]
            answer = phone.put(url, json=as_sent(visit), headers=who)
            assert answer.status_code == 201, answer.get_data(as_text=True)
            visit["received_at"] = system.clock.now().isoformat()
            if chance.random() < 0.1:
                assert phone.post(f"{url}/withdrawal", json={}, headers=who).status_code == 200
            else:
                waves[wave].append(visit)
            if chance.random() < 0.3:
                system.drain()
        system.drain()
        reader = system.client("assessment")
        base = f"/api/assessment/v1/exercises/{EXERCISE}/sites/{SITE}"
        for wave in WAVES:
            found = reader.get(f"{base}/waves/{wave}", headers=lead).get_json()
            site, shop = found["site"], found["mystery_shop"]
            site["open_red"] = {(red["item"], red["zone"], red["since_wave"]) for red in site["open_red"]}
            for name, key in (("stages", "stage"), ("dimensions", "dimension"), ("items", "item")):
                shop[name] = keyed(shop[name], key)
            same(found, from_scratch.wave(waves, wave, ZONES))
        for start, end in ((1, 2), (1, 3), (2, 3)):
            found = reader.get(f"{base}/comparison?from={start}&to={end}", headers=lead).get_json()
            expected = from_scratch_comparison.comparison(waves, start, end)
            sums = [found[f"trigger_{w}"][p] for w in ("from", "to") for p in ("points", "maximum")]
            assert sums == expected.pop("sums")
            for name in ("items", "unmatched"):
                found[name] = keyed(found[name], "item", "zone")
                assert found[name].keys() == expected[name].keys()
            same(found, expected)
    finally:
        system.close()
