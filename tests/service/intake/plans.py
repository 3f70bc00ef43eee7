"""A small plan to build tests on: one office, two waves, one of every role."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5


def an_id(name: str) -> str:
    """The id that stands for `name` in these tests."""
    return str(uuid5(NAMESPACE_URL, f"test/{name}"))


EXERCISE = an_id("exercise")
SITE = an_id("site")


def a_plan(**changes: Any) -> dict[str, Any]:
    """A plan file in which nothing is wrong; `changes` replace whole sections."""
    people = [
        ("volunteer-1", ["volunteer"], True),
        ("volunteer-2", ["volunteer"], False),
        ("buddy", ["buddy"], False),
        ("lead", ["lead"], False),
        ("second-lead", ["lead"], False),
        ("data-keeper", ["data-keeper"], False),
        ("sponsor", ["sponsor"], False),
        ("manager", ["manager"], False),
        ("working-group", ["working-group"], False),
        ("staff", ["staff"], False),
    ]
    plan: dict[str, Any] = {
        "partner": {"id": an_id("partner"), "name": "Seaside Jobcentres", "kind": "jobcentre"},
        "sites": [{"id": SITE, "name": "Pier Road office", "zones": ["AP", "EN", "RE", "WA"], "photos_allowed": True}],
        "exercise": {
            "id": EXERCISE,
            "title": "Pier Road, autumn",
            "mode": "covert",
            "sponsor_decision": {"on": "2026-09-01", "reason": "Staff would prepare for it."},
            "waves": [
                {"number": 1, "opens": "2026-10-01", "closes": "2026-10-31"},
                {"number": 2, "opens": "2027-01-10", "closes": "2027-01-31"},
            ],
        },
        "people": [
            {"id": an_id(name), "name": f"The {name}", "roles": roles, "representative": representative}
            for name, roles, representative in people
        ],
        "scenarios": [
            {
                "id": an_id("scenario"),
                "title": "First time asking",
                "channel": "face-to-face",
                "stop_line": "Stop before you sign anything or give your number.",
                "character": "Somebody new in town.",
                "opening_line": "I have never done this before.",
                "facts": ["Came two weeks ago.", "Sleeps at a friend's."],
                "will_not_say": "Where they lived before.",
                "unwind": ["The appointment in the diary", "The dummy record"],
                "safe_letter": "This person is taking part in a test that your office has agreed to.",
                "pair": "A",
            }
        ],
        "assignments": [
            {
                "id": an_id("assignment-1"),
                "volunteer": an_id("volunteer-1"),
                "site": SITE,
                "wave": 1,
                "kind": "environment",
            },
            {
                "id": an_id("assignment-2"),
                "volunteer": an_id("volunteer-2"),
                "site": SITE,
                "wave": 1,
                "kind": "mystery-shop",
                "scenario": an_id("scenario"),
                "buddy": an_id("buddy"),
            },
        ],
    }
    return plan | changes
