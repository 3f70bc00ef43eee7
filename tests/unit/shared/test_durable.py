"""What must outlive a power cut is flushed before it has its name, and its name before anybody is told."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.runtime.durable import write_once, write_over


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was flushed, by the name it had at that moment."""
    seen: list[str] = []
    really = os.fsync

    def note(handle: int) -> None:
        seen.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)
        really(handle)

    monkeypatch.setattr(os, "fsync", note)
    return seen


def test_the_words_are_flushed_aside_and_then_the_name(tmp_path: Path, flushed: list[str]) -> None:
    write_once(tmp_path / "key", "first")
    words, name = flushed
    assert words.startswith(".key.")
    assert name == tmp_path.name
    assert oct((tmp_path / "key").stat().st_mode)[-3:] == "600"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_what_is_there_stays_or_is_written_over_as_was_asked(tmp_path: Path, flushed: list[str]) -> None:
    write_once(tmp_path / "key", "first")
    write_once(tmp_path / "key", "second")
    assert (tmp_path / "key").read_text() == "first"
    write_over(tmp_path / "key", "third")
    assert (tmp_path / "key").read_text() == "third"
    assert flushed[-1] == tmp_path.name
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("write", [write_once, write_over])
def test_a_disk_without_room_is_left_with_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, str], None]
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "signing.key", "a secret")
    assert list(tmp_path.iterdir()) == []
