"""The ids of the demo exercises, made from words, so that two services can speak of them without asking one another."""

from __future__ import annotations

from uuid import UUID, uuid5

_SPACE = UUID("0c5f6a3e-52c4-5d0a-8a54-6f4e0d3f7b21")

JOBCENTRE_EXERCISE = "jobcentre-exercise"
HOUSING_EXERCISE = "housing-exercise"
JOBCENTRE_BUILDING = "jobcentre-building"


def demo_id(word: str) -> str:
    """The id that stands for `word` in the demo, such as `volunteer-one`; always the same."""
    return str(uuid5(_SPACE, word))
