"""Bodies of visits that `wire.md` §3 allows, made up from a seed: every answer, form, channel and way of leaving things
out, in moods that make calm and heavy places alike.
"""

import uuid
from random import Random
from typing import Any

from tests.acceptance.reference_items import (
    CHANNEL_LETTER,
    ITEMS,
    MYSTERY_ITEMS,
    STAGES,
    ZONES,
    Item,
    items_in_zones,
)

MOODS = ((1, 1, 14), (4, 2, 4), (2, 5, 4), (8, 1, 2), (1, 1, 40))
Body = dict[str, Any]


def visit_id(rng: Random) -> str:
    """A new id, as a phone would make it."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def plain_environment(exercise: str, site: str, wave: int, day: str, answers: list[Body] | None = None) -> Body:
    """The least that is a whole environment check."""
    return {
        "exercise_id": exercise,
        "site_id": site,
        "wave": wave,
        "kind": "environment",
        "instrument": "pie-environment",
        "instrument_version": 1,
        "form": "long",
        "channel": "face-to-face",
        "visited_on": day,
        "part_of_day": "morning",
        "stopped_early": False,
        "keep_answers": False,
        "zones_complete": [],
        "answers": answers or [],
        "photos": [],
        "consents": {},
    }


def plain_shop(exercise: str, site: str, wave: int, day: str, answers: list[Body] | None = None) -> Body:
    """The least that is a whole mystery shop."""
    body = plain_environment(exercise, site, wave, day, answers)
    return {**body, "kind": "mystery-shop", "instrument": "mystery-shop"}


def environment(rng: Random, plain: Body, zones: list[str], nowhere: frozenset[str] = frozenset()) -> Body:
    """Fill an environment check with answers at random; zones in `nowhere` turn out not to be there at all."""
    form = rng.choice(("long", "long", "short"))
    stopped = rng.random() < 0.2
    complete = [zone for zone in ZONES if zone in zones and zone not in nowhere and rng.random() < 0.4]
    mood, blank = rng.choice(MOODS), rng.choice((0.02, 0.3, 0.75, 0.97))
    left = set(rng.sample(zones, k=rng.randint(0, len(zones) - 1))) if stopped or rng.random() < 0.3 else set()
    absent = {zone for zone in zones if zone in nowhere or rng.random() < 0.08}
    answers = []
    for item, zone in items_in_zones(zones):
        short_leaves_out = form == "short" and not item.core and not item.short
        seldom = 0.7 if form == "short" and item.core else blank
        if zone in left or short_leaves_out or rng.random() < seldom:
            continue
        answers.append(_answer(rng, item, zone, mood, zone in absent))
    rng.shuffle(answers)
    return {
        **plain,
        "form": form,
        "part_of_day": rng.choice(("morning", "afternoon", "evening")),
        "stopped_early": stopped,
        "keep_answers": stopped and rng.random() < 0.6,
        "zones_complete": complete,
        "answers": answers,
    }


def _answer(rng: Random, item: Item, zone: str, mood: tuple[int, int, int], absent: bool) -> Body:
    if absent or rng.random() < 0.12:
        answer = "not-here" if absent else rng.choice(("not-here", "did-not-see", "skip"))
        return {"item": item.code, "zone": zone, "answer": answer}
    bad, good, fine = mood
    words = {"bad": bad, "good": good, "both": 1, "fine": fine}
    if item.kind == "T":
        words = {"bad": bad, "fine": fine}
    elif item.kind == "C":
        words = {"good": good, "fine": fine}
    answer = rng.choices(list(words), weights=list(words.values()))[0]
    entry: Body = {"item": item.code, "zone": zone, "answer": answer}
    if answer in ("bad", "both"):
        entry["trigger"] = rng.choices((1, 2, 3), weights=(5, 3, 1))[0]
    if answer in ("good", "both"):
        entry["comfort"] = rng.choices((1, 2, 3), weights=(5, 3, 1))[0]
    return entry


def shop(rng: Random, plain: Body) -> Body:
    """Fill a mystery shop with answers at random."""
    channel = rng.choice(tuple(CHANNEL_LETTER))
    kindness = rng.choice(((6, 2, 1), (2, 3, 3), (12, 1, 1)))
    got_to = rng.randint(2, len(STAGES))
    answers = []
    for code, item in MYSTERY_ITEMS.items():
        if CHANNEL_LETTER[channel] not in item.channels or rng.random() < 0.15:
            continue
        if STAGES.index(item.stage) >= got_to:
            answer = rng.choice(("did-not-get-that-far", "skip"))
        elif rng.random() < 0.15:
            answer = rng.choice(("not-applicable", "skip", "too-soon" if item.stage == "AF" else "skip"))
        else:
            answer = rng.choices(("2", "1", "0"), weights=kindness)[0]
        answers.append({"item": code, "answer": answer})
    stopped = rng.random() < 0.15
    return {
        **plain,
        "channel": channel,
        "part_of_day": rng.choice(("morning", "afternoon", "evening")),
        "stopped_early": stopped,
        "keep_answers": stopped and rng.random() < 0.6,
        "answers": answers,
        "faces": {stage: rng.randint(1, 5) for stage in STAGES[:got_to] if rng.random() < 0.7},
    }


def much_the_same(rng: Random, body: Body) -> Body:
    """The same check by somebody who saw nearly the same things."""
    answers = []
    for entry in body["answers"]:
        change = rng.random() < 0.04
        item = ITEMS[entry["item"]]
        answers.append(_answer(rng, item, entry["zone"], (2, 2, 3), False) if change else dict(entry))
    return {**body, "answers": answers}


def everything_fine(zone: str) -> list[Body]:
    """Every item of a zone, answered and nothing the matter."""
    return [{"item": item.code, "zone": z, "answer": "fine"} for item, z in items_in_zones([zone])]
