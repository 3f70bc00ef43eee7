"""Half past eleven at night in UTC is the next day in England all summer long, for every clock of a recommendation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.reporting.domain.days import day_here
from services.reporting.domain.measures import Share, measure
from services.reporting.domain.pack import recommendations_document
from services.reporting.domain.recommendation import Entry
from services.reporting.domain.standing import silent
from services.reporting.domain.story import silence
from shared.contracts.refusals import Refusal
from tests.unit.reporting.making import LEAD, VOLUNTEER, a_recommendation, move

LATE = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
"""Half past midnight on 1 July where the visits take place."""


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (LATE, date(2026, 7, 1)),
        (LATE - timedelta(minutes=31), date(2026, 6, 30)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_a_moment_has_the_day_of_england(moment: datetime, day: date) -> None:
    assert day_here(moment) == day


def test_twenty_working_days_are_counted_from_the_day_here() -> None:
    shared = move(a_recommendation(status="agreed"), "shared", LEAD, now=LATE).recommendation
    assert shared.reply_due == date(2026, 7, 29)
    earlier = move(a_recommendation(status="agreed"), "shared", LEAD, now=LATE - timedelta(hours=1)).recommendation
    assert earlier.reply_due == date(2026, 7, 28)


def test_an_answer_after_midnight_here_is_late() -> None:
    times = {"shared_at": LATE - timedelta(days=28), "reply_due": date(2026, 6, 30)}
    late = a_recommendation(status="accepted", replied_at=LATE, **times)
    in_time = a_recommendation(status="accepted", replied_at=LATE - timedelta(hours=1), **times)
    assert measure([late, in_time], {}, day_here(LATE)).replied_in_time == Share(1, 2)


def test_silence_is_counted_and_told_by_the_day_here() -> None:
    quiet = a_recommendation(status="doing", news_at=LATE)
    assert not silent(quiet, date(2026, 8, 29))
    assert silent(quiet, date(2026, 8, 30))
    assert silence(quiet, date(2026, 8, 30)) == "No news since 1 July 2026."


def test_six_months_are_counted_from_the_day_here() -> None:
    verified = a_recommendation(status="verified", verified_at=datetime(2026, 9, 29, 23, 30, tzinfo=UTC))
    with pytest.raises(Refusal, match="2027-03-30"):
        move(verified, "kept-up", VOLUNTEER, now=datetime(2027, 3, 29, 22, 30, tzinfo=UTC))
    assert move(verified, "kept-up", VOLUNTEER, now=datetime(2027, 3, 29, 23, 30, tzinfo=UTC)).done


def test_documents_tell_the_day_here() -> None:
    shared = a_recommendation(status="shared")
    entry = Entry(LATE, "move", "lead", "key", "agreed", "shared")
    exercise = {"exercise_id": "e", "title": "t", "partner": {"name": "p"}, "sites": []}
    content = recommendations_document(exercise, [shared], {"r": [entry]}, only_totals=False)
    assert content["recommendations"][0]["history"][0]["at"] == "2026-07-01"
