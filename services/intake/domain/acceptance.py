"""Which visits are taken, and what is wrong with those that are not: every rule of the table in wire.md §3.

The answers are checked in one plain loop against the instrument, because a phone sends up to ninety of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from shared.contracts.instruments import Instrument
from shared.contracts.refusals import FieldError, Refusal, conflict, invalid
from shared.contracts.sentences import Sentence
from shared.contracts.storable import unstorable

ENVIRONMENT, MYSTERY_SHOP = "environment", "mystery-shop"
INSTRUMENT_OF = {ENVIRONMENT: "pie-environment", MYSTERY_SHOP: "mystery-shop"}
FACE_TO_FACE = "face-to-face"
GRACE = timedelta(days=7)
MOST_FAULTS = 100
"""A body with more faults than this is not looked at further; nobody reads a longer list."""

_ENVIRONMENT_KEYS = frozenset({"item", "zone", "answer", "trigger", "comfort", "words"})
_MYSTERY_KEYS = frozenset({"item", "zone", "answer", "words"})
_PLAIN = frozenset({"fine", "not-here", "did-not-see", "skip"})
_BY_KIND = {"T": _PLAIN | {"bad"}, "C": _PLAIN | {"good"}, "B": _PLAIN | {"bad", "good", "both"}}
_ALL_ENVIRONMENT = _PLAIN | {"bad", "good", "both"}
_NEEDS_TRIGGER = frozenset({"bad", "both"})
_NEEDS_COMFORT = frozenset({"good", "both"})
_MYSTERY_ANSWERS = frozenset({"2", "1", "0", "not-applicable", "did-not-get-that-far", "skip"})
ANSWERS = (*sorted(_ALL_ENVIRONMENT), *sorted(_MYSTERY_ANSWERS - _ALL_ENVIRONMENT), "too-soon")

_SAID = itemgetter("item", "zone", "answer")
Faults = dict[Any, Any]
"""Where -> what, nested as marshmallow nests its messages."""


def words_fault(words: Any, longest: int) -> str | None:
    """What is wrong with some words of a volunteer, or None. `longest` is in characters."""
    if not isinstance(words, str):
        return Sentence("must be text.")
    if len(words) > longest:
        return Sentence("is longer than %(most)s characters.", most=f"{longest:,}")
    if unstorable(words):
        return Sentence("has characters in it that cannot be kept.")
    return None


def environment_answers(
    answers: list[Any], instrument: Instrument, form: str, longest: int
) -> tuple[list[dict[str, Any]], Faults]:
    """The answers of a PIE check, tidied (nothing that is null), and their faults by place in the list."""
    places = instrument.places
    short = form == "short"
    asked: Collection[tuple[str, str]] = places
    if short:
        asked = {place for place, item in places.items() if item.short or item.core}
    kept: list[dict[str, Any]] = []
    faults: Faults = {}
    seen: set[tuple[str, str]] = set()
    for at, answer in enumerate(answers):
        if type(answer) is not dict:
            faults[at] = {"_schema": ["must be an object with named fields."]}
        elif len(answer) == 3 and (where := _bare_place(answer, asked)) and where not in seen:
            seen.add(where)
            kept.append(answer)
        else:
            code, zone, chosen = answer.get("item"), answer.get("zone"), answer.get("answer")
            if type(code) is not str or type(zone) is not str or type(chosen) is not str:
                faults[at] = _missing(answer, ("item", "zone", "answer"), _ENVIRONMENT_KEYS)
            elif (item := places.get((code, zone))) is None:
                faults[at] = _no_such_place(instrument, code, zone)
            elif fault := _environment_fault(answer, item.kind, chosen, longest):
                faults[at] = fault
            elif short and not (item.short or item.core):
                faults[at] = {"item": ["is not asked on the short form."]}
            elif (code, zone) in seen:
                faults[at] = {"item": ["was answered already for this zone."]}
            else:
                seen.add((code, zone))
                kept.append(_without_nothing(answer))
        if len(faults) >= MOST_FAULTS:
            break
    return kept, faults


def _bare_place(answer: Mapping[str, Any], asked: Collection[tuple[str, str]]) -> tuple[str, str] | None:
    """Where an answer belongs that says nothing but an item, a zone and that nothing stood out, as most do."""
    try:
        code, zone, chosen = _SAID(answer)
        return (code, zone) if chosen in _PLAIN and (code, zone) in asked else None
    except (KeyError, TypeError):
        return None  # something is missing, or is no text


def _without_nothing(answer: dict[str, Any]) -> dict[str, Any]:
    if None not in answer.values():
        return answer
    return {key: value for key, value in answer.items() if value is not None}


def _environment_fault(answer: Mapping[str, Any], kind: str, chosen: str, longest: int) -> Faults | None:
    if chosen not in _BY_KIND[kind]:
        if chosen not in _ALL_ENVIRONMENT:
            return {"answer": [f"must be one of: {', '.join(sorted(_ALL_ENVIRONMENT))}."]}
        only = "what got to you" if kind == "T" else "what helped you"
        return {"answer": [f"does not fit: this question only asks {only}."]}
    if chosen in _PLAIN and len(answer) == 3:
        return None  # most answers: an item, a zone, and no strength
    for name, needed in (("trigger", chosen in _NEEDS_TRIGGER), ("comfort", chosen in _NEEDS_COMFORT)):
        strength = answer.get(name)
        if needed:
            if type(strength) is not int or not 1 <= strength <= 3:
                return {name: [f"must be 1, 2 or 3 when the answer is {chosen}."]}
        elif strength is not None:
            return {name: [f"does not belong to the answer {chosen}."]}
    if len(answer) > 3:
        if unknown := answer.keys() - _ENVIRONMENT_KEYS:
            return {str(name): ["is not a field here."] for name in unknown}
        words = answer.get("words")
        if words is not None and (fault := words_fault(words, longest)):
            return {"words": [fault]}
    return None


def _no_such_place(instrument: Instrument, code: str, zone: str) -> Faults:
    if instrument.find(code) is None:
        return {"item": ["is not in this instrument."]}
    if zone not in instrument.zone_codes:
        return {"zone": ["is not a zone of this instrument."]}
    return {"zone": ["is not where this item is asked."]}


def mystery_answers(
    answers: list[Any], instrument: Instrument, channel: str, longest: int
) -> tuple[list[dict[str, Any]], Faults]:
    """The answers of a mystery shop, tidied, and their faults by place in the list."""
    of_channel = {item.code: item for item in instrument.for_channel(channel)}
    kept: list[dict[str, Any]] = []
    faults: Faults = {}
    seen: set[str] = set()
    for at, answer in enumerate(answers):
        if type(answer) is not dict:
            faults[at] = {"_schema": ["must be an object with named fields."]}
        else:
            code, chosen = answer.get("item"), answer.get("answer")
            if type(code) is not str or type(chosen) is not str:
                faults[at] = _missing(answer, ("item", "answer"), _MYSTERY_KEYS)
            elif (item := of_channel.get(code)) is None:
                known = instrument.find(code) is not None
                faults[at] = {"item": ["is not asked on this channel." if known else "is not in this instrument."]}
            elif fault := _mystery_fault(answer, item.stage or "", chosen, longest):
                faults[at] = fault
            elif code in seen:
                faults[at] = {"item": ["was answered already."]}
            else:
                seen.add(code)
                kept.append(_without_nothing(answer))
        if len(faults) >= MOST_FAULTS:
            break
    return kept, faults


def _mystery_fault(answer: Mapping[str, Any], stage: str, chosen: str, longest: int) -> Faults | None:
    if chosen not in _MYSTERY_ANSWERS and not (chosen == "too-soon" and stage == "AF"):
        if chosen == "too-soon":
            return {"answer": ["is only for what comes after the visit."]}
        return {"answer": [f"must be one of: {', '.join(sorted(_MYSTERY_ANSWERS))}, too-soon."]}
    if len(answer) > 2:
        if unknown := answer.keys() - _MYSTERY_KEYS:
            return {str(name): ["is not a field here."] for name in unknown}
        if answer.get("zone") is not None:
            return {"zone": ["does not belong to a mystery shop."]}
        words = answer.get("words")
        if words is not None and (fault := words_fault(words, longest)):
            return {"words": [fault]}
    return None


def _missing(answer: Mapping[str, Any], wanted: tuple[str, ...], known: frozenset[str]) -> Faults:
    faults: Faults = {str(name): ["is not a field here."] for name in answer.keys() - known}
    for name in wanted:
        if answer.get(name) is None:
            faults[name] = ["is missing."]
        elif not isinstance(answer[name], str):
            faults[name] = ["must be text."]
    return faults


def whole_faults(visit: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong between the fields of a visit whose single fields are right (wire.md §3)."""
    faults = []
    kind = visit["kind"]
    if visit["instrument"] != INSTRUMENT_OF[kind]:
        faults.append(FieldError("/instrument", f"must be {INSTRUMENT_OF[kind]} for this kind of visit."))
    if kind == ENVIRONMENT:
        if visit["channel"] != FACE_TO_FACE:
            faults.append(FieldError("/channel", "must be face-to-face for a check of the building."))
        if visit["faces"]:
            faults.append(FieldError("/faces", "belongs to a mystery shop only."))
    else:
        if visit["form"] != "long":
            faults.append(FieldError("/form", "must be long for a mystery shop."))
        if visit["zones_complete"]:
            faults.append(FieldError("/zones_complete", "belongs to a check of the building only."))
    return faults


CLOSED_BY_RELEASE = Sentence(
    "What was found in this round is with the office already, so no more visits to it are taken."
)


def refuse_unless_open(stage: str, wave: int, *, opened: bool) -> None:
    """Fieldwork takes visits of any wave, action of the waves after the first. Raises Refusal 409 `not-open`.

    `opened`: the partner may read of the wave already. A visit that joined it then could be told from the others by
    what changes when it comes (domain.md §4, rules 2 and 4).
    """
    if opened:
        raise conflict("not-open", CLOSED_BY_RELEASE)
    if stage == "fieldwork" or (stage == "action" and wave > 1):
        return
    raise conflict("not-open", Sentence("Visits for this round are not being taken in just now."))


def refuse_outside(
    visit: Mapping[str, Any],
    *,
    today: date,
    opens: date,
    closes: date,
    site_zones: Collection[str],
    photos_allowed: bool,
) -> None:
    """Hold a visit against its wave and its site. Raises Refusal 422.

    `today` is the date where the visit took place. A visit counts until seven days after its wave closed.
    """
    if visit["photos"] and not photos_allowed:
        raise Refusal(
            422,
            "no-photos-here",
            Sentence("No photos may be taken at this place. Nothing else is wrong: send the visit without them."),
            [FieldError("/photos", Sentence("No photos may be taken at this place."))],
        )
    if visit.get("pins") and photos_allowed:
        raise Refusal(
            422,
            "photos-allowed-here",
            Sentence(
                "Photos may be taken at this place, so there is no sketch to pin. Nothing else is wrong: "
                "send the visit without pins."
            ),
            [FieldError("/pins", Sentence("Pins are for places where no photos may be taken."))],
        )
    faults = []
    day = date.fromisoformat(visit["visited_on"])
    if day > today:
        faults.append(FieldError("/visited_on", Sentence("is in the future.")))
    elif not opens <= day <= closes + GRACE:
        faults.append(FieldError("/visited_on", Sentence("is outside the days of this round.")))
    zones = frozenset(site_zones)
    if visit["kind"] == ENVIRONMENT:
        for at, answer in enumerate(visit["answers"]):
            if answer["zone"] not in zones:
                faults.append(FieldError(f"/answers/{at}/zone", Sentence("is not a part of this building.")))
        for at, zone in enumerate(visit["zones_complete"]):
            if zone not in zones:
                faults.append(FieldError(f"/zones_complete/{at}", Sentence("is not a part of this building.")))
    for zone in visit["first_impressions"]:
        if zone not in zones:
            faults.append(FieldError(f"/first_impressions/{zone}", Sentence("is not a part of this building.")))
    for name in ("photos", "voice_notes", "pins"):
        for at, one in enumerate(visit.get(name, ())):
            if one.get("zone") is not None and one["zone"] not in zones:
                faults.append(FieldError(f"/{name}/{at}/zone", Sentence("is not a part of this building.")))
    if faults:
        raise invalid(faults[:MOST_FAULTS])
