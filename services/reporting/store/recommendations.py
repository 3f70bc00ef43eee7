"""Recommendations and their history. History rows are only ever added: no function here changes or removes one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from services.reporting.domain.merging import Own
from services.reporting.domain.recommendation import Entry, Evidence, Recommendation
from services.reporting.store.tables import as_moment, as_text, history, own_grounds, recommendations

_MOMENTS = ("written_at", "news_at", "shared_at", "replied_at", "verified_at")
_DAYS = ("due", "reply_due")


def add(tx: Connection, recommendation: Recommendation) -> None:
    """Keep a new recommendation, at version 1."""
    tx.execute(insert(recommendations).values({**_row(recommendation), "version": 1}))


def save(tx: Connection, recommendation: Recommendation) -> int:
    """Keep a changed recommendation; returns its new version."""
    found = tx.execute(
        update(recommendations)
        .where(recommendations.c.id == recommendation.id)
        .values({**_row(recommendation), "version": recommendations.c.version + 1})
        .returning(recommendations.c.version)
    )
    return int(found.scalar_one())


def find(tx: Connection, recommendation_id: str) -> Recommendation | None:
    """The recommendation of that id, or None."""
    row = tx.execute(select(recommendations).where(recommendations.c.id == recommendation_id)).first()
    return None if row is None else _recommendation(row)


def page(
    tx: Connection, statuses_by_exercise: dict[str, Collection[str]], after: int, limit: int
) -> tuple[list[Recommendation], int | None]:
    """Up to `limit` of those the caller may see, oldest first, and the position to go on after (None at the end).

    `statuses_by_exercise` names the exercises and, for each, the statuses that may be seen. Merged ones are left out.
    """
    table = recommendations
    found: list[Row[Any]] = []
    query = (
        select(table)
        .where(table.c.exercise_id.in_(list(statuses_by_exercise)), table.c.merged_into.is_(None))
        .order_by(table.c.position)
        .limit(limit + 1)
    )
    while len(found) <= limit:
        rows = tx.execute(query.where(table.c.position > after)).all()
        found += [row for row in rows if row.status in statuses_by_exercise[row.exercise_id]]
        if len(rows) <= limit:
            break
        after = rows[-1].position
    more = len(found) > limit
    found = found[:limit]
    return [_recommendation(row) for row in found], found[-1].position if more else None


def of_exercise(
    tx: Connection, exercise_id: str, site_id: str | None = None, *, statuses: Collection[str] | None = None
) -> list[Recommendation]:
    """All of an exercise (or of one of its sites), oldest first, without those merged into another.

    `statuses`: only those that stand so.
    """
    table = recommendations
    query = select(table).where(table.c.exercise_id == exercise_id, table.c.merged_into.is_(None))
    if site_id is not None:
        query = query.where(table.c.site_id == site_id)
    if statuses is not None:
        query = query.where(table.c.status.in_(list(statuses)))
    return [_recommendation(row) for row in tx.execute(query.order_by(table.c.position))]


def taken_in(tx: Connection, recommendation: Recommendation) -> list[Recommendation]:
    """Those that became part of it, oldest first."""
    table = recommendations
    query = select(table).where(
        table.c.exercise_id == recommendation.exercise_id, table.c.merged_into == recommendation.id
    )
    return [_recommendation(row) for row in tx.execute(query.order_by(table.c.position))]


def own_grounds_of(tx: Connection, recommendation_id: str) -> Own | None:
    """What it rested on before it took others in; None when it took none in, or nobody wrote that down."""
    row = tx.execute(select(own_grounds).where(own_grounds.c.recommendation_id == recommendation_id)).first()
    return None if row is None else Own(tuple(row.findings), tuple(row.items))


def keep_own_grounds(tx: Connection, recommendation_id: str, own: Own | None) -> None:
    """Write down what it rests on by itself, or nothing any more when it holds no other."""
    tx.execute(delete(own_grounds).where(own_grounds.c.recommendation_id == recommendation_id))
    if own is not None:
        row = {"recommendation_id": recommendation_id, "findings": list(own.findings), "items": list(own.items)}
        tx.execute(insert(own_grounds).values(row))


def add_entry(tx: Connection, entry_id: str, recommendation: Recommendation, entry: Entry) -> None:
    """Add a line to the history."""
    tx.execute(
        insert(history).values(
            id=entry_id,
            recommendation_id=recommendation.id,
            exercise_id=recommendation.exercise_id,
            at=as_text(entry.at),
            kind=entry.kind,
            role=entry.role,
            actor=entry.actor,
            from_status=entry.from_status,
            to_status=entry.to_status,
            note=entry.note,
            evidence=[asdict(shown) for shown in entry.evidence],
        )
    )


def history_of(tx: Connection, recommendation_id: str) -> list[Entry]:
    """The whole history, oldest first."""
    query = select(history).where(history.c.recommendation_id == recommendation_id).order_by(history.c.position)
    return [_entry(row) for row in tx.execute(query)]


def histories(tx: Connection, recommendation_ids: Iterable[str]) -> dict[str, list[Entry]]:
    """The histories of several recommendations at once, each oldest first."""
    found: dict[str, list[Entry]] = {one: [] for one in recommendation_ids}
    if found:
        query = select(history).where(history.c.recommendation_id.in_(list(found))).order_by(history.c.position)
        for row in tx.execute(query):
            found[row.recommendation_id].append(_entry(row))
    return found


def _row(recommendation: Recommendation) -> dict[str, Any]:
    row = asdict(recommendation)
    row["findings"], row["items"] = list(recommendation.findings), list(recommendation.items)
    for name in _MOMENTS:
        row[name] = None if row[name] is None else as_text(row[name])
    for name in _DAYS:
        row[name] = None if row[name] is None else row[name].isoformat()
    return row


def _recommendation(row: Row[Any]) -> Recommendation:
    values = {name: value for name, value in row._mapping.items() if name not in ("position", "version")}
    for name in _MOMENTS:
        values[name] = None if values[name] is None else as_moment(values[name])
    for name in _DAYS:
        values[name] = None if values[name] is None else date.fromisoformat(values[name])
    values["findings"], values["items"] = tuple(values["findings"]), tuple(values["items"])
    return Recommendation(**values)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        as_moment(row.at),
        row.kind,
        row.role,
        row.actor,
        row.from_status,
        row.to_status,
        row.note,
        tuple(Evidence(**shown) for shown in row.evidence),
    )
