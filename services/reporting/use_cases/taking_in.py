"""Takes in what assessment and the directory tell: each event once, in whatever order, and asks for documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.reporting.domain.pack import ALONE
from services.reporting.store import documents, findings, open_documents
from services.reporting.store.tables import as_text
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.stages import Stage, at_least
from shared.contracts.envelope import Envelope
from shared.storage.database import also_about

_MADE_AT = frozenset({Stage.MANAGER_REVIEW, Stage.SHARED, Stage.CLOSED})


def take_directory(tx: Connection, envelope: Envelope, request_id: str) -> None:
    """Take in who is what and how far an exercise is; a stage that shares something asks for its documents."""
    exercise_id = str(envelope.data.get("exercise_id", ""))
    # Whoever takes in findings of one of its sites at this moment did not know of this change: wait for them.
    also_about(tx, {f"{exercise_id}/{site['id']}" for site in envelope.data.get("sites", ())})
    before = directory.exercise(tx, exercise_id) if exercise_id else None
    directory.apply(tx, envelope)
    after = directory.exercise(tx, exercise_id) if exercise_id else None
    if after is None or not _released(before, after):
        return
    reached = before is None or before.stage != after.stage
    reason = f"The exercise reached {after.stage}." if reached else "A later round was released."
    documents.ask(tx, request_id, exercise_id, envelope.time, reason)
    open_documents.shut_at_release(tx, exercise_id, after.version)


def _released(before: ExerciseEntry | None, after: ExerciseEntry) -> bool:
    """Whether others may read more, or less, than before: documents are due, and older ones are not for them.

    A log may have kept the latest alone of several stages.
    """
    if not at_least(after.stage, Stage.MANAGER_REVIEW):
        return False
    if before is None or before.wave_releases != after.wave_releases:
        return True
    low, high = sorted((before.stage.place, after.stage.place))
    passed = any(low < stage.place <= high for stage in _MADE_AT)
    return passed or (before.stage != after.stage and after.stage in _MADE_AT)


def take_wave(tx: Connection, told: Mapping[str, Any], request_id: str, at: datetime) -> None:
    """Take in what a wave comes to; only a later revision counts."""
    changed = findings.take_wave(
        tx, told["exercise_id"], told["site_id"], told["wave"], told["revision"], told["for_partner"]
    )
    exercise = directory.exercise(tx, told["exercise_id"])
    if changed and exercise is not None and exercise.open_to_partner(told["wave"]):
        _ask_again(tx, exercise, request_id, at)


def take_findings(tx: Connection, told: Mapping[str, Any], request_id: str, at: datetime) -> None:
    """Take in the findings of one site; only a later revision counts."""
    exercise_id, site_id, revision = told["exercise_id"], told["site_id"], told["revision"]
    if revision <= findings.revision_of_site(tx, exercise_id, site_id):
        return
    changed = findings.replace_findings(
        tx,
        exercise_id,
        site_id,
        revision,
        told["findings"],
        told["for_partner"],
        told["comparison"],
        told["comparison_for_partner"],
    )
    exercise = directory.exercise(tx, exercise_id)
    if changed and exercise is not None:
        _ask_again(tx, exercise, request_id, at)


def take_story(tx: Connection, told: Mapping[str, Any], at: datetime) -> None:
    """Take in what became of one visit; what was told later counts, and a withdrawal for ever."""
    findings.take_story(tx, told, as_text(at))


def _ask_again(tx: Connection, exercise: ExerciseEntry, request_id: str, at: datetime) -> None:
    """Documents that were shared follow what a partner may see; before that nobody but the host reads them.

    What they say is open to nobody else any more: it may have been taken back.
    """
    if not at_least(exercise.stage, Stage.MANAGER_REVIEW):
        return
    asked = documents.ask(tx, request_id, exercise.id, at, "Something new was found.")
    if documents.is_waiting(tx, asked):  # what a replay tells again was answered long ago
        for kind in ALONE:
            open_documents.shut(tx, exercise.id, kind)
