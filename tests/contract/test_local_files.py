"""Files on the disk keep the object store's contract."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from shared.storage.blobs.local_files import LocalFiles
from tests.contract.object_store_contract import ObjectStoreContract


class TestLocalFiles(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalFiles:
        return LocalFiles(tmp_path)

    def test_nothing_unfinished_is_left_behind(self, store: LocalFiles, tmp_path: Path) -> None:
        store.put("photos/abc", b"bytes", "image/jpeg")
        assert list((tmp_path / "unfinished").iterdir()) == []

    def test_what_the_disk_has_no_room_for_does_not_keep_it_full(self, store: LocalFiles, tmp_path: Path) -> None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
        try:
            with pytest.raises(OSError):  # noqa: PT011 - its number says which kind of full it is
                store.put("photos/abc", b"x" * 100_000, "image/jpeg")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert list((tmp_path / "unfinished").iterdir()) == []
        assert list(store.keys("")) == []
