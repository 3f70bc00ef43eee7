"""The seven stages an exercise goes through, in order (domain.md §4)."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where an exercise stands. It moves to the next stage, or back by one with a reason."""

    PLAN = "plan"
    FIELDWORK = "fieldwork"
    SENSE_MAKING = "sense-making"
    MANAGER_REVIEW = "manager-review"
    SHARED = "shared"
    ACTION = "action"
    CLOSED = "closed"

    @property
    def place(self) -> int:
        """Its place in the order, from 0."""
        return ORDER.index(self)


ORDER: tuple[Stage, ...] = tuple(Stage)

TWO_KEY_STAGES = frozenset({Stage.MANAGER_REVIEW, Stage.SHARED})
"""Stages that lift an embargo: entered only by an act of a lead and one of a representative."""


def at_least(stage: Stage, other: Stage) -> bool:
    """Whether `stage` is `other` or later."""
    return stage.place >= other.place
