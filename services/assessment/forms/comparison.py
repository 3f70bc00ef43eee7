"""Before and after, as wire.md §5 pins it."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from services.assessment.forms.figures import choice, listed, many, number, one, percent, text, whole
from services.assessment.forms.result import WHY, ZONES

FLAGS = ("resolved", "still-open", "cannot-tell", "new-red", "new-amber", "none")


class ComparisonQuery(Schema):
    """Which two waves: `from` the earlier, `to` the later."""

    class Meta:
        """Other query parameters are nobody's answers and are passed over."""

        unknown = EXCLUDE

    start = fields.Integer(
        required=True, data_key="from", validate=validate.Range(1, 9999), metadata={"description": "A wave."}
    )
    end = fields.Integer(
        required=True, data_key="to", validate=validate.Range(1, 9999), metadata={"description": "A later wave."}
    )


class PooledAnswer(Schema):
    """Matched items pooled."""

    points = whole()
    maximum = whole()
    percent = percent()


class ComparedAnswer(Schema):
    """An item-in-zone that could be answered in both waves."""

    item = text()
    zone = choice(*ZONES)
    from_percent = percent()
    to_percent = percent()
    from_n = whole()
    to_n = whole()
    from_k = whole()
    to_k = whole()
    change = percent("Percentage points, rounded from exact values.")
    verdict = choice("better", "same", "worse")
    flag = choice(*FLAGS)
    why = text(WHY)


class UnmatchedAnswer(Schema):
    """An item-in-zone that could be answered in one wave only."""

    item = text()
    zone = choice(*ZONES)
    why = choice("not-seen-before", "not-seen-after", "other-version")
    flag = choice(*FLAGS)


class SignTestAnswer(Schema):
    """A rough guide, from six untied items on."""

    untied = whole()
    better = whole()
    p = number("Two-sided, to four decimals.")
    note = text()


class ComparisonAnswer(Schema):
    """Before and after of a site."""

    start = fields.Raw(
        attribute="from", data_key="from", metadata={"type": "integer", "description": "The earlier wave."}
    )
    to = whole("The later wave.")
    matched = whole()
    trigger_from = one(PooledAnswer)
    trigger_to = one(PooledAnswer)
    change = percent("Percentage points, rounded from exact values.")
    better = whole()
    same = whole()
    worse = whole()
    sign_test = one(SignTestAnswer)
    items = many(ComparedAnswer)
    unmatched = many(UnmatchedAnswer)
    warnings = listed("string")
    why = text(WHY)
