"""Counts are read by every process, whatever room the disk has; where it has none, none is lost and nobody ends."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict

from shared.runtime import reserved
from shared.runtime.reserved import START_BYTES, ReservedFile

MANY = 3000


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process may be as long as the shortest file of counts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (START_BYTES // 2, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def told(file: Path) -> dict[str, float]:
    """What another process reads."""
    found = MmapedDict.read_all_values_from_file(str(file))  # type: ignore[no-untyped-call]
    return {key: value for key, value, _, _ in found}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "histogram_1.db"


def test_what_is_counted_is_read_by_others_however_much_it_is(file: Path) -> None:
    counts = ReservedFile(str(file))
    for number in range(MANY):
        counts.write_value(f"path {number}", float(number), 0.0)
        counts.write_value("path 0", float(number), 0.0)
    assert file.stat().st_size > START_BYTES
    assert told(file) == {f"path {number}": float(number) for number in range(MANY)} | {"path 0": MANY - 1.0}
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    counts.close()


def test_a_process_that_has_the_number_of_an_earlier_one_goes_on_counting(file: Path) -> None:
    ReservedFile(str(file)).write_value("path", 3.0, 0.0)
    counts = ReservedFile(str(file))
    assert counts.read_value("path")[0] == 3.0  # type: ignore[no-untyped-call]
    counts.write_value("path", 4.0, 0.0)
    assert told(file) == {"path": 4.0}


def test_without_room_it_counts_in_memory_and_tells_of_all_when_there_is_room_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reserved, "LOOK_AGAIN_SECONDS", 0.0)
    with no_room():
        counts = ReservedFile(str(file))
        counts.write_value("path", 3.0, 0.0)
        assert list(file.parent.iterdir()) == []
        assert counts.read_value("path")[0] == 3.0  # type: ignore[no-untyped-call]
    counts.write_value("other", 1.0, 0.0)
    assert told(file) == {"path": 3.0, "other": 1.0}


def test_without_room_to_grow_others_read_what_was_there_before(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserved, "LOOK_AGAIN_SECONDS", 0.0)
    counts = ReservedFile(str(file))
    counts.write_value("early", 1.0, 0.0)
    with no_room():
        for number in range(MANY):
            counts.write_value(f"path {number}", 1.0, 0.0)
        assert told(file)["early"] == 1.0
        assert len(told(file)) < MANY
    counts.write_value("early", 2.0, 0.0)
    assert len(told(file)) == MANY + 1
    assert told(file)["early"] == 2.0
