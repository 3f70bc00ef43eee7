"""Hopes and worries of staff: words without a person and without a time, shown once somebody let them through."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from services.reporting.store.tables import reflections


@dataclass(frozen=True, slots=True)
class Reflection:
    """One hope or worry. `state` is waiting, shown or held-back."""

    id: str
    exercise_id: str
    kind: str
    words: str
    state: str


def add(tx: Connection, reflection: Reflection) -> None:
    """Keep it."""
    tx.execute(insert(reflections).values({name: getattr(reflection, name) for name in Reflection.__slots__}))


def of_exercise(tx: Connection, exercise_id: str, state: str) -> list[Reflection]:
    """Those in one state, in the order of their random ids."""
    table = reflections
    query = select(table).where(table.c.exercise_id == exercise_id, table.c.state == state).order_by(table.c.id)
    return [Reflection(**row._mapping) for row in tx.execute(query)]


def find(tx: Connection, reflection_id: str) -> Reflection | None:
    """The one of that id, or None."""
    row = tx.execute(select(reflections).where(reflections.c.id == reflection_id)).first()
    return None if row is None else Reflection(**row._mapping)


def change_waiting(tx: Connection, reflection_id: str, kind: str, words: str) -> bool:
    """Put other words in its place, if nobody has decided about it; returns whether."""
    here = (reflections.c.id == reflection_id, reflections.c.state == "waiting")
    return tx.execute(update(reflections).where(*here).values(kind=kind, words=words)).rowcount > 0


def remove_waiting(tx: Connection, reflection_id: str) -> bool:
    """Remove it, if nobody has decided about it; returns whether."""
    here = (reflections.c.id == reflection_id, reflections.c.state == "waiting")
    return tx.execute(delete(reflections).where(*here)).rowcount > 0


def set_state(tx: Connection, reflection_id: str, state: str) -> None:
    """Show it, or hold it back."""
    tx.execute(update(reflections).where(reflections.c.id == reflection_id).values(state=state))
