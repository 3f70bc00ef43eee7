"""What may be left out of a visit whose round is open: words, files and consents, and never a figure."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from services.intake.domain.corrections import only_leaves_out

MARK = {"body": {"value": "trigger", "strength": 2}, "target": "xywh=percent:1,2,3,4"}


def a_visit() -> dict[str, Any]:
    return {
        "wave": 1,
        "visited_on": "2026-10-10",
        "zones_complete": ["WA", "RE"],
        "answers": [
            {"item": "P-WA-02", "zone": "WA", "answer": "bad", "trigger": 3, "words": "A man stood there."},
            {"item": "P-WA-07", "zone": "WA", "answer": "good", "comfort": 2},
        ],
        "first_impressions": {"WA": "Hard chairs."},
        "photos": [{"photo_id": "p", "sha256": "1", "zone": "WA", "annotations": [MARK]}],
        "voice_notes": [{"voice_id": "v", "sha256": "2"}],
        "consents": {"use_words": True, "use_photos": False, "quote": True, "tell_me": False, "contact_again": False},
    }


def _set(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(visit: dict[str, Any]) -> None:
        at: Any = visit
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = to

    return change


def _drop(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(visit: dict[str, Any]) -> None:
        at: Any = visit
        for name in path[:-1]:
            at = at[name]
        del at[path[-1]]

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda visit: None,
        lambda visit: visit["answers"].reverse(),
        lambda visit: visit["zones_complete"].reverse(),
        _drop("answers", 0, "words"),
        _drop("first_impressions", "WA"),
        _drop("photos", 0),
        _drop("photos", 0, "annotations", 0),
        _drop("voice_notes"),
        _set("consents", "quote", to=False),
    ],
)
def test_these_only_leave_something_out(change: Callable[[dict[str, Any]], None]) -> None:
    after = deepcopy(a_visit())
    change(after)
    assert only_leaves_out(a_visit(), after)


@pytest.mark.parametrize(
    "change",
    [
        _set("answers", 0, "trigger", to=1),
        _set("answers", 0, "words", to="Somebody stood there."),
        _set("answers", 1, "words", to="New."),
        _drop("answers", 0),
        _set("visited_on", to="2026-10-11"),
        _drop("zones_complete", 0),
        _set("first_impressions", "WA", to="Soft chairs."),
        _set("first_impressions", "RE", to="A bell."),
        _set("photos", 0, "zone", to="RE"),
        _set("photos", 0, "annotations", to=[MARK, MARK]),
        _set("photos", 0, "photo_id", to="q"),
        _set("pins", to=[{"zone": "WA"}]),
        _set("consents", "use_photos", to=True),
        _set("keep_answers", to=True),
    ],
)
def test_these_say_something_else(change: Callable[[dict[str, Any]], None]) -> None:
    after = deepcopy(a_visit())
    change(after)
    assert not only_leaves_out(a_visit(), after)
