"""The walk through an object store: all of it, a little at a time, from anywhere, and only what is old enough."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.storage.blobs.local_files import LocalFiles
from shared.storage.sweeping import EVERY, FEW, ROW_COMES_WITHIN, Walk, sweep

NOW = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path)


def lay(store: LocalFiles, key: str, age: timedelta) -> str:
    store.put(key, key.encode(), "text/plain")
    at = (NOW - age).timestamp()
    os.utime(store._path(key), (at, at))
    return key


def test_it_comes_by_everything_of_its_prefixes_whatever_it_begins_with(store: LocalFiles) -> None:
    old = ROW_COMES_WITHIN + timedelta(minutes=1)
    mine = {lay(store, f"{prefix}/{number:x}0", old) for prefix in ("voices", "originals") for number in range(16)}
    lay(store, "photos/aa", old)
    for _ in range(20):
        walk = Walk(store, ["voices/", "originals/"])
        found: list[str] = []
        for turn in range(4):
            found += walk.old(NOW + turn * EVERY, 8)
        assert set(found) == mine
        assert len(found) == len(mine)
        assert set(walk.old(NOW + 4 * EVERY, 100)) == mine


def test_what_is_young_may_have_its_row_still_to_come(store: LocalFiles) -> None:
    lay(store, "voices/aa", ROW_COMES_WITHIN - timedelta(minutes=1))
    old = lay(store, "voices/bb", ROW_COMES_WITHIN + timedelta(minutes=1))
    assert Walk(store, ["voices/"]).old(NOW) == [old]


def test_it_walks_once_an_hour_unless_it_is_told_to_go_on(store: LocalFiles) -> None:
    old = lay(store, "voices/aa", 2 * ROW_COMES_WITHIN)
    walk = Walk(store, ["voices/"])
    assert walk.old(NOW) == [old]
    assert walk.old(NOW + EVERY / 2) == []
    walk.go_on()
    assert walk.old(NOW + EVERY / 2) == [old]
    assert walk.old(NOW + 2 * EVERY) == [old]


def test_an_empty_store_is_walked_through(store: LocalFiles) -> None:
    assert Walk(store, ["voices/", "originals/"]).old(NOW) == []


def swept(store: LocalFiles, named: Sequence[str]) -> set[str]:
    """What a sweep of a store erases of which the database names these."""
    gone: list[str] = []
    count = sweep(Walk(store, ["voices/"]), NOW, lambda _: named, lambda key: gone.append(key) is None)
    assert count == len(gone)
    return set(gone)


def test_what_no_row_names_goes_and_nothing_else(store: LocalFiles) -> None:
    mine, nobodys = (lay(store, f"voices/{name}", 2 * ROW_COMES_WITHIN) for name in ("aa", "bb"))
    lay(store, "voices/cc", ROW_COMES_WITHIN / 2)
    assert swept(store, [mine]) == {nobodys}


def test_a_store_of_which_nothing_is_known_is_another_ones(store: LocalFiles) -> None:
    few = {lay(store, f"voices/{number:02}", 2 * ROW_COMES_WITHIN) for number in range(FEW)}
    assert swept(store, []) == few
    one_more = lay(store, "voices/zz", 2 * ROW_COMES_WITHIN)
    assert swept(store, []) == set()
    assert swept(store, [one_more]) == few
