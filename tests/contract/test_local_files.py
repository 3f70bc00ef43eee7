"""Files on the disk keep the object store's contract."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.storage.blobs.local_files import LocalFiles
from tests.acceptance.product import REPOSITORY
from tests.contract.object_store_contract import ObjectStoreContract


def everything_in(folder: Path) -> list[str]:
    """Every file under a folder, also those that are no objects."""
    return [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]


class TestLocalFiles(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalFiles:
        return LocalFiles(tmp_path)

    def test_nothing_unfinished_is_left_behind(self, store: LocalFiles, tmp_path: Path) -> None:
        store.put("photos/abc", b"bytes", "image/jpeg")
        store.put("photos/abc", b"bytes", "image/jpeg")
        assert everything_in(tmp_path) == ["photos/ab/abc"]

    def test_what_the_disk_has_no_room_for_does_not_keep_it_full(self, store: LocalFiles, tmp_path: Path) -> None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
        try:
            with pytest.raises(OSError):  # noqa: PT011 - its number says which kind of full it is
                store.put("photos/abc", b"x" * 100_000, "image/jpeg")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert everything_in(tmp_path) == []
        assert list(store.keys("")) == []


class TestLocalFilesAside(TestLocalFiles):
    """Where the system knows no file without a name."""

    @pytest.fixture(autouse=True, params=["no such thing", "refused"])
    def _none(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        # 0o20000000 without a folder is what old systems answer with EISDIR.
        nameless = {"no such thing": 0, "refused": os.O_DIRECTORY}
        monkeypatch.setattr("shared.storage.blobs.local_files._NAMELESS", nameless[request.param])


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="Linux only")
def test_a_process_that_is_killed_leaves_nothing_of_what_it_wrote(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from shared.storage.blobs import local_files;"
        "local_files.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL) if os.fstat(handle).st_size > 9999"
        " and os.fstat(handle).st_nlink == 0 else None;"
        "local_files.LocalFiles(Path(sys.argv[1])).put('photos/abc', b'x' * 10_000, 'image/jpeg')"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=REPOSITORY, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert everything_in(tmp_path) == []
