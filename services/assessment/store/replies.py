"""What a partner's manager wrote beside a finding. A reply is added and never changes the finding or an older reply."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from services.assessment.store.tables import finding_replies


def add(
    tx: Connection,
    *,
    reply_id: str,
    finding_id: str,
    exercise_id: str,
    site_id: str,
    person_id: str,
    at: str,
    text: str,
) -> None:
    """Keep a reply. `at`: RFC 3339 in UTC with microseconds."""
    row = {
        "reply_id": reply_id,
        "finding_id": finding_id,
        "exercise_id": exercise_id,
        "site_id": site_id,
        "person_id": person_id,
        "at": at,
        "text": text,
    }
    tx.execute(insert(finding_replies).values(row))


def of_site(tx: Connection, exercise_id: str, site_id: str) -> dict[str, str]:
    """Finding id -> the latest reply to it."""
    table = finding_replies
    query = select(table.c.finding_id, table.c.text).where(
        table.c.exercise_id == exercise_id, table.c.site_id == site_id
    )
    return {row.finding_id: row.text for row in tx.execute(query.order_by(table.c.at, table.c.reply_id))}
