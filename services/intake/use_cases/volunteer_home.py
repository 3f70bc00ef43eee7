"""A volunteer's first page: what is asked of them next, and what they sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from services.intake.domain.acceptance import GRACE
from services.intake.domain.visit import VisitRecord
from services.intake.store import assignments
from services.intake.store import photos as photo_store
from services.intake.store import visits as store
from services.intake.store.assignments import Asked
from services.intake.store.plan import load_plan
from services.intake.store.rested import sent_visits
from services.intake.use_cases.drafts import takes_visits
from services.intake.use_cases.visits import key_of
from shared.access import directory
from shared.access.directory import ExerciseEntry, SiteEntry, WaveEntry
from shared.access.roles import Role
from shared.access.rules import roles_allowed
from shared.contracts.days import day_here
from shared.contracts.refusals import FieldError, invalid
from shared.runtime.service import Service

PAGE = 50
"""So many visits that were sent stand on a page."""


@dataclass(frozen=True, slots=True)
class Mine:
    """An assignment on the first page: what it is, and how far. `over`: its round has passed and all of it was sent.

    `unfinished`: a visit under it that was sent, while photos of it are still on the phone; `missing`: how many.
    """

    asked: Asked
    exercise: ExerciseEntry
    site: SiteEntry
    wave: WaveEntry
    takes_visits: bool
    draft: str | None
    sent: int
    over: bool
    unfinished: str | None = None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """A visit that was sent, in one line. `looked_at`: the group is "now" at it, has "been" at it, or None of both."""

    record: VisitRecord
    site: str
    wave: int
    photos_missing: int
    looked_at: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """A volunteer's first page."""

    asked: list[Mine]
    before: list[Before]
    leads: tuple[str, ...]
    earlier: str | None


def home(service: Service, person_id: str, earlier_than: str | None = None) -> Home:
    """What is asked of this volunteer next, and what they sent, the newest first, a page at a time.

    `earlier` of one page is the `earlier_than` of the next; None on the last. Raises Refusal 422 for a bad one.
    """
    start = _start(earlier_than)
    with service.database.reading() as tx:
        found = {
            exercise.id: exercise
            for exercise, member in directory.exercises_of(tx, person_id)
            if Role.VOLUNTEER in member.roles and roles_allowed("exercise.read", member.roles, exercise.stage)
        }
        keys = {key_of(service, exercise_id, person_id): exercise_id for exercise_id in found}
        last = store.visits_by(tx, list(keys), start, PAGE + 1)
        sent = sent_visits(tx, list(keys))
        key_in = {exercise_id: key for key, exercise_id in keys.items()}
        begun = {kept.assignment_id: kept.visit_id for kept in store.drafts_by(tx, list(keys))}
        before = [_before(tx, record, found[record.exercise_id]) for record in last[:PAGE]]
        unfinished = {
            (sent_.record.exercise_id, sent_.record.site_id, sent_.record.wave, sent_.record.kind): sent_
            for sent_ in reversed(before)
            if sent_.photos_missing and not sent_.record.withdrawn_at
        }
        asked = []
        for one in assignments.assignments_of(tx, person_id):
            exercise = found.get(one.exercise_id)
            site, wave = (exercise.site(one.site), exercise.wave(one.wave)) if exercise else (None, None)
            if exercise is None or site is None or wave is None or exercise.stage == "closed":
                continue
            same = sent.get((one.site, one.wave, one.kind, key_in[one.exercise_id]), 0)
            passed = wave.closes + GRACE < day_here(service.clock.now())
            waiting = unfinished.get((one.exercise_id, one.site, one.wave, one.kind))
            over = passed and same > 0 and one.id not in begun and waiting is None
            mine = Mine(one, exercise, site, wave, takes_visits(exercise, wave), begun.get(one.id), same, over)
            if waiting is not None:
                mine = replace(mine, unfinished=waiting.record.visit_id, missing=waiting.photos_missing)
            asked.append(mine)
        leads = tuple(name for exercise_id in found for name in _leads(tx, exercise_id))
    earlier = _mark(last[PAGE - 1]) if len(last) > PAGE else None
    return Home(sorted(asked, key=_order), before, tuple(dict.fromkeys(leads)), earlier)


def _mark(record: VisitRecord) -> str:
    return f"{record.received_at.isoformat(timespec='microseconds')}_{record.visit_id}"


def _start(mark: str | None) -> tuple[str, str] | None:
    if mark is None:
        return None
    moment, _, visit_id = mark.partition("_")
    if len(mark) > 100 or not (mark.isascii() and mark.isprintable() and visit_id):
        raise invalid([FieldError("/earlier", "is not the mark of a page. Begin at the first page again.")])
    return moment, visit_id


def _order(mine: Mine) -> tuple[bool, bool, bool, str]:
    """First what was begun, then what can be done now and was not done yet."""
    closes = mine.wave.closes.isoformat()
    return (mine.draft is None, not mine.takes_visits or mine.asked.state == "declined", mine.sent > 0, closes)


def _before(tx: Connection, record: VisitRecord, exercise: ExerciseEntry) -> Before:
    site = exercise.site(record.site_id)
    missing = photo_store.listed_states(tx, record.visit_id).count("missing")
    return Before(record, site.name if site else "", record.wave, missing, _looked_at(tx, record, exercise))


def _looked_at(tx: Connection, record: VisitRecord, exercise: ExerciseEntry) -> str | None:
    """Nobody looks at what was taken back, or was stopped and is not to be used."""
    now = exercise.stage in ("sense-making", "manager-review")
    been = exercise.stage in ("shared", "action", "closed") and exercise.open_to_partner(record.wave)
    if record.withdrawn_at or not (now or been):
        return None
    said = store.content(tx, record.visit_id, record.version) or {}
    if said.get("stopped_early") and not said.get("keep_answers"):
        return None
    return "now" if now else "been"


def _leads(tx: Connection, exercise_id: str) -> tuple[str, ...]:
    plan = load_plan(tx, exercise_id)
    return tuple(person.name for person in plan.people if "lead" in person.roles) if plan else ()
