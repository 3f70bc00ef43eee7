"""Objects as files under a folder: written aside, flushed to the disk, then renamed, so none is ever half there."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from shared.storage.blobs.port import ObjectExists, ObjectMissing, StoreAway, StoredObject, checked_key

_UNFINISHED = "unfinished"


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
        """Store `body` under `key`; durable on return. Raises ObjectExists when other bytes lie there."""
        path = self._path(key)
        stored = StoredObject(key, sha256 or hashlib.sha256(body).hexdigest(), len(body), media_type)
        if path.exists():
            return self._same_or_refuse(path, stored)
        aside = self.folder / _UNFINISHED / uuid.uuid4().hex
        self._make(aside.parent)
        try:
            with aside.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            self._make(path.parent)
            os.link(aside, path)
        except FileExistsError:
            return self._same_or_refuse(path, stored)
        finally:
            # Also when the disk is full, or what was written of it would keep it so.
            aside.unlink(missing_ok=True)
        _flush_folder(path.parent)
        return stored

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
            _flush_folder(path.parent)

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that starts with `prefix`, in order."""
        if not self.folder.exists():
            return
        found = (p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())
        for name in sorted(self._key(n) for n in found if not n.startswith(_UNFINISHED)):
            if name.startswith(prefix):
                yield name

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

    def _key(self, name: str) -> str:
        *folders, _two_letters, file = name.split("/")
        return "/".join([*folders, file])

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)

    def _same_or_refuse(self, path: Path, stored: StoredObject) -> StoredObject:
        if hashlib.sha256(path.read_bytes()).hexdigest() != stored.sha256:
            raise ObjectExists(stored.key)
        return stored


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
