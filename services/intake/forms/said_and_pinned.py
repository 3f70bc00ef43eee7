"""The shapes of what a visit may say instead of typed words and photos: voice notes, and pins on a sketch plan."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from services.intake.domain.pins import FELT, MOST_PINS
from services.intake.domain.recording import MEDIA_TYPES, MOST_SECONDS
from services.intake.domain.voice_note import MOST_NOTES
from services.intake.forms.files import MOST_BYTES, Hash, SoundType
from services.intake.forms.plain import Form, OneOf, Whole, Words
from shared.contracts.ids import REQUIRED, Id


class VoiceNotes(fields.List[Any]):
    """The voice notes of a visit: not too many, and each id once."""

    def __init__(self, zones: tuple[str, ...], stages: tuple[str, ...], **more: Any) -> None:
        one = Form.from_dict(
            {
                "voice_id": Id(required=True),
                "sha256": Hash(required=True),
                "media_type": SoundType(*MEDIA_TYPES, required=True),
                "bytes": Whole(least=1, most=MOST_BYTES, required=True),
                "seconds": Whole(least=1, most=MOST_SECONDS, required=True),
                "zone": OneOf(*zones, allow_none=True),
                "stage": OneOf(*stages, allow_none=True),
                "item": Words(longest=20, allow_none=True),
            },
            name="VisitVoiceNote",
        )
        messages = {**REQUIRED, "invalid": "must be a list."}
        super().__init__(fields.Nested(one), error_messages=messages, metadata={"maxItems": MOST_NOTES}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > MOST_NOTES:
            raise ValidationError(f"has more than {MOST_NOTES} recordings.")
        found: list[Any] = super()._deserialize(value, attr, data, **more) or []
        seen: set[str] = set()
        for at, voice in enumerate(found):
            if voice["voice_id"] in seen:
                raise ValidationError({at: {"voice_id": ["is in the list twice."]}})
            seen.add(voice["voice_id"])
        return [{name: inner for name, inner in voice.items() if inner is not None} for voice in found]


class Pins(fields.Field[Any]):
    """Pins on a sketch plan. What each of them says is checked where the whole visit is at hand."""

    default_error_messages = {**REQUIRED, "invalid": "must be a list."}  # noqa: RUF012

    def __init__(self, zones: tuple[str, ...], words: int, **more: Any) -> None:
        percent = {"type": "number", "minimum": 0, "maximum": 100}
        pin = {
            "type": "object",
            "properties": {
                "zone": {"type": "string", "enum": list(zones)},
                "x": percent,
                "y": percent,
                "value": {"type": "string", "enum": list(FELT)},
                "item": {"type": "string"},
                "strength": {"type": "integer", "minimum": 1, "maximum": 3},
                "words": {"type": "string", "maxLength": words},
            },
            "required": ["zone", "x", "y", "value", "item", "strength"],
            "additionalProperties": False,
        }
        super().__init__(metadata={"type": "array", "items": pin, "maxItems": MOST_PINS}, **more)
        self.zones = zones

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if len(value) > MOST_PINS:
            raise ValidationError(f"has more than {MOST_PINS} pins.")
        faults = {}
        for at, pin in enumerate(value):
            if not isinstance(pin, dict):
                faults[at] = {"_schema": ["must be an object with named fields."]}
            elif not isinstance(pin.get("zone"), str) or pin["zone"] not in self.zones:
                faults[at] = {"zone": ["is not a zone."]}
        if faults:
            raise ValidationError(faults)
        return [{name: inner for name, inner in pin.items() if inner is not None} for pin in value]
