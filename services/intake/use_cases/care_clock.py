"""What the clock does for people's safety and privacy: raises the alarm in steps, erases what was kept long enough."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from services.intake.domain.care_news import BUDDY, LEAD, TOLD_WHEN_LATE, VOLUNTEER
from services.intake.domain.wellbeing import Step, late_steps
from services.intake.store import wellbeing as store
from services.intake.store.wellbeing import Kept
from services.intake.use_cases import letters
from services.intake.use_cases.wellbeing import carers, save
from shared.runtime.service import Service


def look_after_the_late(service: Service, most: int) -> int:
    """Take every late step that is due: remind, have the buddy call, tell the lead, begin what was agreed."""
    now = service.clock.now()
    with service.database.reading() as tx:
        waiting = store.to_look_at(tx, now, most)
    for seen in waiting:
        with service.database.transaction(seen.assignment_id or seen.id) as tx:
            kept = store.trip(tx, seen.id)
            if kept is None:
                continue
            steps = late_steps(kept.trip, now)
            for step in steps:
                store.add_step(tx, kept.id, step, "clock", now)
                for person_id in _told(tx, kept, step):
                    store.add_notice(tx, kept.id, person_id, f"late-{step}", now)
                    letters.tell_of_care(tx, person_id, f"late-{step}", kept.id, now)
            # Saved even without a step, so that a row that was looked at in vain is not looked at for ever.
            save(tx, replace(kept, trip=replace(kept.trip, told=kept.trip.told + len(steps))), now)
    return len(waiting)


def _told(tx: Connection, kept: Kept, step: Step) -> list[str]:
    who = TOLD_WHEN_LATE[step]
    people = [kept.volunteer] if VOLUNTEER in who and kept.volunteer else []
    people += carers(tx, kept) if BUDDY in who else []
    people += store.leads_of(tx, kept.exercise_id) if LEAD in who else []
    return list(dict.fromkeys(people))


def late_waiting(service: Service) -> int:
    """How many people are late with a step that is due."""
    with service.database.reading() as tx:
        return store.looks_due(tx, service.clock.now())


def erase_kept_long_enough(service: Service, most: int) -> int:
    """Erase hours after 30 days, the feelings log 90 days after the second talk (domain.md §4); returns how many."""
    now = service.clock.now()
    done = 0
    for what in ("times", "feelings"):
        with service.database.reading() as tx:
            due = store.due_for_erasure(tx, what, now, most)
        for kept in due:
            with service.database.transaction(kept.assignment_id or kept.id) as tx:
                # Asked again inside: a trip may have gone on since.
                still = next((one for one in store.due_for_erasure(tx, what, now, most) if one.id == kept.id), None)
                if still is None:
                    continue
                if what == "times":
                    store.erase_times(tx, still, now)
                else:
                    store.erase_feelings(tx, still.id, now)
                done += 1
    return done


def erasures_waiting(service: Service) -> int:
    """1 while something is due, else 0."""
    with service.database.reading() as tx:
        return store.erasures_due(tx, service.clock.now())
