"""Words and photos that a data keeper released: what findings may quote and show. The latest word counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from services.assessment.store.tables import released_photos, released_words


@dataclass(frozen=True, slots=True)
class Words:
    """Something a volunteer said and lets us quote, as the data keeper released it."""

    words_id: str
    visit_id: str
    wave: int
    item: str | None
    zone: str | None
    stage: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A cleaned photo that may be shown, with its W3C annotations. `display` and `thumbnail` name objects."""

    photo_id: str
    visit_id: str
    wave: int
    zone: str
    display: Mapping[str, Any]
    thumbnail: Mapping[str, Any]
    annotations: tuple[Mapping[str, Any], ...]


def release_words(tx: Connection, told: Mapping[str, Any], as_of: str) -> None:
    """Keep released words. `as_of` (sortable text): an older event than the last one changes nothing."""
    names = ("visit_id", "exercise_id", "site_id", "wave", "item", "zone", "stage", "text")
    _keep(tx, released_words, "words_id", told, as_of, {name: told[name] for name in names} | {"held_back": False})


def hold_words_back(tx: Connection, told: Mapping[str, Any], as_of: str) -> None:
    """Show these words no longer, and do not keep them."""
    gone = {"held_back": True, "text": None, "item": None, "zone": None, "stage": None}
    _keep(tx, released_words, "words_id", told, as_of, _place(told) | gone)


def release_photo(tx: Connection, told: Mapping[str, Any], as_of: str) -> None:
    """Keep where a released photo lies. An older event than the last one changes nothing."""
    names = ("visit_id", "exercise_id", "site_id", "wave", "zone", "display", "thumbnail", "annotations")
    _keep(tx, released_photos, "photo_id", told, as_of, {name: told[name] for name in names} | {"held_back": False})


def hold_photo_back(tx: Connection, told: Mapping[str, Any], as_of: str) -> None:
    """Show this photo no longer."""
    gone = {"held_back": True, "display": None, "thumbnail": None, "annotations": None}
    _keep(tx, released_photos, "photo_id", told, as_of, _place(told) | gone)


def forget_visit(tx: Connection, visit_id: str) -> None:
    """A withdrawn visit's words and photos go with it."""
    for table in (released_words, released_photos):
        tx.execute(delete(table).where(table.c.visit_id == visit_id))


def words_of_site(tx: Connection, exercise_id: str, site_id: str) -> list[Words]:
    """Everything that may be quoted of a site, ordered by what was said so that it tells nothing of who or when."""
    rows = tx.execute(_shown(released_words, exercise_id, site_id))
    found = [Words(row.words_id, row.visit_id, row.wave, row.item, row.zone, row.stage, row.text) for row in rows]
    return sorted(found, key=lambda words: (words.text.casefold(), words.words_id))


def photos_of_site(tx: Connection, exercise_id: str, site_id: str) -> list[Photo]:
    """Every photo of a site that may be shown, by id, which is random."""
    rows = tx.execute(_shown(released_photos, exercise_id, site_id).order_by(released_photos.c.photo_id))
    return [_photo(row) for row in rows]


def photo(tx: Connection, exercise_id: str, site_id: str, photo_id: str) -> Photo | None:
    """One of them."""
    query = _shown(released_photos, exercise_id, site_id).where(released_photos.c.photo_id == photo_id)
    row = tx.execute(query).first()
    return None if row is None else _photo(row)


def _photo(row: Any) -> Photo:
    return Photo(
        row.photo_id, row.visit_id, row.wave, row.zone, row.display, row.thumbnail, tuple(row.annotations or ())
    )


def _shown(table: Table, exercise_id: str, site_id: str) -> Any:
    return select(table).where(
        table.c.exercise_id == exercise_id, table.c.site_id == site_id, table.c.held_back.is_(False)
    )


def _place(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("visit_id", "exercise_id", "site_id")}


def _keep(
    tx: Connection, table: Table, key: str, told: Mapping[str, Any], as_of: str, values: Mapping[str, Any]
) -> None:
    here = table.c[key] == told[key]
    last = tx.execute(select(table.c.as_of).where(here)).scalar()
    if last is None:
        tx.execute(insert(table).values({key: told[key], "as_of": as_of, **values}))
    elif as_of >= last:
        tx.execute(update(table).where(here).values(as_of=as_of, **values))
