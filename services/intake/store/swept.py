"""Which objects of photos and voice notes a row names, and which were erased because none did."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    literal_column,
    or_,
    select,
)

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
    found.update(_copies(tx, of[COPIES]))
    return found


def _wanted(table: Any) -> Any:
    to_come = and_(table.c.listed, ~was_withdrawn(table.c.visit_id))
    return or_(table.c.safe_at.is_not(None), to_come)


def _by_hash(tx: Connection, prefix: str, keys: Sequence[str], sha256: Column[str], condition: Any) -> Iterable[str]:
    for start in range(0, len(keys), _AT_ONCE):
        some = [key.removeprefix(prefix) for key in keys[start : start + _AT_ONCE]]
        for one in tx.execute(select(sha256).where(sha256.in_(some), condition).distinct()).scalars():
            yield f"{prefix}{one}"


def _copies(tx: Connection, keys: Sequence[str]) -> Iterable[str]:
    """Asked in the very words of migration 0015, or its indexes would not be used."""
    kept = and_(photos.c.copies_erased_at.is_(None), photos.c.display.is_not(None))
    for column in (photos.c.display, photos.c.thumbnail):
        name = f"{photos.name}.{column.name}"
        key = f"json_extract({name}, '$.key')" if tx.dialect.name == "sqlite" else f"({name} ->> 'key')"
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            of_copy: ColumnElement[str] = literal_column(key, Text)
            yield from tx.execute(select(of_copy).where(of_copy.in_(some), kept)).scalars()


def was_swept(tx: Connection, key: str) -> bool:
    """Whether an object under that key was ever erased because no row named it."""
    return _SWEPT.first(tx, {"key": key}) is not None


def keep(tx: Connection, key: str, at: str) -> None:
    """Keep that it was erased."""
    tx.execute(delete(swept).where(swept.c.key == key))
    tx.execute(insert(swept).values(key=key, at=at))
