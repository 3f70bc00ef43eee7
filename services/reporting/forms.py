"""The shapes of reporting's API (wire.md §6): what may be sent, strictly, and what is answered, for OpenAPI too."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load
from marshmallow.validate import Length, OneOf, Range, Regexp

from services.reporting.domain.recommendation import COST_BANDS, EVIDENCE_KINDS, KINDS, STATUSES
from shared.contracts.ids import Id
from shared.contracts.storable import unstorable

WORDS = 4000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHA256 = Regexp(r"\A[0-9a-fA-F]{64}\Z", error="must be a SHA-256 in 64 hex digits.")


class Words(fields.String):
    """Text that can be kept, of at most `longest` characters."""

    def __init__(self, *, longest: int = WORDS, empty: bool = True, **more: Any) -> None:
        bounds = Length(
            min=None if empty else 1,
            max=longest,
            error=f"must be {'' if empty else '1 to '}{'at most ' if empty else ''}{longest:,} characters long.",
        )
        super().__init__(validate=bounds, **more)
        self.empty = empty

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        found: str = super()._deserialize(value, attr, data, **more)
        if unstorable(found):
            raise ValidationError("has characters in it that cannot be kept.")
        if not self.empty and not found.strip():
            raise ValidationError("may not be empty.")
        return found


class Grid(fields.Integer):
    """A place on an axis of the effort and difference grid, 0 to 100."""

    def __init__(self, **more: Any) -> None:
        super().__init__(strict=True, validate=Range(0, 100), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        if isinstance(value, bool):
            raise ValidationError("must be a whole number.")
        found: int = super()._deserialize(value, attr, data, **more)
        return found


class Day(fields.Date):
    """A date as 2026-10-01, in no other spelling that ISO 8601 knows."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        found: date = super()._deserialize(value, attr, data, **more)
        return found


def _some(one: Any, longest: int = 200, **more: Any) -> Any:
    return fields.List(one, validate=Length(max=longest, error=f"may have at most {longest} entries."), **more)


class Strict(Schema):
    """Refuses what it does not know: a typing error must not lose an answer (wire.md §1)."""

    class Meta:
        """marshmallow's own settings."""

        unknown = RAISE

    @pre_load
    def _only_text_keys(self, data: Any, **_more: Any) -> Any:
        if isinstance(data, dict):
            for name in data:
                if isinstance(name, str) and unstorable(name):
                    raise ValidationError("a field has a name that cannot be kept.")
        return data


_MAY_BE_NOTHING = ("pie_area", "owner_post", "baseline", "progress", "suggestion")
_NOTHING_IS = {"why": "", "findings": [], "items": []}
"""Fields for which null says the same as leaving them empty."""


class _Written(Strict):
    title = Words(longest=200, empty=False)
    why = Words(allow_none=True)
    findings = _some(Id(), allow_none=True)
    items = _some(Words(longest=20, empty=False), allow_none=True)
    kind = fields.String(validate=OneOf(KINDS))
    pie_area = Words(longest=80, allow_none=True)
    cost_band = fields.String(validate=OneOf(COST_BANDS), allow_none=True)
    owner_post = Words(longest=120, allow_none=True)
    due = Day(allow_none=True)
    baseline = Words(allow_none=True)
    progress = Words(allow_none=True)
    effort = Grid(allow_none=True)
    difference = Grid(allow_none=True)

    @post_load
    def _nothing_said_is_nothing(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        empty = {name for name in _MAY_BE_NOTHING if isinstance(data.get(name), str) and not data[name].strip()}
        data |= {name: as_empty for name, as_empty in _NOTHING_IS.items() if name in data and data[name] is None}
        return {name: None if name in empty else value for name, value in data.items()}


class RecommendationForm(_Written):
    """A new draft."""

    exercise_id = Id(required=True)
    site_id = Id(required=True)
    title = Words(longest=200, empty=False, required=True)
    suggestion = Words(longest=80, allow_none=True)

    @pre_load
    def _a_kind_not_said(self, data: Any, **_more: Any) -> Any:
        return {k: v for k, v in data.items() if k != "kind" or v is not None} if isinstance(data, dict) else data


class RecommendationChanges(_Written):
    """Some fields of a recommendation, changed."""

    @pre_load
    def _something(self, data: Any, **_more: Any) -> Any:
        if data == {}:
            raise ValidationError("say at least one field to change.")
        return data


class EvidenceForm(Strict):
    """Something that shows a change."""

    kind = fields.String(required=True, validate=OneOf(EVIDENCE_KINDS))
    text = Words(load_default="", allow_none=True)
    sha256 = fields.String(load_default=None, allow_none=True, validate=_SHA256)

    @post_load
    def _in_small_digits(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {**data, "sha256": data["sha256"] and data["sha256"].lower()}


class MoveForm(Strict):
    """A move that somebody wants to make."""

    to = fields.String(required=True, validate=OneOf(STATUSES))
    note = Words(load_default="", allow_none=True)
    evidence = _some(fields.Nested(EvidenceForm), 20, load_default=list, allow_none=True)


class MergeForm(Strict):
    """Which recommendations to take into this one."""

    merge = _some(Id(), required=True)


class CommentForm(Strict):
    """Words for the history."""

    words = Words(required=True, empty=False)


class VoteForm(Strict):
    """How many dots somebody puts on a recommendation."""

    dots = fields.Integer(required=True, strict=True)


class PageQuery(Strict):
    """Where a list goes on, and how long a page is."""

    after = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=Range(1, 200))


class RecommendationsQuery(PageQuery):
    """A page of one exercise, or of everything the caller may see."""

    exercise_id = fields.String(load_default=None)


class Waiting(Schema):
    """An act that is recorded and waits for a second person."""

    to = fields.String()
    have = fields.Integer()
    need = fields.Integer()


class RecommendationAnswer(Schema):
    """A recommendation on the wire."""

    id = fields.String()
    exercise_id = fields.String()
    site_id = fields.String()
    title = fields.String()
    why = fields.String()
    findings = fields.List(fields.String())
    items = fields.List(fields.String())
    kind = fields.String(validate=OneOf(KINDS))
    pie_area = fields.String(allow_none=True)
    cost_band = fields.String(allow_none=True)
    owner_post = fields.String(allow_none=True)
    due = fields.String(allow_none=True)
    status = fields.String(validate=OneOf(STATUSES))
    reply_due = fields.String(allow_none=True)
    overdue = fields.Boolean()
    silent = fields.Boolean()
    baseline = fields.String(allow_none=True)
    progress = fields.String(allow_none=True)
    effort = fields.Integer(allow_none=True)
    difference = fields.Integer(allow_none=True)
    suggestion = fields.String(allow_none=True)
    merged_into = fields.String(allow_none=True)
    waiting = fields.List(fields.Nested(Waiting))
    moves = fields.List(fields.String(), metadata={"description": "Statuses the caller may move it to now."})


class RecommendationsAnswer(Schema):
    """A page of recommendations."""

    items = fields.List(fields.Nested(RecommendationAnswer))
    next = fields.String(allow_none=True)


class VotesAnswer(Schema):
    """Dots: one's own, by group and in total; null until one has voted on a draft."""

    mine = fields.Integer(allow_none=True)
    by_group = fields.Dict(allow_none=True)
    dots = fields.Integer(allow_none=True)


class EvidenceAnswer(Schema):
    """Something that shows a change."""

    kind = fields.String()
    text = fields.String()
    sha256 = fields.String(allow_none=True)


class EntryAnswer(Schema):
    """One line of a history: who by role only."""

    at = fields.AwareDateTime()
    kind = fields.String()
    role = fields.String()
    from_status = fields.String(data_key="from")
    to_status = fields.String(data_key="to")
    note = fields.String()
    evidence = fields.List(fields.Nested(EvidenceAnswer))


class HistoryAnswer(Schema):
    """A page of a history, oldest first."""

    items = fields.List(fields.Nested(EntryAnswer))
    next = fields.String(allow_none=True)


class FormatAnswer(Schema):
    """One file of a document."""

    media_type = fields.String()
    sha256 = fields.String()
    bytes = fields.Integer()
    href = fields.String()


class DocumentAnswer(Schema):
    """One version of a document."""

    kind = fields.String()
    version = fields.Integer()
    made_at = fields.String(metadata={"format": "date-time"})
    formats = fields.List(fields.Nested(FormatAnswer))


class DocumentsAnswer(Schema):
    """The documents of an exercise, newest version first."""

    items = fields.List(fields.Nested(DocumentAnswer))
    next = fields.String(allow_none=True)


class RequestAnswer(Schema):
    """How far a wish for documents is."""

    id = fields.String()
    state = fields.String()
    told = fields.String()


class ChangesAnswer(Schema):
    """What came of one's visits."""

    items = fields.List(fields.Dict())
    next = fields.String(allow_none=True)


class MeasuresAnswer(Schema):
    """The headline measures of an exercise."""

    replied_in_time = fields.Dict()
    planned_or_made = fields.Dict()
    verified = fields.Dict()
    days_to_verified = fields.Float(allow_none=True)
    by_status = fields.Dict()


def cursor(position: int) -> str:
    """A position as it travels."""
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def position_of(text: str | None) -> int:
    """The position in a cursor; 0 for none. Raises ValueError for one that is not ours."""
    if text is None:
        return 0
    try:
        found = int(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError) as fault:
        raise ValueError from fault
    if not 0 <= found < 2**62:
        raise ValueError
    return found
