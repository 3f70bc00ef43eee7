"""What we have of each photo, where its copies lie, and what was erased when. The bytes are in the object store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, and_, bindparam, exists, func, insert, or_, select, update

from services.intake.domain.photo import ListedPhoto, PhotoState, Review
from services.intake.store.visit_tables import drafts, erasures, photos, visits
from shared.storage.prepared import Prepared

# An original that went because its visit was taken back needs no copy.
_TO_CLEAN = and_(photos.c.state == PhotoState.SAFE, photos.c.original_erased_at.is_(None))

# Said so that it is found by its index, and every visit that was taken back has a moment.
WITHDRAWN = select(visits.c.id).where(visits.c.withdrawn_at > "")

_THIS = (photos.c.visit_id == bindparam("visit"), photos.c.photo_id == bindparam("photo"))
_ADD = Prepared(
    insert(photos),
    *("visit_id", "photo_id", "volunteer_key", "exercise_id", "listed", "may_use", "sha256", "media_type"),
    *("size", "zone", "state", "code", "why", "review"),
)
_PHOTO = Prepared(select(photos).where(*_THIS))
_OF_VISIT = Prepared(select(photos).where(photos.c.visit_id == bindparam("visit")))
_LISTED = Prepared(select(photos.c.state).where(photos.c.visit_id == bindparam("visit"), photos.c.listed))
_SAFE = Prepared(
    update(photos)
    .where(*_THIS, photos.c.state == PhotoState.MISSING)
    .values(state=PhotoState.SAFE, why=None, safe_at=bindparam("at"))
)
_ERASED = Prepared(
    select(photos.c.photo_id).where(photos.c.sha256 == bindparam("sha256"), photos.c.original_erased_at.is_not(None))
)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it stands. `display` and `thumbnail` hold key, sha256, media_type, width and height."""

    visit_id: str
    photo_id: str
    volunteer_key: str
    exercise_id: str
    listed: bool
    may_use: bool
    sha256: str
    media_type: str
    size: int
    zone: str
    state: str
    code: str | None
    why: str | None
    display: dict[str, Any] | None
    thumbnail: dict[str, Any] | None
    safe_at: str | None
    finished_at: str | None
    original_erased_at: str | None
    review: str
    reviewed_at: str | None
    copies_erased_at: str | None


def original_key(sha256: str) -> str:
    """Where the bytes as they came lie, out of reach of any page."""
    return f"originals/{sha256}"


def as_photo(row: Any) -> Photo:
    """A row of the table of photos."""
    return Photo(*row)


def photo(tx: Connection, visit_id: str, photo_id: str) -> Photo | None:
    """The photo of that id in that visit or draft, or None."""
    row = _PHOTO.first(tx, {"visit": visit_id, "photo": photo_id})
    return None if row is None else as_photo(row)


def photos_of(tx: Connection, visit_id: str) -> list[Photo]:
    """Every photo that this visit or draft has or had."""
    return [as_photo(row) for row in _OF_VISIT.rows(tx, {"visit": visit_id})]


def listed_states(tx: Connection, visit_id: str) -> list[str]:
    """The states of the photos that the visit names now."""
    return [row.state for row in _LISTED.rows(tx, {"visit": visit_id})]


def list_photos(
    tx: Connection,
    visit_id: str,
    volunteer_key: str,
    exercise_id: str,
    listed: Iterable[ListedPhoto],
    refused: Mapping[str, tuple[str, str]],
    *,
    may_use: bool,
) -> None:
    """Make `listed` the photos that the visit names; those it named before and names no more are unlisted.

    `refused` gives code and why for photos that can never come; `may_use` is the volunteer's consent.
    """
    wanted = {one.photo_id: one for one in listed}
    known = {one.photo_id: one for one in photos_of(tx, visit_id)}
    of_visit = photos.c.visit_id == visit_id
    for photo_id, was in known.items():
        now = wanted.get(photo_id)
        values = {"listed": now is not None, "may_use": may_use, "zone": now.zone if now else was.zone}
        if values != {"listed": was.listed, "may_use": was.may_use, "zone": was.zone}:
            tx.execute(update(photos).where(of_visit, photos.c.photo_id == photo_id).values(values))
    fresh = []
    for one in wanted.values():
        if one.photo_id not in known:
            code, why = refused.get(one.photo_id, (None, None))
            fresh.append(
                {
                    "visit_id": visit_id,
                    "photo_id": one.photo_id,
                    "volunteer_key": volunteer_key,
                    "exercise_id": exercise_id,
                    "listed": True,
                    "may_use": may_use,
                    "sha256": one.sha256,
                    "media_type": one.media_type,
                    "size": one.size,
                    "zone": one.zone,
                    "state": PhotoState.REFUSED if code else PhotoState.MISSING,
                    "code": code,
                    "why": why,
                    "review": Review.WAITING,
                }
            )
    _ADD.run_all(tx, fresh)


def add_to_draft(
    tx: Connection, visit_id: str, volunteer_key: str, exercise_id: str, one: ListedPhoto, at: str
) -> None:
    """Keep that a photo of a draft is safe with us; no visit names it yet."""
    values = {
        "visit_id": visit_id,
        "photo_id": one.photo_id,
        "volunteer_key": volunteer_key,
        "exercise_id": exercise_id,
        "listed": False,
        "may_use": False,
        "sha256": one.sha256,
        "media_type": one.media_type,
        "size": one.size,
        "zone": one.zone,
        "state": PhotoState.SAFE,
        "safe_at": at,
        "review": Review.WAITING,
    }
    tx.execute(insert(photos).values(values))


def mark_safe(tx: Connection, visit_id: str, photo_id: str, at: str) -> bool:
    """The bytes are durable with the right hash. Returns False when somebody else said so first."""
    return _SAFE.run(tx, {"visit": visit_id, "photo": photo_id, "at": at}) > 0


def mark_refused(tx: Connection, visit_id: str, photo_id: str, code: str, why: str, at: str) -> None:
    """These bytes can never be shown."""
    query = update(photos).where(
        photos.c.visit_id == visit_id,
        photos.c.photo_id == photo_id,
        photos.c.state.in_([PhotoState.MISSING, PhotoState.SAFE]),
    )
    tx.execute(query.values(state=PhotoState.REFUSED, code=code, why=why, finished_at=at))


def mark_lost(tx: Connection, visit_id: str, photo_id: str, why: str) -> None:
    """The original is not where it should be: ask for it again."""
    query = update(photos).where(photos.c.visit_id == visit_id, photos.c.photo_id == photo_id)
    tx.execute(query.values(state=PhotoState.MISSING, why=why, safe_at=None))


def mark_cleaned(
    tx: Connection, visit_id: str, photo_id: str, display: dict[str, Any], thumbnail: dict[str, Any], at: str
) -> None:
    """The cleaned copies lie in the store and were read back from it."""
    query = update(photos).where(
        photos.c.visit_id == visit_id, photos.c.photo_id == photo_id, photos.c.state == PhotoState.SAFE
    )
    tx.execute(query.values(state=PhotoState.CLEANED, display=display, thumbnail=thumbnail, finished_at=at))


def to_clean(tx: Connection, most: int) -> list[Photo]:
    """The photos that have waited longest to be cleaned."""
    query = select(photos).where(_TO_CLEAN).order_by(photos.c.safe_at).limit(most)
    return [as_photo(row) for row in tx.execute(query)]


def waiting_to_be_cleaned(tx: Connection, *, until: str | None = None) -> int:
    """How many photos wait to be cleaned; `until`: that were safe at that moment."""
    query = select(func.count()).where(_TO_CLEAN)
    return int(tx.execute(query if until is None else query.where(photos.c.safe_at <= until)).scalar_one())


def newest_to_clean(tx: Connection) -> str:
    """When the newest photo that waits to be cleaned was safe; empty when none waits."""
    return str(tx.execute(select(func.max(photos.c.safe_at)).where(_TO_CLEAN)).scalar() or "")


def waits_to_be_cleaned(tx: Connection, one: Photo) -> bool:
    """Whether this photo still waits to be cleaned."""
    return tx.execute(select(photos.c.photo_id).where(_TO_CLEAN, *_is(one))).first() is not None


def was_withdrawn(visit_id: Column[str]) -> Any:
    """Whether the visit of a row was taken back, asked by its id."""
    return exists().where(visits.c.id == visit_id, visits.c.withdrawn_at.is_not(None))


def _is(one: Photo | None) -> tuple[Any, ...]:
    return () if one is None else (photos.c.visit_id == one.visit_id, photos.c.photo_id == one.photo_id)


def originals_due(tx: Connection, finished_before: str, most: int, *, of: Photo | None = None) -> list[Photo]:
    """Photos whose original has done its work: finished before then, or of a visit that was taken back.

    `of` asks about one photo only.
    """
    kept = (photos.c.safe_at.is_not(None), photos.c.original_erased_at.is_(None), *_is(of))
    return _some_of(tx, most, kept, [photos.c.visit_id.in_(WITHDRAWN), photos.c.finished_at <= finished_before])


def _some_of(tx: Connection, most: int, all_of: Sequence[Any], any_of: Sequence[Any]) -> list[Photo]:
    """A question for each of `any_of`: one with OR between them would go through all photos there are."""
    found: dict[tuple[str, str], Photo] = {}
    for condition in any_of:
        if len(found) < most:
            for row in tx.execute(select(photos).where(condition, *all_of).limit(most)):
                found[row.visit_id, row.photo_id] = as_photo(row)
    return list(found.values())[:most]


def original_needed_elsewhere(tx: Connection, one: Photo, finished_before: str) -> bool:
    """Whether another photo with the very same bytes still needs them."""
    query = select(photos.c.photo_id).where(
        photos.c.sha256 == one.sha256,
        or_(photos.c.photo_id != one.photo_id, photos.c.visit_id != one.visit_id),
        photos.c.original_erased_at.is_(None),
        photos.c.safe_at.is_not(None),
        ~was_withdrawn(photos.c.visit_id),
        or_(photos.c.finished_at.is_(None), photos.c.finished_at > finished_before),
    )
    return tx.execute(query).first() is not None


def was_erased(tx: Connection, sha256: str) -> bool:
    """Whether an original with these bytes was ever erased."""
    return _ERASED.first(tx, {"sha256": sha256}) is not None


def copies_were_erased(tx: Connection, sha256: str) -> bool:
    """Whether the copies of an original with these bytes were ever erased."""
    query = select(photos.c.photo_id).where(photos.c.sha256 == sha256, photos.c.copies_erased_at.is_not(None))
    return tx.execute(query).first() is not None


def mark_original_erased(tx: Connection, one: Photo, why: str, at: str) -> None:
    """The bytes as they came are gone; that they went is kept."""
    query = update(photos).where(photos.c.visit_id == one.visit_id, photos.c.photo_id == one.photo_id)
    tx.execute(query.values(original_erased_at=at))
    _record_erasure(tx, one, "original", why, at)


def copies_due(
    tx: Connection, held_back_before: str, unlisted_before: str, most: int, *, of: Photo | None = None
) -> list[Photo]:
    """Photos whose cleaned copies must go: quarantined long enough, of a visit taken back, or left out of it.

    `of` asks about one photo only.
    """
    kept = (photos.c.display.is_not(None), photos.c.copies_erased_at.is_(None), *_is(of))
    in_a_draft = exists().where(drafts.c.visit_id == photos.c.visit_id)
    return _some_of(
        tx,
        most,
        kept,
        [
            photos.c.visit_id.in_(WITHDRAWN),
            (photos.c.review == Review.HELD_BACK) & (photos.c.reviewed_at <= held_back_before),
            ~photos.c.listed & (photos.c.finished_at <= unlisted_before) & ~in_a_draft,
        ],
    )


def copy_needed_elsewhere(tx: Connection, one: Photo) -> bool:
    """Whether another photo with the very same bytes still shows these copies."""
    query = select(photos.c.photo_id).where(
        photos.c.sha256 == one.sha256,
        or_(photos.c.photo_id != one.photo_id, photos.c.visit_id != one.visit_id),
        photos.c.display.is_not(None),
        photos.c.copies_erased_at.is_(None),
        photos.c.review != Review.HELD_BACK,
        ~was_withdrawn(photos.c.visit_id),
    )
    return tx.execute(query).first() is not None


def mark_copies_erased(tx: Connection, one: Photo, why: str, at: str) -> None:
    """The cleaned copies are gone; that they went is kept."""
    query = update(photos).where(photos.c.visit_id == one.visit_id, photos.c.photo_id == one.photo_id)
    tx.execute(query.values(copies_erased_at=at))
    _record_erasure(tx, one, "copies", why, at)


def _record_erasure(tx: Connection, one: Photo, what: str, why: str, at: str) -> None:
    row = {"visit_id": one.visit_id, "photo_id": one.photo_id, "sha256": one.sha256, "what": what, "why": why}
    tx.execute(insert(erasures).values(**row, at=at))


def stored_objects(tx: Connection) -> Iterator[tuple[str, str]]:
    """(key, sha256) of every object of a photo that must be in the store."""
    seen: set[str] = set()
    for row in tx.execute(select(photos)):
        one = as_photo(row)
        found = []
        if one.safe_at and not one.original_erased_at:
            found.append((original_key(one.sha256), one.sha256))
        if one.copies_erased_at is None:
            found += [(copy["key"], copy["sha256"]) for copy in (one.display, one.thumbnail) if copy]
        for key, sha256 in found:
            if key not in seen:
                seen.add(key)
                yield key, sha256
