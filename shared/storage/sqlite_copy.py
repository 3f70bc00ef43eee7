"""A copy of a SQLite file as it stands at one moment, taken while others read and write it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

BUSY_SECONDS = 60


def copy_database(source: Path, target: Path) -> None:
    """Copy `source` to `target`, which must not be there; durable on return. Nobody waits meanwhile.

    Raises FileNotFoundError, FileExistsError, sqlite3.Error.
    """
    if not source.is_file():
        raise FileNotFoundError(f"There is no database {source}.")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        # All pages in one step: in one transaction of the original, whatever is written to it meanwhile.
        original.backup(copy)
        # One file, with nothing beside it: whoever opens it next chooses how it is written.
        copy.execute("PRAGMA journal_mode=DELETE")
    with target.open("rb") as file:
        os.fsync(file.fileno())
