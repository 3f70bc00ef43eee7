"""What is old enough to go, cutting the threads between people and visits, and the record that it was done."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, delete, func, insert, select, update

from services.intake.domain.photo import Review
from services.intake.domain.retention import without_raw_notes
from services.intake.domain.voice_note import Heard
from services.intake.domain.words import WordsState
from services.intake.store import tables as t
from services.intake.store.visit_tables import (
    drafts,
    photos,
    retention_acts,
    visit_versions,
    visits,
    voice_notes,
    words,
)
from services.intake.store.wellbeing_tables import care_notices, care_numbers, trips
from shared.access.audited import Audited

DRAFT, LINK = "draft", "identity-link"
BY_ITSELF = "forgetter"
_SAID = {DRAFT: "drafts", LINK: "whose visits they were"}


def old_drafts(tx: Connection, before: str, most: int) -> list[tuple[str, str]]:
    """(visit, exercise) of drafts that were last changed at `before` or earlier, the oldest first."""
    query = select(drafts.c.visit_id, drafts.c.exercise_id).where(drafts.c.saved_at <= before)
    return [(row.visit_id, row.exercise_id) for row in tx.execute(query.order_by(drafts.c.saved_at).limit(most))]


def remove_old_draft(tx: Connection, visit_id: str, before: str) -> bool:
    """Erase the draft, unless it was changed since. Returns whether it went."""
    gone = tx.execute(delete(drafts).where(drafts.c.visit_id == visit_id, drafts.c.saved_at <= before))
    return int(gone.rowcount) > 0


def exercises_to_cut(tx: Connection, closed_before: str, most: int) -> list[str]:
    """Exercises that are closed, were last closed at that moment or before, and whose links are not cut yet."""
    last = (
        select(t.stage_moves.c.exercise_id, func.max(t.stage_moves.c.at).label("at"))
        .where(t.stage_moves.c.to_stage == "closed", t.stage_moves.c.wave.is_(None))
        .group_by(t.stage_moves.c.exercise_id)
        .subquery()
    )
    cut = select(retention_acts.c.exercise_id).where(retention_acts.c.what == LINK)
    query = (
        select(t.exercises.c.id)
        .join(last, last.c.exercise_id == t.exercises.c.id)
        .where(t.exercises.c.stage == "closed", last.c.at <= closed_before, t.exercises.c.id.not_in(cut))
    )
    return list(tx.execute(query.order_by(t.exercises.c.id).limit(most)).scalars())


def cut_visits(tx: Connection, exercise_id: str, new_key: Callable[[], str]) -> None:
    """Give each volunteer's visits of the exercise a pseudonym that is made from nobody. The old one is forgotten."""
    query = select(visits.c.volunteer_key).where(visits.c.exercise_id == exercise_id).distinct()
    for old in list(tx.execute(query).scalars()):
        new = new_key()
        for table in (visits, photos, voice_notes, words):
            theirs = (table.c.exercise_id == exercise_id, table.c.volunteer_key == old)
            tx.execute(update(table).where(*theirs).values(volunteer_key=new))
        own = select(visits.c.id).where(visits.c.volunteer_key == new)
        tx.execute(update(visit_versions).where(visit_versions.c.visit_id.in_(own)).values(by=new))
    tx.execute(delete(drafts).where(drafts.c.exercise_id == exercise_id))


def forget_raw_notes(tx: Connection, exercise_id: str) -> None:
    """Of words, photos and recordings keep what a second person let through; the others go, by their own erasers."""
    own = select(visits.c.id).where(visits.c.exercise_id == exercise_id)
    kept = select(visit_versions.c.visit_id, visit_versions.c.version, visit_versions.c.content).where(
        visit_versions.c.visit_id.in_(own), visit_versions.c.content.is_not(None)
    )
    for row in list(tx.execute(kept)):
        here = (visit_versions.c.visit_id == row.visit_id, visit_versions.c.version == row.version)
        tx.execute(update(visit_versions).where(*here).values(content=without_raw_notes(row.content)))
    tx.execute(delete(words).where(words.c.exercise_id == exercise_id, words.c.state != WordsState.RELEASED))
    tx.execute(update(words).where(words.c.exercise_id == exercise_id).values(text=words.c.shared))
    unseen = (photos.c.exercise_id == exercise_id, photos.c.review != Review.RELEASED)
    tx.execute(update(photos).where(*unseen).values(listed=False))
    unheard = (voice_notes.c.exercise_id == exercise_id, voice_notes.c.heard != Heard.RELEASED)
    tx.execute(update(voice_notes).where(*unheard).values(listed=False, written=None))


def cut_plan_and_care(tx: Connection, exercise_id: str) -> None:
    """Forget who was asked to go where, and whose trips they were."""
    tx.execute(delete(t.assignments).where(t.assignments.c.exercise_id == exercise_id))
    own = select(trips.c.id).where(trips.c.exercise_id == exercise_id)
    tx.execute(delete(care_notices).where(care_notices.c.trip_id.in_(own)))
    nobody = {"assignment_id": None, "volunteer_id": None}
    tx.execute(update(trips).where(trips.c.exercise_id == exercise_id).values(nobody))


def forget_number(tx: Connection, person_id: str) -> None:
    """Forget the phone number that was left for a buddy's calls."""
    tx.execute(delete(care_numbers).where(care_numbers.c.person_id == person_id))


def record(tx: Connection, what: str, exercise_id: str, about: str | None, things: int, at: str) -> None:
    """Write down that something went, and when."""
    row = {"what": what, "exercise_id": exercise_id, "about": about, "things": things, "at": at}
    tx.execute(insert(retention_acts).values(row))


def acts(tx: Connection, exercise_id: str) -> list[Audited]:
    """Everything of this exercise that went by itself, in order; not what it was about."""
    query = select(retention_acts).where(retention_acts.c.exercise_id == exercise_id).order_by(retention_acts.c.number)
    return [
        Audited(row.number, row.at, BY_ITSELF, f"forgot {_SAID[row.what]} ({row.things})") for row in tx.execute(query)
    ]
