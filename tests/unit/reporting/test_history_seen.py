"""A partner reads a recommendation from the day it was shared; how the group came to it stays with the group."""

from __future__ import annotations

from datetime import UTC, datetime

from services.reporting.domain.recommendation import Entry
from services.reporting.domain.sight import history_seen, statuses_seen

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
HISTORY = [
    Entry(NOON, "written", "volunteer", "a", "draft", "draft"),
    Entry(NOON, "move", "lead", "b", "draft", "agreed", "Five for, one against."),
    Entry(NOON, "move", "lead", "b", "agreed", "shared"),
    Entry(NOON, "move", "manager", "c", "shared", "accepted"),
]


def test_a_manager_sees_no_vote() -> None:
    seen = history_seen(HISTORY, statuses_seen({"manager"}, "manager-review"))
    assert [entry.to_status for entry in seen] == ["shared", "accepted"]


def test_the_group_sees_all_of_it() -> None:
    for role in ("volunteer", "lead", "data-keeper"):
        assert history_seen(HISTORY, statuses_seen({role}, "manager-review")) == HISTORY


def test_what_was_never_shared_has_no_history_for_others() -> None:
    assert history_seen(HISTORY[:2], statuses_seen({"staff"}, "action")) == []
