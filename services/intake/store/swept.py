"""Which objects of photos and voice notes a row names, and which were erased because none did."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Text, and_, bindparam, cast, delete, insert, or_, select

from services.intake.store.photos import was_withdrawn
from services.intake.store.visit_tables import photos, swept, voice_notes
from shared.storage.prepared import Prepared

ORIGINALS, COPIES, VOICES = "originals/", "photos/", "voices/"
_AT_ONCE = 400
_SWEPT = Prepared(select(swept.c.key).where(swept.c.key == bindparam("key")))


def named(tx: Connection, keys: Collection[str]) -> set[str]:
    """Those of these keys that a row names: as bytes that are with us, or that are still to come for a visit."""
    found: set[str] = set()
    of = {prefix: [key for key in keys if key.startswith(prefix)] for prefix in (ORIGINALS, COPIES, VOICES)}
    original = photos.c.original_erased_at.is_(None) & _wanted(photos)
    found.update(_by_hash(tx, ORIGINALS, of[ORIGINALS], photos.c.sha256, original))
    recording = voice_notes.c.erased_at.is_(None) & _wanted(voice_notes)
    found.update(_by_hash(tx, VOICES, of[VOICES], voice_notes.c.sha256, recording))
    found.update(_copies(tx, set(of[COPIES])))
    return found


def _wanted(table: Any) -> Any:
    to_come = and_(table.c.listed, ~was_withdrawn(table.c.visit_id))
    return or_(table.c.safe_at.is_not(None), to_come)


def _by_hash(tx: Connection, prefix: str, keys: Sequence[str], sha256: Column[str], condition: Any) -> Iterable[str]:
    for start in range(0, len(keys), _AT_ONCE):
        some = [key.removeprefix(prefix) for key in keys[start : start + _AT_ONCE]]
        for one in tx.execute(select(sha256).where(sha256.in_(some), condition).distinct()).scalars():
            yield f"{prefix}{one}"


def _copies(tx: Connection, keys: set[str]) -> Iterable[str]:
    """No index leads from a copy to its photo: one look through all of them for many keys, and by a word for one."""
    if not keys:
        return
    query = select(photos.c.display, photos.c.thumbnail).where(
        photos.c.display.is_not(None), photos.c.copies_erased_at.is_(None)
    )
    if len(keys) == 1:
        (sha256,) = (key.removeprefix(COPIES) for key in keys)
        shown = (
            cast(column, Text).contains(sha256, autoescape=True) for column in (photos.c.display, photos.c.thumbnail)
        )
        query = query.where(or_(*shown))
    for row in tx.execute(query):
        for copy in row:
            if copy is not None and copy["key"] in keys:
                yield copy["key"]


def was_swept(tx: Connection, key: str) -> bool:
    """Whether an object under that key was ever erased because no row named it."""
    return _SWEPT.first(tx, {"key": key}) is not None


def keep(tx: Connection, key: str, at: str) -> None:
    """Keep that it was erased."""
    tx.execute(delete(swept).where(swept.c.key == key))
    tx.execute(insert(swept).values(key=key, at=at))
