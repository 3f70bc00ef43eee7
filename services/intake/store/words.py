"""Words that may be quoted once a second person read them, and the record of what that person did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.intake.domain.photo import PhotoState, Review
from services.intake.domain.visit import VisitRecord
from services.intake.domain.words import Words, WordsState
from services.intake.store.photos import Photo, as_photo
from services.intake.store.visit_tables import care_acts, photos, visits, words
from shared.storage.prepared import Prepared

_INSERT = Prepared(
    insert(words), "id", "visit_id", "volunteer_key", "exercise_id", "item", "zone", "stage", "text", "state", "since"
)


@dataclass(frozen=True, slots=True)
class KeptWords:
    """Some words: `text` as the volunteer wrote them, `shared` the copy that is shown, once somebody said yes."""

    words_id: str
    visit_id: str
    volunteer_key: str
    exercise_id: str
    item: str | None
    zone: str | None
    stage: str | None
    text: str
    shared: str | None
    state: str
    decided_at: str | None


def _words(row: Any) -> KeptWords:
    return KeptWords(*(getattr(row, "id" if name == "words_id" else name) for name in KeptWords.__slots__))


def words_of(tx: Connection, visit_id: str) -> list[KeptWords]:
    """All words of a visit that may be quoted."""
    return [_words(row) for row in tx.execute(select(words).where(words.c.visit_id == visit_id))]


def released_of(tx: Connection, visit_ids: Sequence[str]) -> list[KeptWords]:
    """The words of these visits that a second person let through."""
    query = select(words).where(words.c.visit_id.in_(visit_ids), words.c.state == WordsState.RELEASED)
    return [_words(row) for row in tx.execute(query)]


def the_words(tx: Connection, words_id: str) -> KeptWords | None:
    """The words of that id, or None."""
    row = tx.execute(select(words).where(words.c.id == words_id)).first()
    return None if row is None else _words(row)


def add(tx: Connection, visit: VisitRecord, found: Iterable[Words]) -> None:
    """Put words of a visit where a second person will read them."""
    since = visit.received_at.isoformat(timespec="microseconds")
    rows = [
        {
            "id": one.words_id,
            "visit_id": visit.visit_id,
            "volunteer_key": visit.volunteer_key,
            "exercise_id": visit.exercise_id,
            "item": one.item,
            "zone": one.zone,
            "stage": one.stage,
            "text": one.text,
            "state": WordsState.WAITING,
            "since": since,
        }
        for one in found
    ]
    _INSERT.run_all(tx, rows)


def remove(tx: Connection, words_ids: Iterable[str]) -> None:
    """Words that a correction or a withdrawal took away."""
    gone = list(words_ids)
    if gone:
        tx.execute(delete(words).where(words.c.id.in_(gone)))


def decide(tx: Connection, words_id: str, state: str, shared: str | None, at: str | None) -> None:
    """Keep what the second person said of these words."""
    tx.execute(update(words).where(words.c.id == words_id).values(state=state, shared=shared, decided_at=at))


def review_photo(tx: Connection, visit_id: str, photo_id: str, review: str, at: str | None) -> None:
    """Keep what the second person said of this photo."""
    query = update(photos).where(photos.c.visit_id == visit_id, photos.c.photo_id == photo_id)
    tx.execute(query.values(review=review, reviewed_at=at))


def waiting_words(tx: Connection, exercise_id: str, not_of: str, most: int) -> list[KeptWords]:
    """Words nobody has read yet, of visits that were told of and are not the reader's own, the oldest first."""
    query = (
        select(words)
        .join(visits, visits.c.id == words.c.visit_id)
        .where(
            words.c.exercise_id == exercise_id,
            words.c.state == WordsState.WAITING,
            words.c.volunteer_key != not_of,
            visits.c.announced > 0,
            visits.c.withdrawn_at.is_(None),
        )
        .order_by(words.c.since, words.c.id)
        .limit(most)
    )
    return [_words(row) for row in tx.execute(query)]


def waiting_photos(tx: Connection, exercise_id: str, not_of: str, most: int) -> list[Photo]:
    """Cleaned photos nobody has looked at yet, of visits that are not the reader's own, the oldest first."""
    query = (
        select(photos)
        .join(visits, visits.c.id == photos.c.visit_id)
        .where(
            photos.c.exercise_id == exercise_id,
            photos.c.state == PhotoState.CLEANED,
            photos.c.review == Review.WAITING,
            photos.c.listed,
            photos.c.may_use,
            photos.c.copies_erased_at.is_(None),
            photos.c.volunteer_key != not_of,
            visits.c.announced > 0,
            visits.c.withdrawn_at.is_(None),
        )
        .order_by(photos.c.finished_at, photos.c.photo_id)
        .limit(most)
    )
    return [as_photo(row) for row in tx.execute(query)]


@dataclass(frozen=True, slots=True)
class CareAct:
    """One thing the second person did, and to what."""

    number: int
    exercise_id: str
    thing: str
    visit_id: str
    thing_id: str
    act: str
    person_id: str
    at: str


def record_act(
    tx: Connection, exercise_id: str, thing: str, visit_id: str, thing_id: str, act: str, by: str, at: str
) -> None:
    """Add a line to the record of the second person's work."""
    tx.execute(
        insert(care_acts).values(
            exercise_id=exercise_id, thing=thing, visit_id=visit_id, thing_id=thing_id, act=act, person_id=by, at=at
        )
    )


def last_acts(tx: Connection, exercise_id: str, most: int) -> list[CareAct]:
    """The newest lines of the record, the newest first."""
    query = select(care_acts).where(care_acts.c.exercise_id == exercise_id)
    return [CareAct(*row) for row in tx.execute(query.order_by(care_acts.c.number.desc()).limit(most))]
