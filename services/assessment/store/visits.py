"""Visits as they came: the latest version of each, a tombstone for those withdrawn, and what is not counted yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, false, insert, select, true, update

from services.assessment.store.tables import visits, visits_to_uncount
from shared.runtime.correlation import Cause
from shared.storage.prepared import Prepared

WaveKey = tuple[str, str, int]
"""Exercise, site, number of the wave."""

_SCORED_WITH = (
    "kind",
    "instrument",
    "instrument_version",
    "form",
    "channel",
    "stopped_early",
    "keep_answers",
    "site_zones",
    "zones_complete",
    "answers",
    "faces",
)
_HELD = Prepared(select(visits).where(visits.c.visit_id == bindparam("id")))
_INSERT = Prepared(insert(visits))
_INSERT_GONE = Prepared(
    insert(visits),
    *("visit_id", "exercise_id", "site_id", "wave", "version", "withdrawn", "counted"),
    *("correlation_id", "causation_id"),
)
_UNCOUNTED = Prepared(select(visits).where(visits.c.counted == false()))
_COUNTED = Prepared(update(visits).where(visits.c.visit_id == bindparam("id")).values(counted=True))


@dataclass(frozen=True, slots=True)
class StoredVisit:
    """One version of a visit: whose, of which wave, when it came, and what scoring needs of it."""

    visit_id: str
    wave: WaveKey
    volunteer_key: str
    received_at: str
    body: Mapping[str, Any]


def take(tx: Connection, sent: Mapping[str, Any], received_at: str, cause: Cause) -> None:
    """Keep this version unless a later one, or the withdrawal, was here first.

    `received_at`: RFC 3339 in UTC with microseconds, so that it sorts as text.
    """
    held = _held(tx, sent["visit_id"])
    if held is not None and (held["withdrawn"] or held["version"] >= sent["version"]):
        return
    row = {name: sent[name] for name in ("exercise_id", "site_id", "wave", "volunteer_key", "version", "kind")}
    row |= {
        "received_at": received_at,
        "body": {name: sent[name] for name in _SCORED_WITH},
        "withdrawn": False,
        "counted": False,
        **_because(cause),
    }
    if held is None:
        _INSERT.run(tx, {"visit_id": sent["visit_id"], **row})
        return
    _uncount(tx, held)
    tx.execute(update(visits).where(visits.c.visit_id == sent["visit_id"]).values(row))


def withdraw(tx: Connection, visit_id: str, wave: WaveKey, cause: Cause) -> None:
    """Forget what was answered and never take it again, also when it comes later."""
    held = _held(tx, visit_id)
    if held is None:
        exercise_id, site_id, number = wave
        row = {"exercise_id": exercise_id, "site_id": site_id, "wave": number, "version": 0}
        _INSERT_GONE.run(tx, {"visit_id": visit_id, **row, **_because(cause), "withdrawn": True, "counted": True})
        return
    if held["withdrawn"]:
        return
    _uncount(tx, held)
    gone = {"withdrawn": True, "counted": True, "body": None, **_because(cause)}
    tx.execute(update(visits).where(visits.c.visit_id == visit_id).values(gone))


def _held(tx: Connection, visit_id: str) -> dict[str, Any] | None:
    row = _HELD.first(tx, {"id": visit_id})
    return None if row is None else row._asdict()


def _because(cause: Cause) -> dict[str, str | None]:
    return {"correlation_id": cause.correlation_id, "causation_id": cause.causation_id}


def _uncount(tx: Connection, held: Mapping[str, Any]) -> None:
    if not held["counted"] or held["body"] is None:
        return
    names = ("visit_id", "exercise_id", "site_id", "wave", "volunteer_key", "received_at", "body")
    tx.execute(insert(visits_to_uncount).values({name: held[name] for name in names}))


def uncounted(tx: Connection) -> list[StoredVisit]:
    """The versions that are in no tally yet."""
    return [_stored(row) for row in _UNCOUNTED.rows(tx, {})]


def to_uncount(tx: Connection) -> list[StoredVisit]:
    """The versions that are in a tally and must leave it, oldest first."""
    query = select(visits_to_uncount).order_by(visits_to_uncount.c.number)
    return [_stored(row) for row in tx.execute(query)]


def all_counted(tx: Connection, counted: Sequence[StoredVisit]) -> None:
    """Say that these are in their tallies now, and that nothing is left to take out."""
    _COUNTED.run_all(tx, [{"id": visit.visit_id} for visit in counted])
    tx.execute(delete(visits_to_uncount))


def counted_of(tx: Connection, wave: WaveKey, volunteer_key: str) -> Iterator[StoredVisit]:
    """A volunteer's visits that are in the tally of a wave, in the order in which they were received."""
    query = select(visits).where(
        *_in_wave(wave),
        visits.c.volunteer_key == volunteer_key,
        visits.c.counted == true(),
        visits.c.withdrawn == false(),
    )
    yield from map(_stored, tx.execute(query.order_by(visits.c.received_at, visits.c.visit_id)))


def of_wave(tx: Connection, wave: WaveKey) -> Iterator[StoredVisit]:
    """Every visit of a wave that was not withdrawn, in no order."""
    yield from map(_stored, tx.execute(select(visits).where(*_in_wave(wave), visits.c.withdrawn == false())))


def of_site(tx: Connection, exercise_id: str, site_id: str) -> Iterator[StoredVisit]:
    """Every visit of a site that was not withdrawn, in no order."""
    query = select(visits).where(
        visits.c.exercise_id == exercise_id, visits.c.site_id == site_id, visits.c.withdrawn == false()
    )
    yield from map(_stored, tx.execute(query))


def states(tx: Connection, ids: Iterable[str]) -> list[RowMapping]:
    """These visits as they stand, withdrawn ones too."""
    return list(tx.execute(select(visits).where(visits.c.visit_id.in_(list(ids)))).mappings())


def _in_wave(wave: WaveKey) -> tuple[Any, ...]:
    exercise_id, site_id, number = wave
    return visits.c.exercise_id == exercise_id, visits.c.site_id == site_id, visits.c.wave == number


def _stored(row: Any) -> StoredVisit:
    return StoredVisit(
        visit_id=row.visit_id,
        wave=(row.exercise_id, row.site_id, row.wave),
        volunteer_key=row.volunteer_key,
        received_at=row.received_at,
        body=row.body,
    )
