"""The way there and back: every move that is allowed, every other one refused, and the steps when somebody is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from services.intake.domain.care_news import TOLD_WHEN_LATE, lead_knows
from services.intake.domain.hard_questions import HARD_QUESTIONS, hard_topics
from services.intake.domain.wellbeing import (
    LATE_STEPS,
    LONGER,
    STAYS,
    TOLD_LATE_AT_MOST,
    Act,
    State,
    Step,
    Trip,
    feelings_until,
    happened_at,
    late_steps,
    move,
    move_told_late,
    next_look,
    times_until,
)
from shared.contracts.instruments import load
from shared.contracts.refusals import Refusal

NINE = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WAY = (
    Act.ACCEPT,
    Act.PREPARE,
    Act.CHECK_IN,
    Act.CONFIRM,
    Act.CHECK_OUT,
    Act.DEBRIEF,
    Act.DEBRIEF_AGAIN,
)


def gone(*acts: Act, trip: Trip | None = None, at: datetime = NINE) -> Trip:
    """A trip after these acts, all at one moment, inside for an hour."""
    found = trip or Trip(State.OFFERED)
    for act in acts:
        found = move(found, act, at, 60 if act in (Act.CHECK_IN, Act.STAY_LONGER) else None)
    return found


def test_the_whole_way_from_being_asked_to_the_talk_a_week_later() -> None:
    states = [gone(*WAY[:n]).state for n in range(len(WAY))]
    assert states == [
        State.OFFERED,
        State.ACCEPTED,
        State.PREPARED,
        State.CHECKED_IN,
        State.ON_SITE,
        State.CHECKED_OUT,
        State.DEBRIEFED,
    ]
    assert gone(Act.DEBRIEF_AGAIN, trip=gone(*WAY[:6]), at=NINE + 7 * DAY).state == State.CLOSED


def test_the_second_talk_waits_for_some_days() -> None:
    with pytest.raises(Refusal, match="about a week"):
        gone(Act.DEBRIEF_AGAIN, trip=gone(*WAY[:6]), at=NINE + DAY)


ALLOWED = {
    State.OFFERED: {Act.ACCEPT, Act.ASK_SWAP, Act.DECLINE},
    State.SWAP_ASKED: {Act.ACCEPT, Act.ASK_SWAP, Act.DECLINE},
    State.DECLINED: {Act.ACCEPT, Act.ASK_SWAP, Act.DECLINE},
    State.ACCEPTED: {Act.ACCEPT, Act.ASK_SWAP, Act.DECLINE, Act.PREPARE, Act.PAUSE},
    State.PREPARED: {Act.ACCEPT, Act.ASK_SWAP, Act.DECLINE, Act.PREPARE, Act.CHECK_IN, Act.PAUSE},
    State.CHECKED_IN: {Act.CONFIRM, Act.STAY_LONGER, Act.PAUSE, Act.CHECK_OUT},
    State.ON_SITE: {Act.CONFIRM, Act.STAY_LONGER, Act.PAUSE, Act.CHECK_OUT},
    State.CHECKED_OUT: {Act.PAUSE, Act.DEBRIEF},
    State.DEBRIEFED: {Act.PAUSE},
    State.CLOSED: set(),
}
AT = {
    State.OFFERED: Trip(State.OFFERED),
    State.SWAP_ASKED: gone(Act.ASK_SWAP),
    State.DECLINED: gone(Act.DECLINE),
    **{state: gone(*WAY[:n]) for n, state in enumerate(list(ALLOWED)[3:9], 1)},
    State.CLOSED: gone(Act.DEBRIEF_AGAIN, trip=gone(*WAY[:6]), at=NINE + 7 * DAY),
}


@pytest.mark.parametrize(("state", "act"), [*product(ALLOWED, [act for act in Act if act != Act.STOP])])
def test_every_move_is_allowed_or_refused_with_a_sentence(state: State, act: Act) -> None:
    assert AT[state].state == state
    if act in ALLOWED[state]:
        gone(act, trip=AT[state])
        return
    with pytest.raises(Refusal) as refused:
        gone(act, trip=AT[state])
    assert (refused.value.status, refused.value.code) == (409, "not-now")
    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize("state", list(State))
def test_a_stop_is_never_refused_and_is_the_same_twice(state: State) -> None:
    trip = AT.get(state) or gone(Act.STOP if state == State.STOPPED else Act.PAUSE, trip=AT[State.ON_SITE])
    once = gone(Act.STOP, trip=trip)
    assert once.stopped_at == NINE
    assert gone(Act.STOP, trip=once, at=NINE + MINUTE) == once


def test_somebody_who_stops_inside_is_expected_out_now_and_can_check_out_or_go_on() -> None:
    later = NINE + 10 * MINUTE
    stopped = gone(Act.STOP, trip=AT[State.ON_SITE], at=later)
    assert (stopped.state, stopped.inside, stopped.due_out) == (State.STOPPED, True, later)
    assert gone(Act.CHECK_OUT, trip=stopped).state == State.CHECKED_OUT
    going_on = gone(Act.GO_ON, trip=stopped, at=later)
    assert (going_on.state, going_on.stopped_at) == (State.ON_SITE, None)
    assert going_on.due_out == later + 30 * MINUTE


def test_a_stop_does_not_put_off_a_check_out_that_is_late_already() -> None:
    late = gone(Act.STOP, trip=AT[State.ON_SITE], at=NINE + 90 * MINUTE)
    assert late.due_out == NINE + 60 * MINUTE


def test_somebody_who_stopped_before_going_may_go_on_or_say_no_and_is_asked_how_they_are() -> None:
    stopped = gone(Act.STOP, trip=AT[State.PREPARED])
    assert not stopped.inside
    assert gone(Act.GO_ON, trip=stopped).state == State.PREPARED
    assert gone(Act.DECLINE, trip=stopped).state == State.DECLINED
    assert gone(Act.DEBRIEF, trip=stopped).state == State.DEBRIEFED
    assert gone(Act.GO_ON, trip=gone(Act.STOP)).state == State.ACCEPTED


@pytest.mark.parametrize("state", [State.ACCEPTED, State.PREPARED, State.CHECKED_IN, State.ON_SITE, State.CHECKED_OUT])
def test_a_pause_leads_back_to_where_it_was(state: State) -> None:
    paused = gone(Act.PAUSE, trip=AT[state])
    assert paused.state == State.PAUSED
    assert gone(Act.GO_ON, trip=paused) == AT[state]


def test_a_pause_inside_keeps_somebody_looking_out() -> None:
    paused = gone(Act.PAUSE, trip=AT[State.ON_SITE])
    assert late_steps(paused, NINE + 75 * MINUTE) == (Step.REMIND,)
    assert gone(Act.CHECK_OUT, trip=paused).state == State.CHECKED_OUT
    with pytest.raises(Refusal, match="use Stop"):
        gone(Act.DECLINE, trip=paused)


@pytest.mark.parametrize("minutes", [None, 0, 7, 100_000, -60])
def test_only_the_times_on_the_page_can_be_chosen(minutes: int | None) -> None:
    for act, state in ((Act.CHECK_IN, State.PREPARED), (Act.STAY_LONGER, State.ON_SITE)):
        with pytest.raises(Refusal) as refused:
            move(AT[state], act, NINE, minutes)
        assert refused.value.status == 422
    assert min(STAYS) > 0
    assert min(LONGER) > 0


@pytest.mark.parametrize(
    ("minutes_late", "steps"),
    [
        (0, []),
        (14, []),
        (15, [Step.REMIND]),
        (29, [Step.REMIND]),
        (30, [Step.REMIND, Step.BUDDY_CALLS]),
        (45, [Step.REMIND, Step.BUDDY_CALLS, Step.LEAD]),
        (60, [Step.REMIND, Step.BUDDY_CALLS, Step.LEAD, Step.EMERGENCY]),
    ],
)
def test_what_happens_when_somebody_is_late(minutes_late: int, steps: list[Step]) -> None:
    now = NINE + 60 * MINUTE + minutes_late * MINUTE
    assert list(late_steps(AT[State.ON_SITE], now)) == steps


def test_each_step_is_taken_once_and_staying_longer_begins_them_again() -> None:
    trip = AT[State.CHECKED_IN]
    assert next_look(trip) == NINE + 75 * MINUTE
    told = Trip(**{**{name: getattr(trip, name) for name in Trip.__slots__}, "told": 2})
    assert late_steps(told, NINE + 105 * MINUTE) == (Step.LEAD,)
    assert next_look(told) == NINE + 105 * MINUTE
    longer = move(told, Act.STAY_LONGER, NINE + 91 * MINUTE, 30)
    assert (longer.due_out, longer.told) == (NINE + 121 * MINUTE, 0)
    assert next_look(gone(Act.CHECK_OUT, trip=told)) is None
    assert late_steps(gone(Act.CHECK_OUT, trip=told), NINE + DAY) == ()


def test_the_lead_hears_of_it_after_the_buddy_or_in_the_buddys_place() -> None:
    assert [lead_knows(told, True) for told in range(5)] == [False, False, False, True, True]
    assert [lead_knows(told, False) for told in range(5)] == [False, False, True, True, True]
    assert set(TOLD_WHEN_LATE) == {step for step, _ in LATE_STEPS}


def test_hours_are_kept_for_30_days_and_feelings_for_90_after_the_second_talk() -> None:
    closes = NINE + 10 * DAY
    assert times_until(AT[State.PREPARED], NINE, closes) == closes + 30 * DAY
    assert feelings_until(AT[State.PREPARED], NINE) is None
    out = AT[State.CHECKED_OUT]
    assert times_until(out, NINE, closes) == NINE + 30 * DAY
    assert feelings_until(out, NINE) == NINE + 97 * DAY
    assert feelings_until(AT[State.CLOSED], NINE + 9 * DAY) == NINE + 99 * DAY


def test_hard_questions_are_questions_that_are_asked() -> None:
    asked = {item.code for name in ("pie-environment", "mystery-shop") for item in load(name, 1).items}
    assert set(HARD_QUESTIONS) <= asked
    assert hard_topics(["P-EN-02", "P-EN-01", "P-EN-03", "P-EN-05"]) == ("guards", "being stopped or searched")
    assert hard_topics(["P-RE-01"]) == ()


@pytest.mark.parametrize(
    ("act", "ago", "believed"),
    [
        (Act.STOP, None, False),
        (Act.STOP, timedelta(seconds=59), False),
        (Act.STOP, timedelta(minutes=1), True),
        (Act.STOP, timedelta(minutes=60), True),
        (Act.STOP, timedelta(minutes=61), False),
        (Act.STOP, timedelta(minutes=-5), False),
        (Act.CHECK_OUT, timedelta(minutes=20), True),
        (Act.CHECK_OUT, timedelta(minutes=21), False),
    ],
)
def test_a_moment_that_is_told_late_is_believed_only_where_it_can_be(
    act: Act, ago: timedelta | None, believed: bool
) -> None:
    heard = NINE + timedelta(minutes=60)
    trip = Trip(State.STOPPED, before=State.ON_SITE, in_at=NINE, stopped_at=NINE + timedelta(minutes=40))
    happened = heard - ago if believed and ago is not None else heard
    assert happened_at(trip, act, heard, ago) == happened


def test_nobody_knows_what_was_longer_ago_than_a_week() -> None:
    trip = Trip(State.PREPARED)
    assert happened_at(trip, Act.STOP, NINE, TOLD_LATE_AT_MOST) == NINE - TOLD_LATE_AT_MOST
    assert happened_at(trip, Act.STOP, NINE, TOLD_LATE_AT_MOST + timedelta(seconds=1)) == NINE


def test_a_stop_told_after_somebody_came_out_counts_as_the_stop_it_was() -> None:
    out = Trip(State.CHECKED_OUT, in_at=NINE, out_at=NINE + timedelta(minutes=30))
    heard, happened = NINE + timedelta(minutes=50), NINE + timedelta(minutes=10)
    stopped = move_told_late(out, Act.STOP, heard, happened)
    assert (stopped.state, stopped.stopped_at, stopped.stop_told_at) == (State.CHECKED_OUT, happened, heard)
    assert move_told_late(stopped, Act.STOP, heard + timedelta(minutes=5), heard) == stopped


def test_going_on_forgets_when_a_stop_was_told() -> None:
    trip = Trip(State.ON_SITE, in_at=NINE, due_out=NINE + timedelta(minutes=60))
    heard = NINE + timedelta(minutes=40)
    stopped = move_told_late(trip, Act.STOP, heard, NINE + timedelta(minutes=10))
    going = move(stopped, Act.GO_ON, heard)
    assert (going.stopped_at, going.stop_told_at) == (None, None)
    again = move(going, Act.STOP, heard + timedelta(minutes=5))
    assert (again.stopped_at, again.stop_told_at) == (heard + timedelta(minutes=5), None)
