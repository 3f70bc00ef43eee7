"""The shapes of visit events: what was felt, never who felt it, when exactly, or any word not yet released."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from shared.contracts.directory import ZONES
from shared.contracts.fields import Choice, Every, Inside, Moment, Shape, Text, Value, Whole, YesNo

KINDS = ("environment", "mystery-shop")
FORMS = ("long", "short")
CHANNELS = ("face-to-face", "phone", "web")
PARTS_OF_DAY = ("morning", "afternoon", "evening")
ENVIRONMENT_ANSWERS = ("bad", "good", "both", "fine", "not-here", "did-not-see", "skip")
MYSTERY_ANSWERS = ("2", "1", "0", "not-applicable", "did-not-get-that-far", "skip", "too-soon")
MYSTERY_STAGES = ("BE", "AR", "WE", "CV", "OU", "AF")

_ANSWER_KEYS = frozenset({"item", "zone", "answer", "trigger", "comfort"})
_IN_ORDER = itemgetter("item", "zone", "answer", "trigger", "comfort")
_ANSWERS = frozenset(ENVIRONMENT_ANSWERS + MYSTERY_ANSWERS)
_ZONES = frozenset(ZONES)
_STRENGTHS = (None, 1, 2, 3)


class Answers(Value):
    """Up to ninety answers, checked in one plain loop: a nested schema costs over ten times as much."""

    def shape(self) -> Shape:
        strength = {"type": ["integer", "null"], "enum": [1, 2, 3, None]}
        properties = {
            "item": {"type": "string", "minLength": 1},
            "zone": {"type": ["string", "null"], "enum": [*ZONES, None]},
            "answer": {"type": "string", "enum": [*ENVIRONMENT_ANSWERS, *MYSTERY_ANSWERS]},
            "trigger": strength,
            "comfort": strength,
        }
        answer = {"type": "object", "properties": properties, "required": sorted(properties)}
        return {"type": "array", "items": answer}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("This must be a list.")
        strict = self.root is None or getattr(self.root, "unknown", RAISE) == RAISE
        faults: dict[int, dict[str, list[str]]] = {}
        kept = []
        for at, answer in enumerate(value):
            fault = None if _is_bare(answer) else _answer_fault(answer, strict)
            if fault:
                faults[at] = fault
            elif len(answer) != len(_ANSWER_KEYS):
                answer = {key: answer[key] for key in _ANSWER_KEYS}
            kept.append(answer)
        if faults:
            raise ValidationError(faults)
        return kept


def _is_bare(answer: Any) -> bool:
    """Whether it is right and has no strength, as most answers; for all others `_answer_fault` has the word."""
    if type(answer) is not dict or len(answer) != len(_ANSWER_KEYS):
        return False
    try:
        item, zone, said, trigger, comfort = _IN_ORDER(answer)
        return (
            trigger is None
            and comfort is None
            and type(item) is str
            and item != ""
            and (zone is None or zone in _ZONES)
            and said in _ANSWERS
        )
    except (KeyError, TypeError):
        return False


def _answer_fault(answer: Any, strict: bool) -> dict[str, list[str]]:
    if not isinstance(answer, dict):
        return {"_schema": ["This must be an object."]}
    if answer.keys() != _ANSWER_KEYS:
        faults = {key: ["This is missing."] for key in _ANSWER_KEYS - answer.keys()}
        if strict:
            faults |= {str(key): ["This is not known."] for key in answer.keys() - _ANSWER_KEYS}
        if faults:
            return faults
    item, zone = answer["item"], answer["zone"]
    if not isinstance(item, str) or not item:
        return {"item": ["This must be text, and not empty."]}
    if zone is not None and not (isinstance(zone, str) and zone in _ZONES):
        return {"zone": ["There is no such zone."]}
    if not isinstance(answer["answer"], str) or answer["answer"] not in _ANSWERS:
        return {"answer": ["There is no such answer."]}
    for key in ("trigger", "comfort"):
        strength = answer[key]
        if strength is not None and (type(strength) is not int or strength not in _STRENGTHS):
            return {key: ["This must be 1, 2, 3 or nothing."]}
    return {}


class Faces(Value):
    """How each stage of a mystery shop felt, 1 awful to 5 great."""

    def shape(self) -> Shape:
        face = {"type": "integer", "minimum": 1, "maximum": 5}
        return {
            "type": "object",
            "propertyNames": {"enum": list(MYSTERY_STAGES)},
            "additionalProperties": face,
        }

    def fault(self, value: Any) -> str | None:
        if isinstance(value, dict) and all(
            stage in MYSTERY_STAGES and type(face) is int and 1 <= face <= 5 for stage, face in value.items()
        ):
            return None
        return "This must give a face from 1 to 5 for stages of a mystery shop."


class Annotations(Value):
    """W3C Web Annotations on a photo, as intake checked them (wire.md §3)."""

    def shape(self) -> Shape:
        return {"type": "array", "items": {"type": "object"}}

    def fault(self, value: Any) -> str | None:
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return None
        return "This must be a list of annotations."


class Consents(Schema):
    """What the volunteer allowed (wire.md §3)."""

    use_words = YesNo()
    use_photos = YesNo()
    quote = YesNo()
    tell_me = YesNo()
    contact_again = YesNo()


class VisitSubmitted(Schema):
    """org.opendoor.visit.submitted.v1 and .amended.v1: the answers of one visit, of one version.

    `received_at` is when version 1 came, also in later versions: it decides which visit of a volunteer is
    the first (wire.md §4 pin 8).
    """

    visit_id = Text()
    version = Whole(1)
    volunteer_key = Text()
    exercise_id = Text()
    site_id = Text()
    wave = Whole(1)
    kind = Choice(*KINDS)
    instrument = Text()
    instrument_version = Whole(1)
    form = Choice(*FORMS)
    channel = Choice(*CHANNELS)
    part_of_day = Choice(*PARTS_OF_DAY)
    received_at = Moment()
    stopped_early = YesNo()
    keep_answers = YesNo()
    site_zones = Every(Choice(*ZONES))
    zones_complete = Every(Choice(*ZONES))
    answers = Answers()
    faces = Faces()
    consents = Inside(Consents)


class VisitAmended(VisitSubmitted):
    """org.opendoor.visit.amended.v1: the whole visit again, corrected by its volunteer."""

    version = Whole(2)


class VisitWithdrawn(Schema):
    """org.opendoor.visit.withdrawn.v1: the volunteer took the visit back."""

    visit_id = Text()
    exercise_id = Text()
    site_id = Text()
    wave = Whole(1)


class WordsReleased(Schema):
    """org.opendoor.words.released.v1: the shared copy of some words, checked by a data keeper."""

    visit_id = Text()
    exercise_id = Text()
    site_id = Text()
    wave = Whole(1)
    words_id = Text()
    item = Text(nothing=True)
    zone = Choice(*ZONES, nothing=True)
    stage = Choice(*MYSTERY_STAGES, nothing=True)
    text = Text()
    volunteer_key = Text()


class WordsHeldBack(Schema):
    """org.opendoor.words.held_back.v1: words that are not, or no longer, to be shown."""

    visit_id = Text()
    words_id = Text()
    exercise_id = Text()
    site_id = Text()


class Copy(Schema):
    """One cleaned copy of a photo, by where it lies and what its bytes must be."""

    key = Text()
    sha256 = Text()
    media_type = Text()
    width = Whole(1)
    height = Whole(1)


class PhotoReleased(Schema):
    """org.opendoor.photo.released.v1: a cleaned photo that a second person checked."""

    photo_id = Text()
    visit_id = Text()
    exercise_id = Text()
    site_id = Text()
    wave = Whole(1)
    zone = Choice(*ZONES)
    display = Inside(Copy)
    thumbnail = Inside(Copy)
    annotations = Annotations()


class PhotoHeldBack(Schema):
    """org.opendoor.photo.held_back.v1: a photo that is not, or no longer, to be shown."""

    photo_id = Text()
    visit_id = Text()
    exercise_id = Text()
    site_id = Text()
