"""Files on the disk keep the object store's contract."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from shared.storage.blobs.local_files import TRIES, LocalFiles
from shared.storage.blobs.port import StoreAway
from tests.acceptance.product import REPOSITORY
from tests.contract.object_store_contract import ObjectStoreContract


def everything_in(folder: Path) -> list[str]:
    """Every file under a folder, also those that are no objects."""
    return [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]


class CrossedPath(type(Path())):  # type: ignore[misc]
    """A file that somebody else has just written when we look, and that is erased before we read, so many times."""

    times = 0

    def exists(self) -> bool:
        """Whether it is there."""
        if self.times:
            self.parent.mkdir(parents=True, exist_ok=True)
            self.write_bytes(b"bytes")
        return bool(super().exists())

    def read_bytes(self) -> bytes:
        """What is in it."""
        if self.times:
            self.times -= 1
            self.unlink()
        return bytes(super().read_bytes())


class Crossed(LocalFiles):
    """Files of ours that others write and erase while we are at one of them."""

    def __init__(self, folder: Path, times: int) -> None:
        super().__init__(folder)
        self.times = times

    def _path(self, key: str) -> Path:
        path = CrossedPath(super()._path(key))
        path.times = self.times
        return path


class TestLocalFiles(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalFiles:
        return LocalFiles(tmp_path)

    def test_nothing_unfinished_is_left_behind(self, store: LocalFiles, tmp_path: Path) -> None:
        store.put("photos/abc", b"bytes", "image/jpeg")
        store.put("photos/abc", b"bytes", "image/jpeg")
        assert everything_in(tmp_path) == ["photos/ab/abc"]

    @pytest.mark.parametrize("times", [1, TRIES])
    def test_what_is_erased_while_it_is_looked_at_is_written_again(self, tmp_path: Path, times: int) -> None:
        store = Crossed(tmp_path, times)
        if times == TRIES:
            with pytest.raises(StoreAway):
                store.put("photos/abc", b"bytes", "image/jpeg")
            assert everything_in(tmp_path) == []
        else:
            store.put("photos/abc", b"bytes", "image/jpeg")
            assert LocalFiles(tmp_path).get("photos/abc") == b"bytes"

    def test_keys_come_in_order_whatever_folders_they_lie_in(self, store: LocalFiles) -> None:
        keys = ["a/ab1", "a/ab/cd", "a/ab/ce/f", "a/abz", "a/b", "a/b-c", "ab", "b/ab", "documents/e1/pack/1/x.html"]
        for key in keys:
            store.put(key, key.encode(), "text/plain")
        assert list(store.keys("")) == sorted(keys)
        for after in [*keys, "a/aa", "a/ac", "c"]:
            assert [key for key, _ in store.written("", after)] == [key for key in sorted(keys) if key > after], after
        assert list(store.keys("a/ab")) == ["a/ab/cd", "a/ab/ce/f", "a/ab1", "a/abz"]

    def test_a_look_at_a_few_reads_few_folders(self, store: LocalFiles, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(64):
            key = f"photos/{number:02x}{number:06x}"
            store.put(key, key.encode(), "image/jpeg")
        read: list[str] = []
        scan = os.scandir

        def counted(folder: Any) -> Any:
            read.append(str(folder))
            return scan(folder)

        monkeypatch.setattr(os, "scandir", counted)
        found = [key for key, _ in islice(store.written("photos/", "photos/20"), 3)]
        assert [key[:9] for key in found] == ["photos/20", "photos/21", "photos/22"]
        assert len(read) < 12

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
    """Where the system knows no file without a name, or gives it none."""

    @pytest.fixture(autouse=True, params=["no such thing", "not in this folder", "no name for it"])
    def _none(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        given = os.link

        def link(source: Any, target: Any, **how: Any) -> None:
            if how:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            given(source, target)

        if request.param == "no name for it":
            monkeypatch.setattr("shared.storage.blobs.local_files.os.link", link)
            return
        # To write to a folder is refused with EISDIR, just as a system does that does not know the wish.
        nameless = 0 if request.param == "no such thing" else os.O_DIRECTORY
        monkeypatch.setattr("shared.storage.blobs.local_files._NAMELESS", nameless)


def test_a_process_that_is_killed_leaves_nothing_of_what_it_wrote(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from shared.storage.blobs import local_files;"
        "local_files.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)"
        " if os.fstat(handle).st_size == 10_000 else None;"
        "local_files.LocalFiles(Path(sys.argv[1])).put('photos/abc', b'x' * 10_000, 'image/jpeg')"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=REPOSITORY, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert list(LocalFiles(tmp_path).keys("")) == []
    # Elsewhere than on Linux its half is left aside, where nobody reads it.
    assert [name for name in everything_in(tmp_path) if sys.platform == "linux" or "unfinished" not in name] == []
