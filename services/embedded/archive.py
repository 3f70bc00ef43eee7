"""What a backup looks like inside: a tar with the databases, the keys, every object, and last a list of hashes."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from shared.storage.blobs.port import checked_key

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = ("events.db", "intake.db", "assessment.db", "reporting.db")
KEYS = ("keys/signing.key", "keys/identity.key")
VERSION = "VERSION"
OBJECTS = "objects/"
_PIECE = 1024 * 1024


class BackupRefused(Exception):
    """A backup cannot be made or used; the text is a plain sentence."""


@dataclass(slots=True)
class Writer:
    """Puts files into a backup and remembers their hashes."""

    tar: tarfile.TarFile
    made_at: datetime
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def file(self, name: str, path: Path) -> None:
        """Put a file in as it lies there; nothing else may be writing it."""
        digest = hashlib.sha256()
        with path.open("rb") as body:
            while piece := body.read(_PIECE):
                digest.update(piece)
            size = body.tell()
            body.seek(0)
            self._add(name, body, size, digest.hexdigest())

    def put(self, name: str, body: bytes) -> None:
        """Put these bytes in."""
        self._add(name, io.BytesIO(body), len(body), hashlib.sha256(body).hexdigest())

    def finish(self) -> None:
        """Put the list of hashes in, last."""
        listed = {"format": FORMAT, "made_at": self.made_at.isoformat(), "files": self.files}
        self.put(MANIFEST, json.dumps(listed, indent=1, sort_keys=True).encode())

    def _add(self, name: str, body: IO[bytes], size: int, sha256: str) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(self.made_at.timestamp())
        self.tar.addfile(entry, body)
        self.files[name] = {"sha256": sha256, "bytes": size}


def entries(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    """(name, body) of every file in a backup. Raises BackupRefused for anything that a backup never holds."""
    seen: set[str] = set()
    for entry in tar:
        body = tar.extractfile(entry) if entry.isreg() else None
        if body is None or entry.name in seen or not _belongs(entry.name):
            raise BackupRefused(f"This is no backup of Open Door: {entry.name[:100]!r} is in it.")
        seen.add(entry.name)
        yield entry.name, body


def read_manifest(body: IO[bytes]) -> dict[str, dict[str, Any]]:
    """Name -> sha256 and bytes of everything that must be there. Raises BackupRefused."""
    try:
        listed = json.load(body)
        version, files = listed["format"], listed["files"]
    except (ValueError, LookupError, TypeError) as fault:
        raise BackupRefused("The list of hashes in this backup cannot be read.") from fault
    if version != FORMAT or not isinstance(files, dict):
        raise BackupRefused(f"This backup has format {version!r}; this version of Open Door knows {FORMAT}.")
    return files


def _belongs(name: str) -> bool:
    if name in (*DATABASES, *KEYS, VERSION, MANIFEST):
        return True
    try:
        return name.startswith(OBJECTS) and bool(checked_key(name.removeprefix(OBJECTS)))
    except ValueError:
        return False
