"""Takes in what intake tells: visits, their corrections and withdrawals, released words and photos, the plan.

Nothing is counted here. Each function only notes what came, so that a batch of visits to one wave costs one
reading and one writing of its counts; `settling` does that at the end of the batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from services.assessment.store import shown, tallies, telling, visits
from services.assessment.use_cases.instruments_used import of_visit
from shared.access import directory
from shared.access.directory import EXERCISE_PLANNED, ExerciseEntry
from shared.contracts.envelope import Envelope
from shared.runtime import correlation
from shared.storage.database import also_about


def take_visit(tx: Connection, sent: Mapping[str, Any]) -> None:
    """A visit, or a corrected version of one. Repeated, late and overtaken versions change nothing.

    Raises KeyError for an instrument version that was never published.
    """
    of_visit(sent)
    visits.take(tx, sent, sortable(sent["received_at"]), correlation.current())


def withdraw_visit(tx: Connection, sent: Mapping[str, Any]) -> None:
    """The volunteer took a visit back: its answers, words and photos leave, and it never comes in again."""
    wave = (sent["exercise_id"], sent["site_id"], sent["wave"])
    visits.withdraw(tx, sent["visit_id"], wave, correlation.current())
    shown.forget_visit(tx, sent["visit_id"])
    telling.wave_changed(tx, sent["exercise_id"], sent["site_id"], telling.NO_WAVE)


def release_words(tx: Connection, sent: Mapping[str, Any], at: datetime) -> None:
    """Words that may be quoted."""
    if not _is_withdrawn(tx, sent["visit_id"]):
        shown.release_words(tx, sent, as_text(at))
        _said_or_shown(tx, sent)


def hold_words_back(tx: Connection, sent: Mapping[str, Any], at: datetime) -> None:
    """Words that may not, or no longer, be quoted."""
    shown.hold_words_back(tx, sent, as_text(at))
    _said_or_shown(tx, sent)


def release_photo(tx: Connection, sent: Mapping[str, Any], at: datetime) -> None:
    """A photo that may be shown."""
    if not _is_withdrawn(tx, sent["visit_id"]):
        shown.release_photo(tx, sent, as_text(at))
        _said_or_shown(tx, sent)


def hold_photo_back(tx: Connection, sent: Mapping[str, Any], at: datetime) -> None:
    """A photo that may not, or no longer, be shown."""
    shown.hold_photo_back(tx, sent, as_text(at))
    _said_or_shown(tx, sent)


def learn_directory(tx: Connection, envelope: Envelope) -> None:
    """The plan, a person's roles or a revoked key changed. What partners may see of a site may change with it."""
    if envelope.type != EXERCISE_PLANNED:
        directory.apply(tx, envelope)
        return
    exercise_id = envelope.data["exercise_id"]
    before = directory.exercise(tx, exercise_id)
    # Whoever counts or tells of one of its sites at this moment did not know of this change: wait for them.
    also_about(tx, {f"{exercise_id}/{site['id']}" for site in envelope.data["sites"]})
    directory.apply(tx, envelope)
    after = directory.exercise(tx, exercise_id)
    if _told_of(before) != _told_of(after):
        for site_id in tallies.sites_with_tallies(tx, exercise_id):
            telling.wave_changed(tx, exercise_id, site_id, telling.EVERY_WAVE)


def _told_of(exercise: ExerciseEntry | None) -> Any:
    if exercise is None:
        return None
    return exercise.wave_releases, [(site.id, site.zones) for site in exercise.sites]


def _is_withdrawn(tx: Connection, visit_id: str) -> bool:
    return any(row["withdrawn"] for row in visits.states(tx, [visit_id]))


def _said_or_shown(tx: Connection, sent: Mapping[str, Any]) -> None:
    place = (sent["exercise_id"], sent["site_id"])
    telling.wave_changed(tx, *place, telling.NO_WAVE)
    telling.visits_changed(tx, {sent["visit_id"]: place})


def sortable(moment: str) -> str:
    """A moment (RFC 3339) in UTC with microseconds, so that earlier sorts first as text. Raises ValueError."""
    return as_text(datetime.fromisoformat(moment))


def as_text(at: datetime) -> str:
    """A moment as it is stored."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
