"""The index of documents in the object store, and the requests to make new ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, tuple_, update

from services.reporting.store.open_documents import is_open
from services.reporting.store.tables import as_moment, as_text, document_requests, documents

PREFIX = "documents/"
"""Where their files lie in the object store; the id of the exercise follows."""


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """One format of one version of a document. `content_sha256` is of what it says, `sha256` of the bytes."""

    exercise_id: str
    kind: str
    version: int
    media_type: str
    content_sha256: str
    key: str
    sha256: str
    bytes: int
    made_at: datetime
    stage: str


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """Somebody's or some stage's wish for documents. `state` is waiting, done or failed."""

    id: str
    exercise_id: str
    asked_at: datetime
    reason: str
    state: str
    told: str


def add(tx: Connection, file: DocumentFile) -> None:
    """Put one file into the index."""
    values = {name: getattr(file, name) for name in DocumentFile.__slots__}
    tx.execute(insert(documents).values(values | {"made_at": as_text(file.made_at)}))


def newest(tx: Connection, exercise_id: str, kind: str) -> DocumentFile | None:
    """One file of the newest version of that kind, or None."""
    here = (documents.c.exercise_id == exercise_id, documents.c.kind == kind)
    last = select(func.max(documents.c.version)).where(*here).scalar_subquery()
    row = tx.execute(select(documents).where(*here, documents.c.version == last)).first()
    return None if row is None else DocumentFile(**{**row._mapping, "made_at": as_moment(row.made_at)})


def media_types(tx: Connection, version_of: DocumentFile) -> frozenset[str]:
    """In which formats the version of that file is there."""
    here, of = documents.c, version_of
    query = select(here.media_type).where(here.exercise_id == of.exercise_id, here.kind == of.kind)
    return frozenset(tx.execute(query.where(here.version == of.version)).scalars())


Version = tuple[str, int]
"""A kind of document and the number of one of its versions."""


@dataclass(frozen=True, slots=True)
class Readable:
    """Which versions somebody may read: made at one of `stages`, and of these all, or only those open to others."""

    exercise_id: str
    stages: Collection[str]
    all: bool

    @property
    def condition(self) -> ColumnElement[bool]:
        """The same for a query of documents."""
        made = and_(documents.c.exercise_id == self.exercise_id, documents.c.stage.in_(list(self.stages)))
        return made if self.all else and_(made, is_open())


def versions_after(tx: Connection, readable: Readable, after: Version | None, most: int) -> list[Version]:
    """The next versions, by kind, newest first. `after` is the last one before."""
    kind, version = documents.c.kind, documents.c.version
    query = select(kind, version).where(readable.condition)
    if after is not None:
        query = query.where(or_(kind > after[0], and_(kind == after[0], version < after[1])))
    rows = tx.execute(query.distinct().order_by(kind, version.desc()).limit(most))
    return [(row.kind, row.version) for row in rows]


def files_of_all(
    tx: Connection, readable: Readable, versions: Sequence[Version]
) -> dict[Version, tuple[DocumentFile, ...]]:
    """The files of each of these versions that may be read, in the order of `versions`, at one go."""
    found: dict[Version, tuple[DocumentFile, ...]] = dict.fromkeys(versions, ())
    if found:
        wanted = tuple_(documents.c.kind, documents.c.version).in_(list(found))
        query = select(documents).where(readable.condition).where(wanted).order_by(documents.c.media_type)
        for row in tx.execute(query):
            found[row.kind, row.version] += (DocumentFile(**{**row._mapping, "made_at": as_moment(row.made_at)}),)
    return found


def files_of(tx: Connection, readable: Readable, version: Version) -> list[DocumentFile]:
    """The files of one version, if it may be read."""
    query = (
        select(documents)
        .where(readable.condition)
        .where(documents.c.kind == version[0], documents.c.version == version[1])
        .order_by(documents.c.media_type)
    )
    return [DocumentFile(**{**row._mapping, "made_at": as_moment(row.made_at)}) for row in tx.execute(query)]


def stored(tx: Connection) -> Iterator[tuple[str, str]]:
    """(key, sha256) of every file there must be in the object store."""
    for row in tx.execute(select(documents.c.key, documents.c.sha256).order_by(documents.c.key)):
        yield row.key, row.sha256


def named(tx: Connection, keys: Sequence[str]) -> set[str]:
    """Those of these keys that are in the index."""
    exercises = {key.removeprefix(PREFIX).partition("/")[0] for key in keys}
    wanted = set(keys)
    found: set[str] = set()
    for exercise_id in exercises:
        of_it = select(documents.c.key).where(documents.c.exercise_id == exercise_id)
        found.update(key for key in tx.execute(of_it).scalars() if key in wanted)
    return found


def ask(tx: Connection, request_id: str, exercise_id: str, asked_at: datetime, reason: str) -> str:
    """Ask for documents; returns the id of the request that makes them: an older one that waits, or this one."""
    table = document_requests
    asked = select(table.c.id).where(table.c.exercise_id == exercise_id, table.c.state == "waiting")
    # Held to the end of this transaction: it cannot be closed before what we know is there to be seen.
    held = tx.execute(asked.limit(1).with_for_update()).scalar()
    if held is not None:
        return str(held)
    if request(tx, request_id) is not None:
        return request_id  # the event that asks comes again in a replay
    row = {"id": request_id, "exercise_id": exercise_id, "asked_at": as_text(asked_at), "reason": reason}
    tx.execute(insert(table).values(**row, state="waiting", told=""))
    return request_id


def waiting(tx: Connection, most: int, exercise_id: str | None = None) -> list[DocumentRequest]:
    """The requests that have waited longest, of one exercise or of all."""
    table = document_requests
    query = select(table).where(table.c.state == "waiting").order_by(table.c.position).limit(most)
    if exercise_id is not None:
        query = query.where(table.c.exercise_id == exercise_id)
    return [_request(row._mapping) for row in tx.execute(query)]


def waiting_before(tx: Connection, request_id: str) -> int:
    """How many exercises have a request that waits longer than this one."""
    table = document_requests
    here = select(table.c.position).where(table.c.id == request_id).scalar_subquery()
    query = select(func.count(table.c.exercise_id.distinct())).where(
        table.c.state == "waiting", table.c.position < here
    )
    return int(tx.execute(query).scalar_one())


def is_waiting(tx: Connection, request_id: str) -> bool:
    """Whether that request is still to be dealt with."""
    asked = request(tx, request_id)
    return asked is not None and asked.state == "waiting"


def hold_request(tx: Connection, request_id: str) -> None:
    """Let nobody count on this request for the rest of the transaction; whoever does so at this moment is first."""
    table = document_requests
    tx.execute(select(table.c.id).where(table.c.id == request_id).with_for_update())


def how_many_wait(tx: Connection) -> int:
    """How many requests wait."""
    query = select(func.count()).select_from(document_requests).where(document_requests.c.state == "waiting")
    return int(tx.execute(query).scalar_one())


def request(tx: Connection, request_id: str) -> DocumentRequest | None:
    """The request of that id, or None."""
    row = tx.execute(select(document_requests).where(document_requests.c.id == request_id)).first()
    return None if row is None else _request(row._mapping)


def last_request(tx: Connection, exercise_id: str) -> DocumentRequest | None:
    """The newest request of an exercise, whatever became of it, or None."""
    table = document_requests
    newest_first = select(table).where(table.c.exercise_id == exercise_id).order_by(table.c.position.desc())
    row = tx.execute(newest_first.limit(1)).first()
    return None if row is None else _request(row._mapping)


def close_request(tx: Connection, request_id: str, state: str, told: str) -> None:
    """Say what came of a request."""
    table = document_requests
    tx.execute(update(table).where(table.c.id == request_id).values(state=state, told=told))


def _request(row: object) -> DocumentRequest:
    values = dict(row)  # type: ignore[call-overload]
    values.pop("position")
    return DocumentRequest(**{**values, "asked_at": as_moment(values["asked_at"])})
