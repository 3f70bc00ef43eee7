"""Small files that must outlive a power cut: their words and their names are on the disk before anybody needs them."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_once(path: Path, words: str, *, mode: int = 0o600) -> None:
    """Give `path` these words unless it is there already; of many processes that do so together, one is heeded and none
    reads half of it. Raises OSError."""
    aside = _aside(path, words, mode)
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
    flush_folder(path.parent)


def write_over(path: Path, words: str, *, mode: int = 0o644) -> None:
    """Give `path` these words, whatever it said before. Raises OSError."""
    _aside(path, words, mode).replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _aside(path: Path, words: str, mode: int) -> Path:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())
    return aside
