"""What letters may say and to whom, and how long it is tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.intake.domain.letters import (
    SUBJECTS,
    TOPICS,
    TRIES,
    URGENT,
    URGENT_FOR,
    WORDS,
    Kind,
    Topic,
    next_try,
    offered,
    on_at_first,
)

NOW = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)


def test_no_letter_has_room_for_anything_about_anybody() -> None:
    assert set(WORDS) == set(SUBJECTS) == set(Kind)
    assert set(TOPICS) == set(Kind) - {Kind.CONFIRM}
    for said in (*WORDS.values(), *SUBJECTS.values()):
        assert "%" not in said
        assert not said.values


@pytest.mark.parametrize(
    ("roles", "can_have", "has"),
    [
        ({"volunteer"}, {"reminder", "news", "way-in"}, {"way-in"}),
        ({"buddy"}, {"care", "way-in"}, {"care", "way-in"}),
        ({"lead"}, {"care", "way-in"}, {"care", "way-in"}),
        ({"data-keeper"}, {"way-in"}, {"way-in"}),
        ({"manager"}, {"news", "way-in"}, {"news", "way-in"}),
        ({"volunteer", "buddy"}, {"care", "reminder", "news", "way-in"}, {"care", "way-in"}),
        (set(), {"way-in"}, {"way-in"}),
    ],
)
def test_what_is_on_at_first_is_what_somebody_needs_and_no_more(
    roles: set[str], can_have: set[str], has: set[str]
) -> None:
    assert set(offered(roles)) == {Topic(one) for one in can_have}
    assert on_at_first(roles) == {Topic(one) for one in has}


def test_it_is_tried_ever_more_seldom_for_about_a_day() -> None:
    waits = [next_try(Kind.NEWS, failures, NOW, NOW) for failures in range(1, len(TRIES) + 2)]
    assert waits[:-1] == [NOW + wait for wait in TRIES]
    assert waits[-1] is None
    assert list(TRIES) == sorted(TRIES)
    assert timedelta(hours=20) < sum(TRIES, timedelta()) < timedelta(days=2)


@pytest.mark.parametrize("kind", sorted(URGENT))
def test_what_is_urgent_is_not_sent_when_it_helps_nobody_any_more(kind: Kind) -> None:
    assert next_try(kind, 1, NOW, NOW + URGENT_FOR - timedelta(seconds=31)) is not None
    assert next_try(kind, 1, NOW, NOW + URGENT_FOR) is None
