"""Which versions of a document are open to people who are not of the host charity: from `first` to `last`, or none.

A release shuts all that was made before it; the job that makes documents opens what it has found to be as things stand.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, select, update

from services.reporting.domain.pack import KINDS
from services.reporting.store.tables import documents, open_documents

_HERE = open_documents.c


def shut_at_release(tx: Connection, exercise_id: str, exercise_version: int) -> None:
    """Shut every version there is for good, unless that release was heard of before (a replay tells it again)."""
    for kind in KINDS:
        held = tx.execute(select(_HERE.released).where(_of(exercise_id, kind))).scalar()
        if held is not None and held >= exercise_version:
            continue
        made = select(func.max(documents.c.version)).where(
            documents.c.exercise_id == exercise_id, documents.c.kind == kind
        )
        first = int(tx.execute(made).scalar() or 0) + 1
        _put(tx, exercise_id, kind, {"first": first, "last": 0, "released": exercise_version})


def shut(tx: Connection, exercise_id: str, kind: str) -> None:
    """Shut every version of that kind until one is found to say what stands now."""
    tx.execute(update(open_documents).where(_of(exercise_id, kind)).values(last=0))


def first_for_others(tx: Connection, exercise_id: str, kind: str) -> int:
    """The first version that may ever be open: all before it were made before the last release."""
    return int(tx.execute(select(_HERE.first).where(_of(exercise_id, kind))).scalar() or 0)


def open_to(tx: Connection, exercise_id: str, kind: str, version: int, *, alone: bool) -> None:
    """Open the versions since the last release up to this one; `alone`: this one and none before it."""
    first = version if alone else first_for_others(tx, exercise_id, kind)
    _put(tx, exercise_id, kind, {"first": first, "last": version})


def is_open() -> ColumnElement[bool]:
    """For a query of documents: the version is open to others than the host."""
    return exists().where(
        _HERE.exercise_id == documents.c.exercise_id,
        _HERE.kind == documents.c.kind,
        _HERE.first <= documents.c.version,
        _HERE.last >= documents.c.version,
    )


def _of(exercise_id: str, kind: str) -> ColumnElement[bool]:
    return and_(_HERE.exercise_id == exercise_id, _HERE.kind == kind)


def _put(tx: Connection, exercise_id: str, kind: str, values: dict[str, int]) -> None:
    if tx.execute(update(open_documents).where(_of(exercise_id, kind)).values(values)).rowcount == 0:
        row = {"exercise_id": exercise_id, "kind": kind, "released": 0} | values
        tx.execute(insert(open_documents).values(row))
