"""Files on the disk keep the object store's contract."""

from __future__ import annotations

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
