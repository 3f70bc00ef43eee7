"""The counts of each wave and the card of each of its volunteers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, delete, insert, select, update

from services.assessment.domain.tally import RULES, Turn, VolunteerCard, WaveTally
from services.assessment.store.tables import volunteer_cards, wave_tallies
from services.assessment.store.visits import WaveKey

_TALLIES_OF_SITE = select(wave_tallies).order_by(wave_tallies.c.wave)


def of_site(tx: Connection, exercise_id: str, site_id: str) -> dict[int, WaveTally]:
    """Number of the wave -> its tally, for every wave of a site that has one, in order."""
    query = _TALLIES_OF_SITE.where(wave_tallies.c.exercise_id == exercise_id, wave_tallies.c.site_id == site_id)
    return {row.wave: WaveTally(row.seen, row.people, row.ratings) for row in tx.execute(query)}


def waves_counted(tx: Connection, exercise_ids: Collection[str]) -> dict[tuple[str, str], list[int]]:
    """(exercise, site) -> the waves in which anything is counted, in order; their counts stay where they are."""
    table = wave_tallies
    query = select(table.c.exercise_id, table.c.site_id, table.c.wave).where(
        table.c.exercise_id.in_(list(exercise_ids)), cast(table.c.seen, Text) != "{}"
    )
    found: dict[tuple[str, str], list[int]] = {}
    for row in tx.execute(query.order_by(table.c.wave)):
        found.setdefault((row.exercise_id, row.site_id), []).append(row.wave)
    return found


def exists(tx: Connection, wave: WaveKey) -> bool:
    """Whether a wave was ever counted, under whatever rules."""
    return tx.execute(select(wave_tallies.c.wave).where(*_here(wave_tallies, wave))).first() is not None


def one(tx: Connection, wave: WaveKey) -> WaveTally | None:
    """The tally of a wave; None when there is none yet or when it was counted under older rules."""
    row = tx.execute(select(wave_tallies).where(*_here(wave_tallies, wave))).first()
    if row is None or row.rules != RULES:
        return None
    return WaveTally(row.seen, row.people, row.ratings)


def save(tx: Connection, wave: WaveKey, tally: WaveTally) -> None:
    """Keep a tally."""
    values: dict[str, Any] = {
        "rules": RULES,
        "seen": tally.seen,
        "people": tally.people,
        "ratings": tally.ratings,
    }
    if tx.execute(update(wave_tallies).where(*_here(wave_tallies, wave)).values(values)).rowcount == 0:
        exercise_id, site_id, number = wave
        place = {"exercise_id": exercise_id, "site_id": site_id, "wave": number}
        tx.execute(insert(wave_tallies).values(place | values | {"revision": 0}))


def tell(tx: Connection, wave: WaveKey, now: datetime) -> int:
    """The revision under which a wave is told of now: always higher than the last.

    It also grows with time, so that a database that was made anew is not taken for an old one.
    """
    here = _here(wave_tallies, wave)
    last = tx.execute(select(wave_tallies.c.revision).where(*here)).scalar_one()
    revision: int = max(last + 1, int(now.timestamp()))
    tx.execute(update(wave_tallies).where(*here).values(revision=revision))
    return revision


def sites_with_tallies(tx: Connection, exercise_id: str) -> list[str]:
    """The sites of an exercise that anything was counted for."""
    query = select(wave_tallies.c.site_id).where(wave_tallies.c.exercise_id == exercise_id).distinct()
    return list(tx.execute(query).scalars())


def of_older_rules(tx: Connection) -> list[WaveKey]:
    """Waves whose tally must be counted anew because a rule changed."""
    table = wave_tallies
    query = select(table.c.exercise_id, table.c.site_id, table.c.wave).where(table.c.rules != RULES)
    return [(row.exercise_id, row.site_id, row.wave) for row in tx.execute(query)]


def cards(tx: Connection, wave: WaveKey, volunteers: Collection[str]) -> dict[str, VolunteerCard]:
    """The cards of these volunteers; an empty one for whoever has none yet."""
    table = volunteer_cards
    found = {key: VolunteerCard() for key in volunteers}
    query = select(table).where(*_here(table, wave), table.c.volunteer_key.in_(list(volunteers)))
    for row in tx.execute(query):
        first = Turn(row.first_received_at, row.first_visit_id) if row.first_visit_id else None
        found[row.volunteer_key] = VolunteerCard(row.marks, first, row.ratings)
    return found


def save_cards(tx: Connection, wave: WaveKey, changed: Mapping[str, VolunteerCard]) -> None:
    """Keep these cards; one without marks and without a first visit is not kept, as if its volunteer had never come."""
    table = volunteer_cards
    exercise_id, site_id, number = wave
    place = {"exercise_id": exercise_id, "site_id": site_id, "wave": number}
    gone = delete(table).where(*_here(table, wave), table.c.volunteer_key == bindparam("key"))
    tx.execute(gone, [{"key": key} for key in changed])
    rows = [
        place
        | {
            "volunteer_key": key,
            "marks": card.marks,
            "first_received_at": card.first.received_at if card.first else None,
            "first_visit_id": card.first.visit_id if card.first else None,
            "ratings": card.ratings,
        }
        for key, card in changed.items()
        if card.marks or card.first
    ]
    if rows:
        tx.execute(insert(table), rows)


def drop_cards(tx: Connection, wave: WaveKey) -> None:
    """Forget every card of a wave, to count it anew."""
    tx.execute(delete(volunteer_cards).where(*_here(volunteer_cards, wave)))


def _here(table: Any, wave: WaveKey) -> tuple[Any, ...]:
    exercise_id, site_id, number = wave
    return table.c.exercise_id == exercise_id, table.c.site_id == site_id, table.c.wave == number
