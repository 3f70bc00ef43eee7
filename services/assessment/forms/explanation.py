"""How each number came about, as lists of sums that anybody can do again on paper."""

from __future__ import annotations

from marshmallow import Schema

from services.assessment.forms.figures import listed, many, number, one, text, whole
from services.assessment.forms.result import WHY, CoverageAnswer


class CountedAnswer(Schema):
    """What one item gave to a sum."""

    item = text()
    strengths = listed("integer")
    points = whole()
    maximum = whole()


class LeftOutAnswer(Schema):
    """Answers that are in no sum, and why."""

    item = text()
    reason = text()
    answers = whole()


class SumAnswer(Schema):
    """One load as its sum."""

    points = whole()
    maximum = whole()
    percent = number()
    counted = many(CountedAnswer)
    how = text()


class ExplainedCoverageAnswer(CoverageAnswer):
    """Coverage and its rule."""

    how = text()


class ExplainedZoneAnswer(Schema):
    """A zone's figures."""

    zone = text()
    trigger = one(SumAnswer)
    comfort = one(SumAnswer)
    coverage = one(ExplainedCoverageAnswer)
    left_out = many(LeftOutAnswer)
    why = text(WHY)


class ExplainedStageAnswer(SumAnswer):
    """A stage's figures."""

    stage = text()
    left_out = many(LeftOutAnswer)
    why = text(WHY)


class MeanOfAnswer(Schema):
    """A zone that the mean is made of."""

    zone = text()
    percent = number()


class ExplainedSiteAnswer(Schema):
    """The site's figure."""

    percent = number()
    mean_of = many(MeanOfAnswer)
    how = text()
    why = text(WHY)


class ExplanationAnswer(Schema):
    """Every sum of a wave."""

    exercise_id = text()
    site_id = text()
    wave = whole()
    zones = many(ExplainedZoneAnswer)
    stages = many(ExplainedStageAnswer)
    site = one(ExplainedSiteAnswer)
