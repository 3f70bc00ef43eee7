"""Visits to measure with: one plan with room for all, bodies of 63 answers (about 7 KB), photos of about 300 KB."""

from __future__ import annotations

import hashlib
import io
import json
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from shared.contracts.instruments import load

ANSWERS = 63
_ZONES = ["AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX"]


def plan(sites: int = 1) -> dict[str, Any]:
    """A plan whose first wave is open today, with four volunteers and a lead."""
    today = datetime.now(UTC).date()
    wave = {"opens": (today - timedelta(days=3)).isoformat(), "closes": (today + timedelta(days=3)).isoformat()}
    volunteers = [str(uuid.uuid4()) for _ in range(4)]
    places = [
        {"id": str(uuid.uuid4()), "name": f"Office {n}", "zones": _ZONES, "photos_allowed": True} for n in range(sites)
    ]
    return {
        "partner": {"id": str(uuid.uuid4()), "name": "A partner", "kind": "jobcentre"},
        "sites": places,
        "exercise": {"id": str(uuid.uuid4()), "title": "Bench", "mode": "announced", "waves": [{"number": 1} | wave]},
        "people": [
            {"id": str(uuid.uuid4()), "name": "Lead", "roles": ["lead"], "representative": False},
            *({"id": v, "name": "Volunteer", "roles": ["volunteer"], "representative": False} for v in volunteers),
        ],
        "scenarios": [],
        "assignments": [
            {"id": str(uuid.uuid4()), "volunteer": v, "site": s["id"], "wave": 1, "kind": "environment"}
            for v in volunteers
            for s in places
        ],
    }


def body(plan: dict[str, Any], seed: int, photos: list[bytes] | None = None, site: int = 0) -> dict[str, Any]:
    """One visit of `ANSWERS` answers; the same seed gives the same answers."""
    chance = random.Random(seed)
    places = load("pie-environment", 1).places
    answers = []
    for (code, zone), item in chance.sample(sorted(places.items(), key=lambda place: place[0]), ANSWERS):
        answer = chance.choice(["fine", "fine", "bad" if item.kind != "C" else "good", "did-not-see"])
        found: dict[str, Any] = {"item": code, "zone": zone, "answer": answer}
        if answer == "bad":
            found |= {"trigger": chance.choice([1, 1, 2, 3]), "words": "The guard stood in the door and looked at me."}
        if answer == "good":
            found |= {"comfort": chance.choice([1, 2, 3])}
        answers.append(found)
    return {
        "exercise_id": plan["exercise"]["id"],
        "site_id": plan["sites"][site]["id"],
        "wave": 1,
        "kind": "environment",
        "instrument": "pie-environment",
        "instrument_version": 1,
        "form": "long",
        "channel": "face-to-face",
        "visited_on": datetime.now(UTC).date().isoformat(),
        "part_of_day": chance.choice(["morning", "afternoon", "evening"]),
        "answers": answers,
        "photos": [
            {
                "photo_id": str(uuid.uuid4()),
                "sha256": hashlib.sha256(photo).hexdigest(),
                "media_type": "image/jpeg",
                "bytes": len(photo),
                "zone": "RE",
                "annotations": [],
            }
            for photo in photos or []
        ],
    }


def encoded(visit: dict[str, Any]) -> bytes:
    """The bytes a phone sends."""
    return json.dumps(visit).encode()


def picture(width: int, height: int, seed: int, quality: int = 80) -> bytes:
    """A JPEG with as much going on in it as a photograph; every seed gives other bytes."""
    chance = random.Random(seed)
    small = Image.frombytes("RGB", (width // 16, height // 16), chance.randbytes((width // 16) * (height // 16) * 3))
    noise = Image.frombytes("L", (width // 2, height // 2), chance.randbytes((width // 2) * (height // 2)))
    base = small.resize((width, height), Image.Resampling.BICUBIC)
    grain = noise.resize((width, height), Image.Resampling.BILINEAR).convert("RGB")
    out = io.BytesIO()
    Image.blend(base, grain, 0.12).save(out, "JPEG", quality=quality)
    return out.getvalue()
