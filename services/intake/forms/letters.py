"""The shape of an address that somebody gives."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validate

from services.intake.forms.plain import Form, Words
from shared.contracts.sentences import Sentence

LONGEST = 254
"""The longest address that mail can carry (RFC 5321)."""
_FAULT = Sentence("is not an address that we can write to. One looks like name@place.uk.")
_LOOKS_LIKE = validate.Email()


class _Address(Words):
    """An address of plain letters, as every mail server takes it; the part after the @ in lower case."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more).strip()
        try:
            _LOOKS_LIKE(text)
        except ValidationError:
            raise ValidationError(_FAULT) from None
        if not text.isascii() or not text.isprintable():
            raise ValidationError(_FAULT)
        name, _, place = text.rpartition("@")
        return f"{name}@{place.lower()}"


class AddressForm(Form):
    """Where somebody may be written to."""

    address = _Address(longest=LONGEST, required=True)
