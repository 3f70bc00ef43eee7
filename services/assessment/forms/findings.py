"""Findings, as wire.md §6 pins them, and the reply that may stand beside one."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Range

from services.assessment.forms.figures import choice, listed, many, number, one, text, whole, yes_no
from services.assessment.forms.result import WHY, ZONES, PrevalenceAnswer
from shared.contracts.storable import unstorable

LONGEST_REPLY = 4000


class MarkAnswer(Schema):
    """A mark on a photo: its place in per cent of the picture, and what it says."""

    x = number()
    y = number()
    w = number()
    h = number()
    kind = choice("trigger", "comfort")
    item = text()
    strength = whole()
    words = text()


class PhotoAnswer(Schema):
    """A released photo of what was found."""

    id = text()
    zone = choice(*ZONES)
    wave = whole()
    href = text("Where the picture is; `?size=thumbnail` for a small one.")
    marks = many(MarkAnswer)


class FindingAnswer(Schema):
    """Something that was found."""

    id = text()
    item = text()
    prompt = text()
    zone = choice(*ZONES, meaning="null for the talk.")
    kind = choice("red", "amber", "strength")
    must_be_right = yes_no()
    waves = listed("integer", "The waves in which it was found.")
    state = choice("open", "resolved")
    k = whole("Of the last of these waves.")
    n = whole("Of the last of these waves.")
    in_words = text()
    prevalence = one(PrevalenceAnswer)
    quotes = listed("string", "Only words whose author said yes, and that a data keeper released.")
    photos = many(PhotoAnswer)
    reply = text("What the partner's manager wrote beside it.")
    why = text(WHY)


class FindingsAnswer(Schema):
    """The findings of a site: red first, then amber, then strengths to keep."""

    items = many(FindingAnswer)
    next = text("Where the list goes on; null at its end.")


class FindingsQuery(Schema):
    """A page of the list."""

    class Meta:
        """Other query parameters are nobody's answers and are passed over."""

        unknown = EXCLUDE

    after = fields.Integer(load_default=0, validate=Range(min=0), metadata={"description": "`next` of the last page."})
    limit = fields.Integer(load_default=50, validate=Range(1, 200))


def storable_words(value: str) -> None:
    """Refuse text that is empty or cannot be stored. Raises ValidationError."""
    if not value.strip():
        raise ValidationError("may not be empty.")
    if len(value) > LONGEST_REPLY:
        raise ValidationError(f"is longer than {LONGEST_REPLY:,} characters.")
    if unstorable(value):
        raise ValidationError("has characters in it that cannot be kept.")


class ReplyForm(Schema):
    """What a manager writes beside a finding."""

    text = fields.String(required=True, validate=storable_words, metadata={"maxLength": LONGEST_REPLY})


class ReplyAnswer(Schema):
    """A reply that was kept."""

    id = text()
    finding_id = text()
    text = text()
