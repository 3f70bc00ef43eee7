"""Small files that must outlive a power cut: their words and their names are on the disk before anybody needs them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_once(path: Path, words: str, *, mode: int = 0o600) -> None:
    """Give `path` these words unless it is there already; of many processes that do so together, one is heeded and none
    reads half of it. Raises OSError."""
    with _aside(path, words, mode) as aside, suppress(FileExistsError):
        os.link(aside, path)
    flush_folder(path.parent)


def write_over(path: Path, words: str, *, mode: int = 0o644) -> None:
    """Give `path` these words, whatever it said before. Raises OSError."""
    with _aside(path, words, mode) as aside:
        aside.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _aside(path: Path, words: str, mode: int) -> Iterator[Path]:
    """A file beside `path` with these words on the disk. Nothing of it is left after the block, nor by a disk that had
    no room for it: it may hold a secret."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(words)
            file.flush()
            os.fsync(file.fileno())
        yield aside
    finally:
        aside.unlink(missing_ok=True)
