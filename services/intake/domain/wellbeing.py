"""Care around a visit, as a state machine: from being asked to the talk a week later (domain.md §4, wellbeing flow).

Times are timezone-aware datetimes and arguments. Stopping is the one act that is never refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.contracts.refusals import FieldError, conflict, invalid
from shared.contracts.sentences import Sentence


class State(StrEnum):
    """Where somebody is on their way through one visit."""

    OFFERED = "offered"
    SWAP_ASKED = "swap-asked"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    PREPARED = "prepared"
    CHECKED_IN = "checked-in"
    ON_SITE = "on-site"
    PAUSED = "paused"
    STOPPED = "stopped"
    CHECKED_OUT = "checked-out"
    DEBRIEFED = "debriefed"
    CLOSED = "closed"


class Act(StrEnum):
    """What somebody does on that way."""

    ACCEPT = "accept"
    ASK_SWAP = "ask-swap"
    DECLINE = "decline"
    PREPARE = "prepare"
    CHECK_IN = "check-in"
    CONFIRM = "confirm"
    STAY_LONGER = "stay-longer"
    PAUSE = "pause"
    GO_ON = "go-on"
    STOP = "stop"
    CHECK_OUT = "check-out"
    DEBRIEF = "debrief"
    DEBRIEF_AGAIN = "debrief-again"


class Step(StrEnum):
    """What happens when somebody is not out by the time they said, in this order."""

    REMIND = "remind"
    BUDDY_CALLS = "buddy-calls"
    LEAD = "lead"
    EMERGENCY = "emergency"


LATE_STEPS: tuple[tuple[Step, timedelta], ...] = (
    (Step.REMIND, timedelta(minutes=15)),
    (Step.BUDDY_CALLS, timedelta(minutes=30)),
    (Step.LEAD, timedelta(minutes=45)),
    (Step.EMERGENCY, timedelta(minutes=60)),
)
"""Each step and how long after the expected check-out. domain.md §4 sets the first two; the others are ours."""

STAYS = (30, 60, 90, 120, 180)
"""How many minutes somebody may say that they will be inside."""
LONGER = (15, 30, 60)
"""How many minutes somebody may add, as often as they like."""
DEBRIEF_WITHIN = timedelta(hours=24)
SECOND_DEBRIEF_AFTER = timedelta(days=7)
_SECOND_DEBRIEF_FROM = timedelta(days=5)
TIMES_KEPT = timedelta(days=30)
FEELINGS_KEPT = timedelta(days=90)
TOLD_LATE_AT_MOST = timedelta(days=7)
"""How long ago something may have happened that a phone tells; of anything older we know only when we heard of it."""
TOLD_AT_ONCE = timedelta(minutes=1)
FACES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Trip:
    """One way there and back. `before`: where a pause or stop came from. `told`: how many late steps were taken.

    `stop_told_at` and `out_told_at`: when we heard of it, where a phone could tell us only later; else None.
    """

    state: State
    before: State | None = None
    in_at: datetime | None = None
    due_out: datetime | None = None
    out_at: datetime | None = None
    stopped_at: datetime | None = None
    debriefed_at: datetime | None = None
    told: int = 0
    stop_told_at: datetime | None = None
    out_told_at: datetime | None = None

    @property
    def inside(self) -> bool:
        """They went in, and nobody has heard yet that they are out."""
        return self.in_at is not None and self.out_at is None and self.state != State.CLOSED

    @property
    def over(self) -> bool:
        """Nothing more is to be gone on this way; another visit begins a new one."""
        talked = State.DEBRIEFED in (self.state, self.before)
        return talked or self.out_at is not None or self.state in (State.CLOSED, State.DECLINED, State.SWAP_ASKED)

    @property
    def debrief_by(self) -> datetime | None:
        """By when somebody should have talked it over: a day after coming out, or after stopping."""
        ended = self.out_at or self.stopped_at
        return None if ended is None else ended + DEBRIEF_WITHIN

    @property
    def second_debrief_on(self) -> datetime | None:
        """When the second talk is due: a week after coming out, or after stopping."""
        ended = self.out_at or self.stopped_at
        return None if ended is None else ended + SECOND_DEBRIEF_AFTER


_BEFORE_GOING = frozenset({State.ACCEPTED, State.PREPARED, State.PAUSED, State.STOPPED})
_INSIDE = frozenset({State.CHECKED_IN, State.ON_SITE, State.PAUSED, State.STOPPED})
_ASKED = frozenset({State.OFFERED, State.SWAP_ASKED, State.DECLINED})
_MAY: Mapping[Act, tuple[frozenset[State], str]] = {
    Act.ACCEPT: (_ASKED | {State.ACCEPTED, State.PREPARED}, Sentence("You are on your way already.")),
    Act.ASK_SWAP: (_ASKED | _BEFORE_GOING, Sentence("You have been there already. To end it now, use Stop.")),
    Act.DECLINE: (_ASKED | _BEFORE_GOING, Sentence("You have been there already. To end it now, use Stop.")),
    Act.PREPARE: (frozenset({State.ACCEPTED, State.PREPARED}), Sentence("Say first that you will go. Then get ready.")),
    Act.CHECK_IN: (frozenset({State.PREPARED}), Sentence("Get ready first. You can leave all of it empty.")),
    Act.CONFIRM: (frozenset({State.CHECKED_IN, State.ON_SITE}), Sentence("They are not inside just now.")),
    Act.STAY_LONGER: (
        _INSIDE,
        Sentence("You are not inside just now, so there is nobody waiting for you to come out."),
    ),
    Act.PAUSE: (
        frozenset(
            {
                State.ACCEPTED,
                State.PREPARED,
                State.CHECKED_IN,
                State.ON_SITE,
                State.CHECKED_OUT,
                State.DEBRIEFED,
            }
        ),
        Sentence("There is nothing to pause just now."),
    ),
    Act.GO_ON: (
        frozenset({State.PAUSED, State.STOPPED}),
        Sentence("Nothing is paused or stopped, so you can just go on."),
    ),
    Act.CHECK_OUT: (_INSIDE, Sentence("You are out already, or you never went in.")),
    Act.DEBRIEF: (
        frozenset({State.CHECKED_OUT, State.STOPPED, State.PAUSED}),
        Sentence("This talk comes when you are out. Call your buddy or the lead at any time."),
    ),
    Act.DEBRIEF_AGAIN: (
        frozenset({State.DEBRIEFED}),
        Sentence("The second talk comes about a week after the visit. Call your buddy or the lead at any time."),
    ),
}
_TO: Mapping[Act, State] = {
    Act.ACCEPT: State.ACCEPTED,
    Act.ASK_SWAP: State.SWAP_ASKED,
    Act.DECLINE: State.DECLINED,
    Act.PREPARE: State.PREPARED,
    Act.CONFIRM: State.ON_SITE,
    Act.DEBRIEF: State.DEBRIEFED,
    Act.DEBRIEF_AGAIN: State.CLOSED,
}


def move(trip: Trip, act: Act, now: datetime, minutes: int | None = None) -> Trip:
    """The trip after the act. `minutes`: for going in and staying longer, how long until they will be out.

    Raises Refusal: 409 `not-now` for a move that is not allowed, 422 for minutes that are not on offer.
    """
    if act == Act.STOP:
        return _stop(trip, now)
    allowed, why_not = _MAY[act]
    if trip.state not in allowed or not _fits(trip, act, now):
        raise conflict("not-now", why_not)
    match act:
        case Act.ACCEPT if trip.state not in _ASKED:
            return trip
        case Act.CHECK_IN:
            due = now + timedelta(minutes=_on_offer(minutes, STAYS))
            return replace(trip, state=State.CHECKED_IN, in_at=now, due_out=due, told=0)
        case Act.STAY_LONGER:
            due = max(now, trip.due_out or now) + timedelta(minutes=_on_offer(minutes, LONGER))
            return replace(trip, due_out=due, told=0)
        case Act.PAUSE:
            return replace(trip, state=State.PAUSED, before=trip.state)
        case Act.GO_ON:
            return _go_on(trip, now)
        case Act.CHECK_OUT:
            return replace(trip, state=State.CHECKED_OUT, before=None, out_at=now)
        case Act.DEBRIEF:
            return replace(trip, state=State.DEBRIEFED, before=None, debriefed_at=now)
        case _:
            return replace(trip, state=_TO[act], before=None)


def happened_at(trip: Trip, act: Act, heard: datetime, ago: timedelta | None) -> datetime:
    """When an act happened of which we hear now; `ago`: how long before, by the phone's own count.

    `heard` where that cannot be: ahead of now, longer ago than `TOLD_LATE_AT_MOST`, before they went in, or out before
    they stopped.
    """
    if ago is None or not TOLD_AT_ONCE <= ago <= TOLD_LATE_AT_MOST:
        return heard
    before = (trip.in_at, trip.stopped_at if act == Act.CHECK_OUT else None)
    happened = heard - ago
    return heard if any(at is not None and happened < at for at in before) else happened


def move_told_late(trip: Trip, act: Act, heard: datetime, happened: datetime) -> Trip:
    """The trip after an act that happened a while before we heard of it. Raises Refusal as `move`.

    Both moments stay beside each other. Whoever looks after them counts from when we heard: somebody who tells us now
    that they stopped two hours ago is not two hours late.
    """
    after = move(trip, act, heard)
    if after == trip or happened == heard:
        return after
    if act == Act.STOP:
        return replace(after, stopped_at=happened, stop_told_at=heard)
    if act == Act.CHECK_OUT:
        return replace(after, out_at=happened, out_told_at=heard)
    return after


def _fits(trip: Trip, act: Act, now: datetime) -> bool:
    """What the state alone does not say: the same pause can be inside, before or after."""
    if act in (Act.ASK_SWAP, Act.DECLINE):
        return trip.in_at is None
    if act in (Act.STAY_LONGER, Act.CHECK_OUT):
        return trip.inside
    if act == Act.DEBRIEF:
        return not trip.inside and (trip.out_at is not None or trip.stopped_at is not None)
    if act == Act.DEBRIEF_AGAIN:
        due = trip.second_debrief_on
        return due is None or now >= due - SECOND_DEBRIEF_AFTER + _SECOND_DEBRIEF_FROM
    return True


def _on_offer(minutes: int | None, offered: tuple[int, ...]) -> int:
    if minutes not in offered:
        raise invalid([FieldError("/minutes", Sentence("choose one of the times on the page."))])
    return minutes


def _stop(trip: Trip, now: datetime) -> Trip:
    """At once, at any point. Somebody who stops inside is expected out now, so that their buddy looks for them soon."""
    if trip.over:
        return trip if trip.stopped_at else replace(trip, stopped_at=now, stop_told_at=None)
    if trip.state == State.STOPPED:
        return trip
    before = trip.before if trip.state == State.PAUSED else trip.state
    due, told = (min(now, trip.due_out or now), trip.told) if trip.inside else (trip.due_out, trip.told)
    stopped = replace(trip, state=State.STOPPED, before=before, due_out=due, told=told)
    return replace(stopped, stopped_at=now, stop_told_at=None)


def _go_on(trip: Trip, now: datetime) -> Trip:
    before = trip.before or State.ACCEPTED
    if before in _ASKED:  # stopped before any yes: going on is the yes
        before = State.ACCEPTED
    going = replace(trip, state=before, before=None, stopped_at=None, stop_told_at=None)
    if trip.state == State.STOPPED and trip.inside:
        return replace(going, due_out=now + timedelta(minutes=STAYS[0]), told=0)
    return going


def late_steps(trip: Trip, now: datetime) -> tuple[Step, ...]:
    """The steps that are due by now and were not taken yet. Empty while nobody is late."""
    if not trip.inside or trip.due_out is None:
        return ()
    late = now - trip.due_out
    return tuple(step for step, after in LATE_STEPS[trip.told :] if late >= after)


def late_steps_taken(trip: Trip) -> tuple[Step, ...]:
    """The steps that were taken for the check-out that is awaited now."""
    return tuple(step for step, _ in LATE_STEPS[: trip.told]) if trip.inside else ()


def next_look(trip: Trip) -> datetime | None:
    """When the next step is due, None when there is none."""
    if not trip.inside or trip.due_out is None or trip.told >= len(LATE_STEPS):
        return None
    return trip.due_out + LATE_STEPS[trip.told][1]


def times_until(trip: Trip, now: datetime, wave_closes: datetime) -> datetime:
    """Until when the times and what was prepared are kept: 30 days after it ended (domain.md §4, retention)."""
    if trip.in_at is None and trip.stopped_at is None:
        return max(now, wave_closes) + TIMES_KEPT
    return (trip.out_at or trip.stopped_at or trip.in_at or now) + TIMES_KEPT


def feelings_until(trip: Trip, now: datetime) -> datetime | None:
    """Until when the feelings log is kept: 90 days after the second talk, held or due (domain.md §4, retention)."""
    if trip.state == State.CLOSED:
        return now + FEELINGS_KEPT
    ended = trip.out_at or trip.stopped_at or trip.in_at
    return None if ended is None else ended + SECOND_DEBRIEF_AFTER + FEELINGS_KEPT
