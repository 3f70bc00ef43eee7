"""Before and after of the talk: what was put right, is open, is new, or could not be told."""

from __future__ import annotations

from typing import Any

from services.assessment.domain.talk_compared import talk_compared


def asked(item: str, n: int | None, not_done: int = 0) -> dict[str, Any]:
    return {
        "item": item,
        "n": n,
        "ones_or_more": None if n is None else n - not_done,
        "flag": "red" if not_done else "none",
    }


def found(item: str, state: str = "open", zone: str | None = None) -> dict[str, Any]:
    return {"item": item, "state": state, "zone": zone, "kind": "red"}


def test_each_must_have_is_told_once_and_what_nobody_could_say_stays_open_to_be_told() -> None:
    was = [asked("fixed", 3, 1), asked("open", 3, 2), asked("unasked", 2, 1), asked("fine", 3), asked("later", 3)]
    now = [asked("fixed", 3), asked("open", None), asked("fine", 3), asked("later", 4, 1), asked("nobody", 0)]
    before = [found("fixed"), found("open"), found("unasked"), found("nobody"), found("elsewhere", zone="RE")]
    after = [found("fixed", "resolved"), *map(found, ("open", "unasked", "later", "nobody")), found("fine", "resolved")]
    assert talk_compared(was, now, before, after) == [
        {"item": "fixed", "flag": "resolved", "then": (1, 3), "now": (0, 3)},
        {"item": "open", "flag": "still-open", "then": (2, 3), "now": None},
        {"item": "unasked", "flag": "cannot-tell", "then": (1, 2), "now": (0, 0)},
        {"item": "later", "flag": "new-red", "then": (0, 3), "now": (1, 4)},
        {"item": "nobody", "flag": "cannot-tell", "then": (0, 0), "now": (0, 0)},
    ]
