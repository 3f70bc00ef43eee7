"""The shape of a visit as wire.md §3 writes it: says every fault with its pointer.

The schema is the contract; the answers inside it are one field that loops, because a nested schema for each of
ninety answers would cost ten times as much.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from marshmallow import ValidationError, fields

from services.intake.domain import acceptance
from services.intake.domain.annotations import MOST_MARKS, MarkRefused, read_mark
from services.intake.domain.pins import pin_faults, pins_in
from services.intake.domain.visit import CONSENTS
from services.intake.domain.voice_note import place_faults
from services.intake.forms.files import MOST_BYTES, Hash, MediaType
from services.intake.forms.plain import Day, Form, OneOf, Whole, YesNo, field_errors
from services.intake.forms.said_and_pinned import Pins, VoiceNotes
from shared.contracts.ids import REQUIRED, Id
from shared.contracts.instruments import Instrument, load, published
from shared.contracts.refusals import FieldError, invalid
from shared.runtime.settings import Settings

ZONES = ("AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX")
STAGES = ("BE", "AR", "WE", "CV", "OU", "AF")
FORMS = ("long", "short")
CHANNELS = ("face-to-face", "phone", "web")
PARTS_OF_DAY = ("morning", "afternoon", "evening")


@lru_cache(maxsize=8)
def instrument_of(name: str, version: int) -> Instrument | None:
    """The published instrument of that name and version, or None."""
    if (name, version) not in _published():
        return None
    return load(name, version)


@lru_cache(maxsize=1)
def _published() -> frozenset[tuple[str, int]]:
    return frozenset(published())


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest}


_STRENGTH = {"type": "integer", "minimum": 1, "maximum": 3}


def newest_version(name: str) -> int:
    """The newest published version of an instrument, which new visits on the pages are asked with."""
    return max(version for known, version in _published() if known == name)


class Answers(fields.Field[Any]):
    """All answers, each held against its item, its kind, its form and its channel."""

    default_error_messages = {**REQUIRED, "invalid": "must be a list."}  # noqa: RUF012

    def __init__(self, longest: int, **more: Any) -> None:
        answer = {
            "type": "object",
            "properties": {
                "item": {"type": "string"},
                "zone": {"type": "string", "enum": list(ZONES)},
                "answer": {"type": "string", "enum": list(acceptance.ANSWERS)},
                "trigger": _STRENGTH,
                "comfort": _STRENGTH,
                "words": _text(longest),
            },
            "required": ["item", "answer"],
            "additionalProperties": False,
        }
        super().__init__(metadata={"type": "array", "items": answer}, **more)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        name, version = data.get("instrument"), data.get("instrument_version")
        instrument = instrument_of(name, version) if isinstance(name, str) and type(version) is int else None
        asked_for = acceptance.INSTRUMENT_OF.get(data.get("kind")) if isinstance(data.get("kind"), str) else None
        if instrument is None or (asked_for is not None and name != asked_for):
            return []  # the fault of the instrument is told; without it no answer can be judged
        if instrument.kind == acceptance.MYSTERY_SHOP:
            channel = data.get("channel")
            if channel not in CHANNELS:
                return []
            kept, faults = acceptance.mystery_answers(value, instrument, channel, self.longest)
        else:
            kept, faults = acceptance.environment_answers(value, instrument, str(data.get("form")), self.longest)
        if faults:
            raise ValidationError(faults)
        return kept


class Zones(fields.Field[Any]):
    """Zones by their codes, each once."""

    default_error_messages = {**REQUIRED, "invalid": "must be a list."}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        zone = {"type": "string", "enum": list(ZONES)}
        super().__init__(metadata={"type": "array", "items": zone, "uniqueItems": True}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> list[str]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        faults = {
            at: ["is not a zone."]
            for at, zone in enumerate(value[:100])
            if not isinstance(zone, str) or zone not in ZONES
        }
        if faults:
            raise ValidationError(faults)
        if len(set(value)) != len(value):
            raise ValidationError("must name each zone once.")
        return value


class ByCode(fields.Field[Any]):
    """An object whose names are codes (zones, stages) and whose values pass `check`."""

    default_error_messages = {**REQUIRED, "invalid": "must be an object with named fields."}  # noqa: RUF012

    def __init__(self, codes: tuple[str, ...], longest: int | None = None, **more: Any) -> None:
        inner = {"type": "integer", "minimum": 1, "maximum": 5} if longest is None else _text(longest)
        shape = {"type": "object", "properties": dict.fromkeys(codes, inner), "additionalProperties": False}
        super().__init__(metadata=shape, **more)
        self.codes = codes
        self.longest = longest

    def _fault(self, value: Any) -> str | None:
        if self.longest is not None:
            return acceptance.words_fault(value, self.longest)
        return None if type(value) is int and 1 <= value <= 5 else "must be a whole number from 1 to 5."

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        faults = {}
        for code, inner in list(value.items())[:100]:
            if code not in self.codes:
                faults[code] = ["is not a code that belongs here."]
            elif inner is not None and (fault := self._fault(inner)):
                faults[code] = [fault]
        if faults:
            raise ValidationError(faults)
        return {code: inner for code, inner in value.items() if inner is not None}


class Annotations(fields.Field[Any]):
    """Marks on a photo, W3C Web Annotations, kept as they came."""

    default_error_messages = {**REQUIRED, "invalid": "must be a list."}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        annotation = {"type": "object", "required": ["body", "target"]}
        super().__init__(metadata={"type": "array", "items": annotation, "maxItems": MOST_MARKS}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if len(value) > MOST_MARKS:
            raise ValidationError(f"has more than {MOST_MARKS} marks.")
        # What each mark says is checked in `_mark_faults`, where the whole visit is at hand.
        return value


def _photo_form() -> type[Form]:
    return Form.from_dict(  # type: ignore[return-value]
        {
            "photo_id": Id(required=True),
            "sha256": Hash(required=True),
            "media_type": MediaType(required=True),
            "bytes": Whole(least=1, most=MOST_BYTES, required=True),
            "zone": OneOf(*ZONES, required=True),
            "annotations": Annotations(load_default=list, allow_none=True),
        },
        name="VisitPhoto",
    )


class Photos(fields.List[Any]):
    """The photos of a visit: not too many, and each id once."""

    def __init__(self, most: int, **more: Any) -> None:
        messages = {**REQUIRED, "invalid": "must be a list."}
        super().__init__(fields.Nested(_photo_form()), error_messages=messages, metadata={"maxItems": most}, **more)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise ValidationError(f"has more than {self.most} photos.")
        found: list[Any] = super()._deserialize(value, attr, data, **more) or []
        seen: set[str] = set()
        for at, photo in enumerate(found):
            if photo["photo_id"] in seen:
                raise ValidationError({at: {"photo_id": ["is in the list twice."]}})
            seen.add(photo["photo_id"])
            photo["annotations"] = photo["annotations"] or []
        return found


class Consents(fields.Field[Any]):
    """What the volunteer allows; what is not said is not allowed."""

    default_error_messages = {**REQUIRED, "invalid": "must be an object with named fields."}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        one = {"type": "boolean", "default": False}
        shape = {"type": "object", "properties": dict.fromkeys(CONSENTS, one), "additionalProperties": False}
        super().__init__(metadata=shape, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> dict[str, bool]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        faults = {name: ["is not a field here."] for name in value.keys() - _CONSENTS}
        for name, allowed in value.items():
            if name in _CONSENTS and allowed is not None and not isinstance(allowed, bool):
                faults[name] = ["must be true or false."]
        if faults:
            raise ValidationError(dict(list(faults.items())[:100]))
        return {name: value.get(name) is True for name in CONSENTS}


_CONSENTS = frozenset(CONSENTS)


@lru_cache(maxsize=4)
def visit_form(words: int, photos: int) -> Form:
    """The schema of a visit, for these limits: characters of words, number of photos."""
    shape: dict[str, Any] = {
        "exercise_id": Id(required=True),
        "site_id": Id(required=True),
        "wave": Whole(least=1, most=1_000_000, required=True),
        "kind": OneOf(acceptance.ENVIRONMENT, acceptance.MYSTERY_SHOP, required=True),
        "instrument": OneOf(*acceptance.INSTRUMENT_OF.values(), required=True),
        "instrument_version": Whole(least=1, most=1_000_000, required=True),
        "form": OneOf(*FORMS, required=True),
        "channel": OneOf(*CHANNELS, required=True),
        "visited_on": Day(required=True),
        "part_of_day": OneOf(*PARTS_OF_DAY, required=True),
        "stopped_early": YesNo(load_default=False),
        "keep_answers": YesNo(load_default=False),
        "zones_complete": Zones(load_default=list),
        "answers": Answers(words, load_default=list),
        "first_impressions": ByCode(ZONES, words, load_default=dict),
        "faces": ByCode(STAGES, load_default=dict),
        "photos": Photos(photos, load_default=list),
        "voice_notes": VoiceNotes(ZONES, STAGES),
        "pins": Pins(ZONES, words),
        "consents": Consents(load_default=lambda: dict.fromkeys(CONSENTS, False)),
    }
    return Form.from_dict(shape, name="Visit")()  # type: ignore[return-value]


def read_visit(given: Any, settings: Settings) -> dict[str, Any]:
    """A visit from its JSON value: every default filled in, everything that is null left out. Raises Refusal 422."""
    form = visit_form(settings.words_characters, settings.photos_per_visit)
    if isinstance(given, dict):
        # A name that is none of ours stays, also when it says nothing: it may be a typing error in one that is.
        given = {name: value for name, value in given.items() if value is not None or name not in form.fields}
        # What can only be one thing need not be said.
        if given.get("kind") == acceptance.ENVIRONMENT:
            given.setdefault("channel", acceptance.FACE_TO_FACE)
        elif given.get("kind") == acceptance.MYSTERY_SHOP:
            given.setdefault("form", "long")
    try:
        visit = form.read(given)
    except ValidationError as fault:
        raise invalid(_readable(field_errors(fault.messages))) from fault
    for name in ("voice_notes", "pins"):
        # Without any there is no such field, so that a visit reads and hashes as it did before there were any.
        if not visit.get(name):
            visit.pop(name, None)
    faults = acceptance.whole_faults(visit)
    instrument = instrument_of(visit["instrument"], visit["instrument_version"])
    if instrument is None:
        faults.append(FieldError("/instrument_version", "is not a published version."))
    elif not faults:
        faults = _mark_faults(visit, instrument, settings.words_characters)
        faults += place_faults(visit, instrument)
        faults += field_errors(pin_faults(pins_in(visit), instrument, settings.words_characters), "/pins")
    if faults:
        raise invalid(faults)
    return visit


def _mark_faults(visit: dict[str, Any], instrument: Instrument, longest: int) -> list[FieldError]:
    faults: list[FieldError] = []
    for at, photo in enumerate(visit["photos"]):
        for number, annotation in enumerate(photo["annotations"]):
            try:
                read_mark(annotation, instrument, longest)
            except MarkRefused as refused:
                faults += field_errors(refused.faults, f"/photos/{at}/annotations/{number}")
    return faults


def _readable(faults: list[FieldError]) -> list[FieldError]:
    """At most a hundred faults, with no half character in a pointer that would break the answer itself."""
    return [
        FieldError(fault.pointer[:300].encode("utf-8", "replace").decode(), fault.detail)
        for fault in faults[: acceptance.MOST_FAULTS]
    ]
