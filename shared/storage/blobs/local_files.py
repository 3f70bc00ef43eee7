"""Objects as files under a folder: written without a name or aside, flushed to the disk, then given their name, so none
is ever half there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path

from shared.runtime.durable import flush_folder
from shared.storage.blobs.port import ObjectExists, ObjectMissing, StoreAway, StoredObject, checked_key

TRIES = 3
"""So often we write an object that somebody erases while we look at it."""
_UNFINISHED = "unfinished"
_NAMELESS = getattr(os, "O_TMPFILE", 0)
_NO_SUCH_FILES = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL})
"""What systems say that know no file without a name: open(2)."""
_NO_NAME_FOR_IT = frozenset({errno.ENOENT, errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP})
"""What they say that give it no name through /proc, or have none: linkat(2)."""


class LocalFiles:
    """An object store in one folder. The media type is not a fact of a file; it is told from the ending."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make_bucket(self) -> bool:
        """False: the folder is made with the first object."""
        return False

    def check(self) -> None:
        """Raises StoreAway when the folder cannot be written or its disk has no room left."""
        there = self.folder if self.folder.exists() else self.folder.parent
        try:
            room = os.statvfs(there).f_bavail
        except OSError as error:
            raise StoreAway(f"The folder of the objects cannot be used: {os.strerror(error.errno or 0)}.") from error
        if not room or not os.access(there, os.W_OK | os.X_OK):
            raise StoreAway("The folder of the objects is full or cannot be written.")

    def put(self, key: str, body: bytes, media_type: str, *, sha256: str = "") -> StoredObject:
        """Store `body` under `key`; durable on return. Raises ObjectExists (other bytes lie there), StoreAway."""
        path = self._path(key)
        stored = StoredObject(key, sha256 or hashlib.sha256(body).hexdigest(), len(body), media_type)
        for _ in range(TRIES):
            if not path.exists() and self._written(path, body):
                return stored
            try:
                there = path.read_bytes()
            except FileNotFoundError:
                continue  # erased since we saw it
            if hashlib.sha256(there).hexdigest() != stored.sha256:
                raise ObjectExists(key)
            # Whoever wrote it may be gone, or not have got so far.
            flush_folder(path.parent)
            return stored
        raise StoreAway("Somebody else is erasing this very object; try again.")

    def _written(self, path: Path, body: bytes) -> bool:
        """Write it, durably; False where somebody else was quicker."""
        self._make(path.parent)
        try:
            if not _written_nameless(path, body):
                self._written_aside(path, body)
        except FileExistsError:
            return False
        flush_folder(path.parent)
        return True

    def _written_aside(self, path: Path, body: bytes) -> None:
        """Write it under another name first. What a killed process leaves there is never read."""
        aside = self.folder / _UNFINISHED / uuid.uuid4().hex
        self._make(aside.parent)
        try:
            with aside.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.link(aside, path)
        finally:
            # Also when the disk is full, or what was written of it would keep it so.
            aside.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises ObjectMissing."""
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as absent:
            raise ObjectMissing(key) from absent

    def head(self, key: str) -> StoredObject:
        """What lies under `key` now, hashed afresh. Raises ObjectMissing."""
        body = self.get(key)
        return StoredObject(key, hashlib.sha256(body).hexdigest(), len(body), "application/octet-stream")

    def link(self, key: str, seconds: int) -> str | None:
        """None: nobody but us reads the folder."""
        return None

    def delete(self, key: str) -> None:
        """Remove the file and make its going durable."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        if path.parent.exists():
            flush_folder(path.parent)

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that starts with `prefix`, in order."""
        return self._keys(prefix, "")

    def written(self, prefix: str, after: str = "") -> Iterator[tuple[str, datetime]]:
        """Every key that starts with `prefix` and comes after `after`, in order, with when its file was written."""
        for key in self._keys(prefix, after):
            try:
                at = self._path(key).stat().st_mtime
            except FileNotFoundError:
                continue  # erased meanwhile
            yield key, datetime.fromtimestamp(at, UTC)

    def _keys(self, prefix: str, after: str) -> Iterator[str]:
        return (key for key in self._under(prefix.rpartition("/")[0], after) if key.startswith(prefix) and key > after)

    def _under(self, key: str, after: str) -> Iterator[str]:
        """Keys under the one that a folder stands for, in order. Folders are read one after another, as far as somebody
        goes on, and those that end before `after` not at all: a look at a few keys does not grow with all there are.
        """
        begin = f"{key}/" if key else ""
        # What begins with the same two letters: the files of the folder of that name, and what lies deeper beside it.
        alike: dict[str, list[Iterator[str]]] = {}
        for name in _names_in(self.folder / key):
            if begin or name != _UNFINISHED:
                alike.setdefault(name[:2], []).append(self._files(begin, name))
                alike.setdefault(f"{name}/"[:2], []).append(self._under(begin + name, after))
        for letters in sorted(alike):
            if begin + letters >= after[: len(begin) + 2]:
                yield from merge(*alike[letters])

    def _files(self, begin: str, letters: str) -> Iterator[str]:
        for name in sorted(one.name for one in _entries(self.folder / begin / letters) if one.is_file()):
            yield begin + name

    def have(self, keys: Iterable[str]) -> bool:
        """Whether there is an object under each of these keys."""
        return all(self._path(key).is_file() for key in keys)

    def hold_in(self, folder: Path) -> None:
        """Keep every object as it is now under `folder` too, so that nothing erased meanwhile is missed there.

        Costs no room on the same disk: both are names of the same bytes.
        """
        held = LocalFiles(folder)
        for key in self.keys(""):
            source, target = self._path(key), held._path(key)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except (FileExistsError, FileNotFoundError):
                continue  # held already, or just erased
            except OSError:
                shutil.copyfile(source, target)

    def _path(self, key: str) -> Path:
        folder, _, name = checked_key(key).rpartition("/")
        # Two letters of the name make a folder of their own, so that no folder grows without end.
        return self.folder / folder / name[:2] / name

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)


def _names_in(folder: Path) -> list[str]:
    return [one.name for one in _entries(folder) if one.is_dir()]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _written_nameless(path: Path, body: bytes) -> bool:
    """Write a file that has no name before it is whole and on the disk, so that nothing of it is left whenever its
    process is killed. False where the system has no such files. Raises FileExistsError, OSError."""
    if not _NAMELESS:
        return False
    try:
        handle = os.open(path.parent, _NAMELESS | os.O_WRONLY, 0o666)
    except OSError as error:
        if error.errno in _NO_SUCH_FILES:
            return False
        raise
    try:
        left = memoryview(body)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
        # Python follows the link under /proc to the file itself only where a folder is given, which matters not here.
        os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=handle, follow_symlinks=True)
    except OSError as error:
        if error.errno in _NO_NAME_FOR_IT:
            return False
        raise
    finally:
        os.close(handle)
    return True
