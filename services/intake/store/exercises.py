"""The state of an exercise beside its plan: stage, acts, moves, closure. Moves and acts are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from services.intake.domain.exercise import Release, State
from services.intake.store import tables as t
from shared.access.audited import Audited


@dataclass(frozen=True, slots=True)
class OpenAct:
    """An act for a release that still waits for the other key."""

    number: int
    person_id: str
    release: Release
    given_at: str


@dataclass(frozen=True, slots=True)
class Move:
    """One entry of the story of an exercise. `wave` when a later wave was released."""

    from_stage: str | None
    to_stage: str
    wave: int | None
    person_id: str | None
    reason: str | None
    at: str


@dataclass(frozen=True, slots=True)
class Closure:
    """The signed formal closure."""

    person_id: str
    ticked: tuple[str, ...]
    statement: str
    at: str


def state(tx: Connection, exercise_id: str) -> State | None:
    """Where the exercise stands, or None when there is none."""
    row = tx.execute(select(t.exercises).where(t.exercises.c.id == exercise_id)).first()
    if row is None:
        return None
    return State(row.id, row.stage, row.version, row.shared_before, tuple(row.wave_releases))


def every(tx: Connection) -> list[tuple[str, str, str]]:
    """Id, stage and title of every exercise, the oldest first."""
    query = select(t.exercises.c.id, t.exercises.c.stage, t.exercises.c.title)
    return [(row.id, row.stage, row.title) for row in tx.execute(query.order_by(t.exercises.c.created_at))]


def write_state(tx: Connection, new: State) -> None:
    """Keep a changed state."""
    values = {
        "stage": new.stage,
        "version": new.version,
        "shared_before": new.shared_before,
        "wave_releases": list(new.wave_releases),
    }
    tx.execute(update(t.exercises).where(t.exercises.c.id == new.id).values(values))


def add_move(tx: Connection, exercise_id: str, move: Move) -> None:
    """Write a move into the story."""
    values = {
        "exercise_id": exercise_id,
        "from_stage": move.from_stage,
        "to_stage": move.to_stage,
        "wave": move.wave,
        "person_id": move.person_id,
        "reason": move.reason,
        "at": move.at,
    }
    tx.execute(insert(t.stage_moves).values(values))


def moves(tx: Connection, exercise_id: str, most: int) -> list[Move]:
    """The last moves in the story of the exercise, oldest first."""
    query = (
        select(t.stage_moves)
        .where(t.stage_moves.c.exercise_id == exercise_id)
        .order_by(t.stage_moves.c.number.desc())
        .limit(most)
    )
    last = [
        Move(row.from_stage, row.to_stage, row.wave, row.person_id, row.reason, row.at) for row in tx.execute(query)
    ]
    return last[::-1]


def open_acts(tx: Connection, exercise_id: str, release: Release | None = None) -> list[OpenAct]:
    """Acts that wait for the other key, oldest first; of one release or of all."""
    acts = t.release_acts
    query = select(acts).where(
        acts.c.exercise_id == exercise_id, acts.c.taken_back_at.is_(None), acts.c.completed_at.is_(None)
    )
    found = [
        OpenAct(row.number, row.person_id, Release(row.to_stage, row.wave), row.given_at)
        for row in tx.execute(query.order_by(acts.c.number))
    ]
    return [act for act in found if release is None or act.release == release]


def add_act(tx: Connection, exercise_id: str, release: Release, person_id: str, at: str) -> None:
    """Record an act for a release."""
    values: dict[str, Any] = {"exercise_id": exercise_id, "to_stage": release.to, "wave": release.wave}
    tx.execute(insert(t.release_acts).values({**values, "person_id": person_id, "given_at": at}))


def take_back_act(tx: Connection, number: int, at: str) -> None:
    """Mark an act as taken back."""
    tx.execute(update(t.release_acts).where(t.release_acts.c.number == number).values(taken_back_at=at))


def complete_acts(tx: Connection, numbers: list[int], at: str) -> None:
    """Mark acts as having done their work."""
    tx.execute(update(t.release_acts).where(t.release_acts.c.number.in_(numbers)).values(completed_at=at))


def completed_by(tx: Connection, exercise_id: str, release: Release, person_id: str) -> bool:
    """Whether an act of this person was one of those that brought about this release."""
    acts = t.release_acts
    query = select(acts.c.wave).where(
        acts.c.exercise_id == exercise_id,
        acts.c.to_stage == release.to,
        acts.c.person_id == person_id,
        acts.c.completed_at.is_not(None),
    )
    return any(wave == release.wave for wave in tx.execute(query).scalars())


def closure(tx: Connection, exercise_id: str) -> Closure | None:
    """The signed closure, or None."""
    row = tx.execute(select(t.closures).where(t.closures.c.exercise_id == exercise_id)).first()
    return None if row is None else Closure(row.person_id, tuple(row.ticked), row.statement, row.at)


def sign_closure(tx: Connection, exercise_id: str, signed: Closure) -> None:
    """Keep the closure; signing again replaces the earlier text."""
    values = {
        "person_id": signed.person_id,
        "ticked": list(signed.ticked),
        "statement": signed.statement,
        "at": signed.at,
    }
    if closure(tx, exercise_id) is None:
        tx.execute(insert(t.closures).values(exercise_id=exercise_id, **values))
    else:
        tx.execute(update(t.closures).where(t.closures.c.exercise_id == exercise_id).values(values))


def write_read(tx: Connection, exercise_id: str, person_id: str, what: str, at: str) -> None:
    """Write down that somebody read something that is still under embargo."""
    tx.execute(insert(t.embargoed_reads).values(exercise_id=exercise_id, person_id=person_id, what=what, at=at))


def reads(tx: Connection, exercise_id: str, after: int, most: int) -> list[Audited]:
    """Who read what under embargo: those after this number, in order."""
    table = t.embargoed_reads
    query = select(table).where(table.c.exercise_id == exercise_id, table.c.number > after)
    rows = tx.execute(query.order_by(table.c.number).limit(most))
    return [Audited(row.number, row.at, row.person_id, f"read {row.what}") for row in rows]


def moves_made(tx: Connection, exercise_id: str) -> list[Audited]:
    """Who moved the exercise, or opened a later wave, in order. Why they went back is not told here."""
    table = t.stage_moves
    query = select(table).where(table.c.exercise_id == exercise_id, table.c.person_id.is_not(None))
    return [
        Audited(
            row.number,
            row.at,
            row.person_id,
            f"opened wave {row.wave}" if row.wave is not None else f"moved it from {row.from_stage} to {row.to_stage}",
        )
        for row in tx.execute(query.order_by(table.c.number))
    ]


def acts_given(tx: Connection, exercise_id: str) -> list[Audited]:
    """Who gave a key for which release, and when one stopped counting before the other came, by time."""
    acts = t.release_acts
    found = []
    for row in tx.execute(select(acts).where(acts.c.exercise_id == exercise_id).order_by(acts.c.number)):
        to = row.to_stage if row.wave is None else f"{row.to_stage} of wave {row.wave}"
        found.append(Audited(row.number, row.given_at, row.person_id, f"gave a key for {to}"))
        if row.taken_back_at is not None:
            found.append(Audited(row.number, row.taken_back_at, row.person_id, f"their key for {to} ended unused"))
    return sorted(found, key=lambda one: one.at)
