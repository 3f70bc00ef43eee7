"""Visits as intake sends them, said briefly: the builders that assessment's tests share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

EXERCISE = "11111111-1111-4111-8111-111111111111"
SITE = "22222222-2222-4222-8222-222222222222"
ALL_ZONES = ("AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX")


def visit_id(number: int) -> str:
    """The id of the visit of that number."""
    return f"aaaaaaaa-0000-4000-8000-{number:012d}"


def felt(place: str, said: str) -> dict[str, Any]:
    """One answer. `place`: "RE-03" or "AZ-03@WA"; `said`: "t2", "c1", "t1c1", "fine", "not-here", "skip"."""
    code, _, zone = place.partition("@")
    trigger = int(said[said.index("t") + 1]) if said[0] == "t" else None
    comfort = int(said[-1]) if "c" in said and said[-1].isdigit() else None
    answer = said
    if trigger or comfort:
        answer = "both" if trigger and comfort else "bad" if trigger else "good"
    return {
        "item": f"P-{code}",
        "zone": zone or code[:2],
        "answer": answer,
        "trigger": trigger,
        "comfort": comfort,
    }


def environment(
    number: int = 1,
    answers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    *,
    volunteer: str | None = None,
    wave: int = 1,
    zones: Sequence[str] = ("RE",),
    complete: Sequence[str] = (),
    form: str = "long",
    stopped: bool = False,
    keep: bool = False,
    version: int = 1,
    received: int | None = None,
    site: str = SITE,
) -> dict[str, Any]:
    """An environment check. `received`: the second it came, by default its number."""
    pairs = answers.items() if isinstance(answers, Mapping) else answers
    return _visit(number, volunteer, wave, received, version, site) | {
        "kind": "environment",
        "instrument": "pie-environment",
        "form": form,
        "channel": "face-to-face",
        "stopped_early": stopped,
        "keep_answers": keep,
        "site_zones": list(zones),
        "zones_complete": list(complete),
        "answers": [felt(place, said) for place, said in pairs],
        "faces": {},
    }


def talk(
    number: int = 1,
    answers: Mapping[str, str] = {},
    *,
    volunteer: str | None = None,
    wave: int = 1,
    channel: str = "face-to-face",
    faces: Mapping[str, int] = {},
    stopped: bool = False,
    keep: bool = False,
    version: int = 1,
    received: int | None = None,
    site: str = SITE,
) -> dict[str, Any]:
    """A mystery shop; `answers` by short code: {"WE-03": "0"}."""
    return _visit(number, volunteer, wave, received, version, site) | {
        "kind": "mystery-shop",
        "instrument": "mystery-shop",
        "form": "long",
        "channel": channel,
        "stopped_early": stopped,
        "keep_answers": keep,
        "site_zones": ["RE"],
        "zones_complete": [],
        "answers": [
            {"item": f"M-{code}", "zone": None, "answer": answer, "trigger": None, "comfort": None}
            for code, answer in answers.items()
        ],
        "faces": dict(faces),
    }


def _visit(
    number: int, volunteer: str | None, wave: int, received: int | None, version: int, site: str
) -> dict[str, Any]:
    second = number if received is None else received
    return {
        "visit_id": visit_id(number),
        "version": version,
        "volunteer_key": volunteer or f"volunteer-{number}",
        "exercise_id": EXERCISE,
        "site_id": site,
        "wave": wave,
        "instrument_version": 1,
        "part_of_day": "morning",
        "received_at": f"2026-10-02T10:{second // 60:02d}:{second % 60:02d}.000000+00:00",
        "consents": dict.fromkeys(("use_words", "use_photos", "quote", "tell_me", "contact_again"), False),
    }
