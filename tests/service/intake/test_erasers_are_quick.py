"""What looks for something to be erased or cleaned, many times a minute in every worker, reads no table whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from services.intake.store import photos, swept, voice_notes
from services.intake.store.voice_notes import Before
from tests.service.intake.visiting import OCTOBER, Intake

NOW = OCTOBER.isoformat()
BEFORE = Before(NOW, NOW, NOW)
A_PHOTO = photos.Photo(
    *(
        "visit",
        "photo",
        "key",
        "exercise",
        True,
        True,
        "0" * 64,
        "image/jpeg",
        1,
        "RE",
        "cleaned",
        None,
        None,
        None,
        None,
    ),
    *(NOW, NOW, None, "waiting", None, None),
)
A_VOICE = voice_notes.VoiceNote(
    *("visit", "voice", "key", "exercise", True, True, True, "0" * 64, "audio/webm", 1, 1, None, None, None, "safe"),
    *(None, None, NOW, "waiting", None, None, None, None),
)
QUESTIONS: dict[str, Callable[[Connection], Any]] = {
    "originals": lambda tx: photos.originals_due(tx, NOW, 50),
    "one original": lambda tx: photos.originals_due(tx, NOW, 1, of=A_PHOTO),
    "original needed": lambda tx: photos.original_needed_elsewhere(tx, A_PHOTO, NOW),
    "copies": lambda tx: photos.copies_due(tx, NOW, NOW, 50),
    "copies of one": lambda tx: photos.copies_due(tx, NOW, NOW, 1, of=A_PHOTO),
    "copies needed": lambda tx: photos.copy_needed_elsewhere(tx, A_PHOTO),
    "to clean": lambda tx: photos.to_clean(tx, 50),
    "waiting to be cleaned": photos.waiting_to_be_cleaned,
    "newest to clean": photos.newest_to_clean,
    "recordings": lambda tx: voice_notes.due(tx, BEFORE, 50),
    "one recording": lambda tx: voice_notes.due(tx, BEFORE, 1, of=A_VOICE),
    "recording needed": lambda tx: voice_notes.needed_elsewhere(tx, A_VOICE, BEFORE),
    "named in rows": lambda tx: swept.named(tx, [f"originals/{'0' * 64}", f"voices/{'0' * 64}"]),
}


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_whole_table_is_gone_through(intake: Intake, question: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    with intake.service.database.reading() as tx:
        event.listen(tx.engine, "before_cursor_execute", note)
        QUESTIONS[question](tx)
        event.remove(tx.engine, "before_cursor_execute", note)
        plans = {
            (statement, step[3])
            for statement, parameters in asked
            for step in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        }
    assert any(step.startswith("SEARCH") for _, step in plans)
    assert [(statement, step) for statement, step in plans if step.startswith("SCAN")] == []
