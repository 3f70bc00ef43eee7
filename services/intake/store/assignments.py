"""What was asked of a volunteer and what they answered."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, select, update

from services.intake.store import tables as t


@dataclass(frozen=True, slots=True)
class Asked:
    """An assignment with its state: offered, accepted, swap-asked or declined."""

    id: str
    exercise_id: str
    volunteer: str
    site: str
    wave: int
    kind: str
    scenario: str | None
    buddy: str | None
    state: str
    state_at: str | None


def _asked(row: Row[tuple[object, ...]]) -> Asked:
    return Asked(
        row.id,
        row.exercise_id,
        row.volunteer_id,
        row.site_id,
        row.wave,
        row.kind,
        row.scenario_id,
        row.buddy_id,
        row.state,
        row.state_at,
    )


def assignment(tx: Connection, assignment_id: str) -> Asked | None:
    """The assignment of that id, or None."""
    row = tx.execute(select(t.assignments).where(t.assignments.c.id == assignment_id)).first()
    return None if row is None else _asked(row)


def assignments_of(tx: Connection, person_id: str) -> list[Asked]:
    """Everything asked of this volunteer, in any exercise, by wave."""
    query = select(t.assignments).where(t.assignments.c.volunteer_id == person_id)
    ordered = query.order_by(t.assignments.c.wave, t.assignments.c.exercise_id, t.assignments.c.place)
    return [_asked(row) for row in tx.execute(ordered)]


def assignments_in(tx: Connection, exercise_id: str) -> list[Asked]:
    """Everything asked in this exercise, in the order of the plan."""
    query = select(t.assignments).where(t.assignments.c.exercise_id == exercise_id).order_by(t.assignments.c.place)
    return [_asked(row) for row in tx.execute(query)]


def exercises_with_buddy(tx: Connection, person_id: str) -> frozenset[str]:
    """Ids of the exercises in which somebody is asked to go with this person as their buddy."""
    query = select(t.assignments.c.exercise_id).where(t.assignments.c.buddy_id == person_id).distinct()
    return frozenset(tx.execute(query).scalars())


def answer(tx: Connection, assignment_id: str, state: str, at: str) -> None:
    """Keep what the volunteer answered."""
    tx.execute(update(t.assignments).where(t.assignments.c.id == assignment_id).values(state=state, state_at=at))
