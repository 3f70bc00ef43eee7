"""The shapes of recommendation events: what was asked for, each move of it, which were made one, and which
by themselves again."""

from __future__ import annotations

from marshmallow import Schema

from shared.contracts.assessments import Documents
from shared.contracts.directory import ROLES
from shared.contracts.fields import Choice, Day, Every, Moment, Text, Whole

STATUSES = (
    "draft", "agreed", "shared", "accepted", "accepted-in-part", "other-way-offered", "not-accepted",
    "planned", "doing", "partner-says-done", "verified", "not-yet", "kept-up", "paused", "no-longer-relevant",
)  # fmt: skip
CHANGE_KINDS = ("culture", "practice", "structure")
COST_BANDS = ("none", "under-100", "under-1000", "more")


class RecommendationWritten(Schema):
    """org.opendoor.recommendation.written.v1: a recommendation as it reads now; the highest version wins."""

    recommendation_id = Text()
    version = Whole(1)
    exercise_id = Text()
    site_id = Text()
    title = Text()
    why = Text(empty=True)
    findings = Every(Text())
    items = Every(Text())
    kind = Choice(*CHANGE_KINDS)
    pie_area = Text(nothing=True)
    cost_band = Choice(*COST_BANDS, nothing=True)
    owner_post = Text(nothing=True)
    due = Day(nothing=True)
    status = Choice(*STATUSES)
    reply_due = Day(nothing=True)
    written_at = Moment()


class RecommendationMoved(Schema):
    """org.opendoor.recommendation.moved.v1: one move, with the role that made it and never the person."""

    move_id = Text()
    recommendation_id = Text()
    exercise_id = Text()
    site_id = Text()
    from_status = Choice(*STATUSES)
    to_status = Choice(*STATUSES)
    role = Choice(*ROLES)
    moved_at = Moment()
    note = Text(empty=True)
    evidence = Documents()


class RecommendationsMerged(Schema):
    """org.opendoor.recommendation.merged.v1: several recommendations that live on as one."""

    recommendation_id = Text()
    merged = Every(Text())
    exercise_id = Text()
    site_id = Text()
    merged_at = Moment()


class RecommendationsParted(Schema):
    """org.opendoor.recommendation.parted.v1: one that had become part of another is by itself again."""

    recommendation_id = Text()
    parted = Text()
    exercise_id = Text()
    site_id = Text()
    parted_at = Moment()
