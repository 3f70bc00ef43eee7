"""What a phone tells of its volunteer when it can reach us, perhaps hours later: stopped, a break, going on, out.

It never says no for being late or for being said twice: a person who stopped is not asked to come back and do it right.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from services.intake.domain.wellbeing import Act, State, Trip, happened_at, move_told_late
from services.intake.store import wellbeing as store
from services.intake.use_cases.drafts import own_assignment
from services.intake.use_cases.wellbeing import going, keep, stop_drafts
from shared.contracts.refusals import Refusal
from shared.runtime.service import Service


def act_from_phone(
    service: Service, person_id: str, assignment_id: str, act: Act, ago: timedelta | None = None
) -> Trip:
    """The trip after the act; as it was, where the act makes no difference any more. Raises Refusal 404.

    `ago`: how long ago it was done, as the phone counts; kept beside the time we heard of it, where it can be true. A
    phone's own clock may be wrong, so it is never asked for a time of day.

    A stop marks what was begun on our own pages too, as it does there.
    """
    now = service.clock.now()
    with service.database.transaction(assignment_id) as tx:
        asked, _ = own_assignment(tx, person_id, assignment_id)
        last = store.latest(tx, asked.id)
        kept = last if last is not None and last.trip.state != State.CLOSED else going(tx, asked)[0]
        happened = happened_at(kept.trip, act, now, ago)
        after = replace(kept, trip=_moved(kept.trip, act, now, happened))
        if after != kept:
            keep(tx, after, act, "volunteer", now, happened)
            if act == Act.STOP:
                stop_drafts(tx, service, person_id, after, now)
        return after.trip


def _moved(trip: Trip, act: Act, now: datetime, happened: datetime) -> Trip:
    try:
        return move_told_late(trip, act, now, happened)
    except Refusal:
        return trip
