"""The shapes of what the visits API answers, for its OpenAPI document."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from services.intake.domain.photo import PhotoState
from services.intake.domain.voice_note import VoiceState
from services.intake.forms.plain import Form

_STATES = [str(state) for state in PhotoState]


class PhotoAnswer(Schema):
    """What we have of a photo."""

    photo_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(_STATES))
    why = fields.String(required=True, allow_none=True)


class VoiceAnswer(Schema):
    """What we have of a voice note."""

    voice_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(state) for state in VoiceState]))
    why = fields.String(required=True, allow_none=True)


class ReceiptAnswer(Schema):
    """receiving: something is missing. safe: every listed byte is durable. processed: nothing is left to do."""

    visit_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["receiving", "safe", "processed"]))
    photos: Any = fields.List(fields.Nested(PhotoAnswer), required=True)
    voice_notes: Any = fields.List(fields.Nested(VoiceAnswer), required=True)
    received_at = fields.AwareDateTime(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)


class VersionAnswer(Schema):
    """One version of a visit; `visit` is null once it was taken back."""

    version = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    visit = fields.Dict(required=True, allow_none=True)


class VisitAnswer(Schema):
    """The visit as it was sent, none of which is there once it was taken back, and what became of it."""

    exercise_id = fields.UUID()
    site_id = fields.UUID()
    wave = fields.Integer()
    kind = fields.String()
    instrument = fields.String()
    instrument_version = fields.Integer()
    form = fields.String()
    channel = fields.String()
    visited_on = fields.Date()
    part_of_day = fields.String()
    stopped_early = fields.Boolean()
    keep_answers = fields.Boolean()
    zones_complete: Any = fields.List(fields.String())
    answers: Any = fields.List(fields.Dict())
    first_impressions = fields.Dict()
    faces = fields.Dict()
    photos: Any = fields.List(fields.Dict())
    voice_notes: Any = fields.List(fields.Dict(), metadata={"description": "Only where there are any."})
    pins: Any = fields.List(fields.Dict(), metadata={"description": "Only where there are any."})
    consents = fields.Dict()
    visit_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    received_at = fields.AwareDateTime(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    versions: Any = fields.List(fields.Nested(VersionAnswer), required=True)


class WithdrawalForm(Form):
    """Nothing: no reason is asked."""


class WithdrawalAnswer(Schema):
    """When it was taken back, and, in plain words, what that means."""

    visit_id = fields.UUID(required=True)
    withdrawn_at = fields.AwareDateTime(required=True)
    totals_shared = fields.Boolean(required=True)
    detail = fields.String(required=True)
