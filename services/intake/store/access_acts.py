"""Who made a way in for somebody, and who took theirs back: rows are added and never changed, and hold no way in."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from services.intake.store.tables import access_acts
from shared.access.audited import Audited

LINK, LETTER, TOKEN, BACK = "link", "letter", "token", "taken-back"
_SAID = {
    LINK: "made a sign-in link for",
    LETTER: "had a sign-in link sent to",
    TOKEN: "made a token for",
    BACK: "took every link and token back from",
}


def record(tx: Connection, exercise_id: str, by: str, act: str, person_id: str, at: str, ways: int = 1) -> None:
    """Write down that `by` did this on the plan of an exercise, for or to a person; `ways`: how many ways in."""
    row = {"exercise_id": exercise_id, "by": by, "act": act, "person_id": person_id, "ways": ways, "at": at}
    tx.execute(insert(access_acts).values(row))


def acts(tx: Connection, exercise_id: str) -> list[Audited]:
    """All of them on the plan of this exercise, in order."""
    query = select(access_acts).where(access_acts.c.exercise_id == exercise_id).order_by(access_acts.c.number)
    return [
        Audited(
            row.number, row.at, row.by, f"{_SAID[row.act]} {row.person_id}" + (f" ({row.ways})" * (row.act == BACK))
        )
        for row in tx.execute(query)
    ]
