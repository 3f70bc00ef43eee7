"""Visits and their versions. A version, once written, is only ever emptied, never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, and_, bindparam, cast, delete, exists, insert, select, tuple_, update

from services.intake.domain.visit import VisitRecord, kept_for_scores
from services.intake.store.tables import assignments
from services.intake.store.visit_tables import drafts, visit_versions, visits
from shared.access.directory import ExerciseEntry, entry_read
from shared.access.roles import Role
from shared.access.tables import exercises, memberships
from shared.messaging.tables import outbox
from shared.runtime import correlation
from shared.storage.prepared import Prepared

_VISIT = Prepared(select(visits).where(visits.c.id == bindparam("visit_id")))
_VERSION = Prepared(
    select(visit_versions.c.content, visit_versions.c.correlation_id).where(
        visit_versions.c.visit_id == bindparam("visit_id"), visit_versions.c.version == bindparam("version")
    )
)
_ADD_VISIT = Prepared(insert(visits))
_ADD_VERSION = Prepared(insert(visit_versions))
_REMOVE_DRAFT = Prepared(delete(drafts).where(drafts.c.visit_id == bindparam("visit_id")))
_WAITS = Prepared(select(outbox.c.position).where(outbox.c.event_id == bindparam("event_id")))
_ANNOUNCED = Prepared(
    update(visits)
    .where(visits.c.id == bindparam("visit_id"))
    .values(announced=bindparam("told"), last_event=bindparam("event_id"))
)


# One statement for all that must be known before a visit is taken: four would cost as much as writing it.
_ARRIVAL = Prepared(
    select(
        select(cast(exercises.c.entry, Text))
        .where(exercises.c.exercise_id == bindparam("exercise_id"))
        .scalar_subquery(),
        select(memberships.c.roles)
        .where(memberships.c.person_id == bindparam("person_id"), memberships.c.exercise_id == bindparam("exercise_id"))
        .scalar_subquery(),
        exists().where(
            assignments.c.volunteer_id == bindparam("person_id"),
            assignments.c.exercise_id == bindparam("exercise_id"),
            assignments.c.site_id == bindparam("site_id"),
            assignments.c.wave == bindparam("wave"),
            assignments.c.kind == bindparam("kind"),
            assignments.c.state != "declined",
        ),
        exists().where(visits.c.id == bindparam("visit_id")),
        exists().where(drafts.c.visit_id == bindparam("visit_id")),
    )
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the plan says to a visit that comes in. `asked`: it was asked of this person, who has not said no.

    `known`: a visit of this id was taken before. `drafted`: it was filled in on the pages.
    """

    exercise: ExerciseEntry | None
    roles: frozenset[Role] | None
    asked: bool
    known: bool
    drafted: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its content (None once taken back), when it came, and whose hand it was (a pseudonym)."""

    version: int
    digest: str
    content: dict[str, Any] | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A visit being filled in on the pages."""

    visit_id: str
    volunteer_key: str
    exercise_id: str
    assignment_id: str
    content: dict[str, Any]
    saved_at: str


def _record(row: Any) -> VisitRecord:
    return VisitRecord(
        visit_id=row.id,
        volunteer_key=row.volunteer_key,
        exercise_id=row.exercise_id,
        site_id=row.site_id,
        wave=row.wave,
        kind=row.kind,
        site_zones=tuple(row.site_zones),
        received_at=datetime.fromisoformat(row.received_at),
        version=row.version,
        digest=row.digest,
        announced=row.announced,
        last_event=row.last_event,
        withdrawn_at=datetime.fromisoformat(row.withdrawn_at) if row.withdrawn_at else None,
    )


def visit(tx: Connection, visit_id: str) -> VisitRecord | None:
    """The visit of that id, whosever it is, or None."""
    row = _VISIT.first(tx, {"visit_id": visit_id})
    return None if row is None else _record(row)


def arrival(tx: Connection, visit_id: str, person_id: str, visit: Mapping[str, Any]) -> Arrival:
    """Everything to ask before a visit is taken, at once."""
    asked = {name: visit[name] for name in ("exercise_id", "site_id", "wave", "kind")}
    entry, roles, assigned, known, drafted = _ARRIVAL.rows(tx, {**asked, "visit_id": visit_id, "person_id": person_id})[
        0
    ]
    return Arrival(
        None if entry is None else entry_read(entry),
        None if roles is None else frozenset(map(Role, roles)),
        bool(assigned),
        bool(known),
        bool(drafted),
    )


def visits_by(
    tx: Connection, volunteer_keys: list[str], before: tuple[str, str] | None, most: int
) -> list[VisitRecord]:
    """The last visits of these pseudonyms, the newest first; of those before the one that `before` names, by the time
    it came (RFC 3339) and its id."""
    order = (visits.c.received_at, visits.c.id)
    found: list[VisitRecord] = []
    # One by one: so the index gives the newest of each, where for all at once every visit would be sorted.
    for key in volunteer_keys:
        query = select(visits).where(visits.c.volunteer_key == key).limit(most)
        if before is not None:
            query = query.where(tuple_(*order) < tuple_(*before))
        found += [_record(row) for row in tx.execute(query.order_by(*(one.desc() for one in order)))]
    return sorted(found, key=lambda record: (record.received_at, record.visit_id), reverse=True)[:most]


def visits_after(
    tx: Connection, exercise_id: str, after: tuple[str, int, str] | None, most: int
) -> list[tuple[VisitRecord, dict[str, Any]]]:
    """The next visits of an exercise that were not taken back, with what they say now, by site, round and id.

    `after` is (site, wave, visit) of the last one before. The order tells nothing of when they came or from whom.
    """
    query = (
        select(visits, visit_versions.c.content)
        .join(
            visit_versions,
            and_(visit_versions.c.visit_id == visits.c.id, visit_versions.c.version == visits.c.version),
        )
        .where(visits.c.exercise_id == exercise_id, visits.c.withdrawn_at.is_(None))
        .order_by(visits.c.site_id, visits.c.wave, visits.c.id)
        .limit(most)
    )
    if after is not None:
        query = query.where(tuple_(visits.c.site_id, visits.c.wave, visits.c.id) > tuple_(*after))
    return [(_record(row), row.content) for row in tx.execute(query)]


def waiting_to_be_told(tx: Connection, exercise_id: str, waves: Collection[int]) -> list[VisitRecord]:
    """The visits to these waves with a version that assessment was not told of, in the order in which they came."""
    query = (
        select(visits)
        .where(visits.c.exercise_id == exercise_id, visits.c.wave.in_(waves))
        # Word for word what the index `visits_to_be_told` is of.
        .where(visits.c.announced < visits.c.version, visits.c.withdrawn_at.is_(None))
        .order_by(visits.c.received_at, visits.c.id)
    )
    return [_record(row) for row in tx.execute(query)]


def add(tx: Connection, record: VisitRecord, content: Mapping[str, Any]) -> None:
    """Keep a new visit with its first version."""
    _ADD_VISIT.run(
        tx,
        {
            "id": record.visit_id,
            "volunteer_key": record.volunteer_key,
            "exercise_id": record.exercise_id,
            "site_id": record.site_id,
            "wave": record.wave,
            "kind": record.kind,
            "part_of_day": content["part_of_day"],
            "site_zones": list(record.site_zones),
            "received_at": record.received_at.isoformat(timespec="microseconds"),
            "version": record.version,
            "digest": record.digest,
            "announced": record.announced,
            "last_event": record.last_event,
            "withdrawn_at": None,
            "used": kept_for_scores(content),
        },
    )
    _add_version(tx, record, content, record.received_at)


def _add_version(tx: Connection, record: VisitRecord, content: Mapping[str, Any], at: datetime) -> None:
    _ADD_VERSION.run(
        tx,
        {
            "visit_id": record.visit_id,
            "version": record.version,
            "digest": record.digest,
            "content": content,
            "at": at.isoformat(timespec="microseconds"),
            "by": record.volunteer_key,
            "correlation_id": correlation.current().correlation_id,
        },
    )


def add_version(tx: Connection, record: VisitRecord, content: Mapping[str, Any], at: datetime) -> None:
    """Keep a corrected visit beside its older versions; `record` is the visit as it stands from now on."""
    _add_version(tx, record, content, at)
    changed = {
        "version": record.version,
        "digest": record.digest,
        "part_of_day": content["part_of_day"],
        "used": kept_for_scores(content),
    }
    tx.execute(update(visits).where(visits.c.id == record.visit_id).values(changed))


def content(tx: Connection, visit_id: str, version: int) -> dict[str, Any] | None:
    """What that version says; None once it was taken back."""
    row = _VERSION.first(tx, {"visit_id": visit_id, "version": version})
    return None if row is None else row[0]


def to_tell(tx: Connection, visit_id: str, version: int) -> tuple[dict[str, Any], str | None]:
    """What that version says, and the request it came with. The visit was not taken back."""
    row = _VERSION.rows(tx, {"visit_id": visit_id, "version": version})[0]
    return row.content, row.correlation_id


def versions(tx: Connection, visit_id: str) -> list[Version]:
    """Every version, the oldest first."""
    query = select(visit_versions).where(visit_versions.c.visit_id == visit_id).order_by(visit_versions.c.version)
    return [
        Version(row.version, row.digest, row.content, datetime.fromisoformat(row.at), row.by)
        for row in tx.execute(query)
    ]


def had_content(tx: Connection, visit_id: str, digest: str) -> bool:
    """Whether any version of the visit had exactly this content."""
    query = select(visit_versions.c.version).where(
        visit_versions.c.visit_id == visit_id, visit_versions.c.digest == digest
    )
    return tx.execute(query).first() is not None


def mark_announced(tx: Connection, visit_id: str, version: int, event_id: str) -> None:
    """Assessment was told of this version, by this event."""
    _ANNOUNCED.run(tx, {"visit_id": visit_id, "told": version, "event_id": event_id})


def mark_withdrawn(tx: Connection, visit_id: str, at: datetime, event_id: str | None) -> None:
    """The volunteer took the visit back: its content goes, that it was there stays."""
    values = {"withdrawn_at": at.isoformat(timespec="microseconds"), "last_event": event_id}
    tx.execute(update(visits).where(visits.c.id == visit_id).values(values))
    tx.execute(update(visit_versions).where(visit_versions.c.visit_id == visit_id).values(content=None))


def waits_in_outbox(tx: Connection, event_id: str) -> bool:
    """Whether this event is still to be handed to the log."""
    return _WAITS.first(tx, {"event_id": event_id}) is not None


def draft(tx: Connection, visit_id: str) -> Draft | None:
    """The draft of that visit, or None."""
    row = tx.execute(select(drafts).where(drafts.c.visit_id == visit_id)).first()
    return None if row is None else Draft(*row)


def drafts_by(tx: Connection, volunteer_keys: list[str]) -> list[Draft]:
    """All drafts of these pseudonyms, the last saved first."""
    query = select(drafts).where(drafts.c.volunteer_key.in_(volunteer_keys)).order_by(drafts.c.saved_at.desc())
    return [Draft(*row) for row in tx.execute(query)]


def save_draft(tx: Connection, kept: Draft) -> None:
    """Keep the draft as it is now."""
    changed = update(drafts).where(drafts.c.visit_id == kept.visit_id)
    if tx.execute(changed.values(content=kept.content, saved_at=kept.saved_at)).rowcount == 0:
        tx.execute(
            insert(drafts).values(
                visit_id=kept.visit_id,
                volunteer_key=kept.volunteer_key,
                exercise_id=kept.exercise_id,
                assignment_id=kept.assignment_id,
                content=kept.content,
                saved_at=kept.saved_at,
            )
        )


def remove_draft(tx: Connection, visit_id: str) -> None:
    """The visit was sent, or thrown away."""
    _REMOVE_DRAFT.run(tx, {"visit_id": visit_id})


def let_us_tell(tx: Connection, exercise_id: str, volunteer_key: str) -> tuple[bool, bool]:
    """Whether this volunteer ever said that we may tell them what changed, and whether a visit says so now."""
    query = (
        select(visits.c.version, visit_versions.c.version, visit_versions.c.content)
        .join(visit_versions, visit_versions.c.visit_id == visits.c.id)
        .where(visits.c.exercise_id == exercise_id, visits.c.volunteer_key == volunteer_key)
    )
    yes = [now == version for now, version, visit in tx.execute(query) if visit and visit["consents"]["tell_me"]]
    return bool(yes), any(yes)
