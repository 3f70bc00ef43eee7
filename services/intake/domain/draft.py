"""A visit while it is being filled in: anything may be missing, in any order, and nothing is ever lost by a change of
mind. It becomes the very body that the API takes, so both ways in meet the same rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.intake.domain.acceptance import ENVIRONMENT, INSTRUMENT_OF
from services.intake.domain.visit import CONSENTS
from shared.contracts.instruments import Instrument, Item

Draft = dict[str, Any]

NOT_LOOKED_AT, SOME, DONE = "none", "some", "done"
_NEEDS = {"bad": ("trigger",), "good": ("comfort",), "both": ("trigger", "comfort")}


def new_draft(*, exercise_id: str, site_id: str, wave: int, kind: str, version: int, channel: str) -> Draft:
    """An empty visit. `version` is that of the instrument."""
    return {
        "exercise_id": exercise_id,
        "site_id": site_id,
        "wave": wave,
        "kind": kind,
        "instrument": INSTRUMENT_OF[kind],
        "instrument_version": version,
        "form": "short" if kind == ENVIRONMENT else "long",
        "channel": channel,
        "visited_on": None,
        "part_of_day": None,
        "stopped_early": False,
        "keep_answers": None,
        "answers": {},
        "zones_complete": [],
        "asked_if_everything": [],
        "first_impressions": {},
        "faces": {},
        "photos": [],
        "voice_notes": [],
        "pins": [],
        "consents": dict.fromkeys(CONSENTS, False),
        "corrects": None,
    }


def draft_of(visit: Mapping[str, Any], etag: str) -> Draft:
    """A visit that was sent, opened again to be corrected; `etag` is of the version that is being corrected."""
    places = {place(answer["item"], answer.get("zone")): answer for answer in visit["answers"]}
    return {
        **visit,
        "answers": {
            at: {name: value for name, value in answer.items() if name not in ("item", "zone")}
            for at, answer in places.items()
        },
        "voice_notes": list(visit.get("voice_notes", ())),
        "pins": list(visit.get("pins", ())),
        "asked_if_everything": list(visit["zones_complete"]),
        "corrects": etag,
    }


def place(code: str, zone: str | None) -> str:
    """Where an answer stands in a draft: the item, with its zone where there is one."""
    return f"{zone}/{code}" if zone else code


def visit_of(draft: Draft, instrument: Instrument) -> dict[str, Any]:
    """The body of wire.md §3 that this draft says.

    Answers to questions of the long form are never thrown away by choosing the short one: with any of them, it is
    sent as the long form.
    """
    answers = []
    for at, said in draft["answers"].items():
        zone, _, code = at.rpartition("/")
        answers.append({"item": code, **({"zone": zone} if zone else {}), **said})
    form = draft["form"]
    if form == "short":
        items = [instrument.find(answer["item"]) for answer in answers]
        if any(item is not None and not instrument.takes(item, "short") for item in items):
            form = "long"
    visit = {name: value for name, value in draft.items() if name not in ("asked_if_everything", "corrects")}
    for name in ("voice_notes", "pins"):
        if not visit.get(name):  # as a visit says nothing that is not there
            visit.pop(name, None)
    return {**visit, "answers": answers, "form": form, "keep_answers": draft["keep_answers"] is True}


def said(answer: str | None, trigger: str | None, comfort: str | None, words: str | None) -> dict[str, Any] | None:
    """One answer from the fields of a page; None when nothing was said. A strength that does not belong is dropped."""
    needs = _NEEDS.get(answer or "", ())
    found: dict[str, Any] = {}
    if answer or words:
        found["answer"] = answer or "skip"
    for name, given in (("trigger", trigger), ("comfort", comfort)):
        if name in needs and given in ("1", "2", "3"):
            found[name] = int(given)
    if words:
        found["words"] = words
    return found or None


def lacks_strength(said: Mapping[str, Any]) -> str | None:
    """The strength that is still to be said (`trigger` or `comfort`), or None."""
    return next((name for name in _NEEDS.get(said["answer"], ()) if name not in said), None)


def parts(draft: Draft, instrument: Instrument, site_zones: Sequence[str]) -> list[str]:
    """The parts of this visit by their codes: the zones of the site in journey order, or the stages of the talk."""
    if draft["kind"] == ENVIRONMENT:
        return [zone for zone in instrument.zone_codes if zone in site_zones]
    asked = {item.stage for item in instrument.for_channel(draft["channel"])}
    return [stage.code for stage in instrument.stages if stage.code in asked]


def items_in(draft: Draft, instrument: Instrument, part: str) -> tuple[Item, ...]:
    """What is asked in a part, on the form that was chosen. Raises KeyError for a part that is none."""
    if draft["kind"] == ENVIRONMENT:
        return instrument.shown(part, draft["form"])
    return tuple(item for item in instrument.for_channel(draft["channel"]) if item.stage == part)


def answers_in(draft: Draft, part: str, instrument: Instrument) -> dict[str, dict[str, Any]]:
    """The answers that were given in a part, by the code of their item, whatever the form."""
    if draft["kind"] == ENVIRONMENT:
        start = f"{part}/"
        return {at[len(start) :]: said for at, said in draft["answers"].items() if at.startswith(start)}
    stages = {item.code: item.stage for item in instrument.items}
    return {at: said for at, said in draft["answers"].items() if stages.get(at) == part}


def _asked(draft: Draft, instrument: Instrument, part: str, given: Mapping[str, Any]) -> tuple[Item, ...]:
    """What counts as asked: on the short form a core item only where it was answered (wire.md §4 pin 2)."""
    if draft["kind"] == ENVIRONMENT:
        return instrument.asked_in(part, draft["form"], given)
    return items_in(draft, instrument, part)


def part_state(draft: Draft, instrument: Instrument, part: str) -> tuple[str, int, int]:
    """How far a part is (none, some or done), how many of its questions have an answer, and how many there are."""
    given = answers_in(draft, part, instrument)
    asked = {item.code for item in _asked(draft, instrument, part, given)} | set(given)
    count = len(given)
    shown = any(photo["zone"] == part for photo in draft["photos"])
    told = any(part in (voice.get("zone"), voice.get("stage")) for voice in draft.get("voice_notes", ()))
    pinned = any(pin["zone"] == part for pin in draft.get("pins", ()))
    more = draft["first_impressions"].get(part) or draft["faces"].get(part) or shown or told or pinned
    if part in draft["asked_if_everything"] or (asked and count == len(asked)):
        return DONE, count, len(asked)
    return (SOME if given or more else NOT_LOOKED_AT), count, len(asked)
