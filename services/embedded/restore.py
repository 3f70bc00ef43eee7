"""Brings a backup back into a new folder: all of it with the right hashes, or nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from services.embedded.archive import DATABASES, KEYS, MANIFEST, OBJECTS, VERSION, BackupRefused, entries, read_manifest
from shared.runtime.durable import flush_folder
from shared.runtime.settings import DATA_FORMAT, Settings
from shared.storage.blobs.local_files import LocalFiles

_UNFINISHED = "restore-unfinished"
_PIECE = 1024 * 1024


def restore(file: Path, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """Bring `file` back into the folder OPENDOOR_DATA names; that folder, and whether the keys came with it.

    Raises BackupRefused (the folder is not empty, the file is not whole), SettingsRefused, OSError.
    """
    settings = Settings.from_env(environ)
    _check_place(settings, environ)
    aside = settings.data / _UNFINISHED
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside.mkdir(mode=0o700)
    try:
        _unpack(file, aside)
        _check_version(aside)
        _put_in_place(aside, settings.data)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return settings.data, all((settings.data / key).exists() for key in KEYS)


def _check_place(settings: Settings, environ: Mapping[str, str]) -> None:
    usual = Settings.from_env({"OPENDOOR_DATA": str(settings.data)})
    where = ("event_log", "intake_database", "assessment_database", "reporting_database", "objects")
    if any(getattr(settings, one) != getattr(usual, one) for one in where):
        raise BackupRefused(
            "A backup comes back into one folder: leave out the settings that keep a part of it elsewhere."
        )
    if settings.data.exists() and (not settings.data.is_dir() or any(settings.data.iterdir())):
        raise BackupRefused(
            f"{settings.data} is not empty: choose a new folder with OPENDOOR_DATA, nothing is ever overwritten."
        )


def _unpack(file: Path, folder: Path) -> None:
    found: dict[str, dict[str, object]] = {}
    promised: dict[str, dict[str, object]] | None = None
    try:
        with tarfile.open(file, "r:") as tar:
            for name, body in entries(tar):
                if name == MANIFEST:
                    promised = read_manifest(body)
                else:
                    found[name] = _keep(name, body, folder)
    except (tarfile.TarError, EOFError) as broken:
        raise BackupRefused(f"{file} is no backup, or a part of it is missing.") from broken
    if promised is None:
        raise BackupRefused(f"{file} is not whole: the list of hashes at its end is missing.")
    wrong = sorted(name for name in promised.keys() | found.keys() if promised.get(name) != found.get(name))
    if wrong:
        raise BackupRefused(f"{file} was altered or is not whole: {', '.join(wrong[:5])}. Nothing was brought back.")
    missing = [name for name in (*DATABASES, VERSION) if name not in found]
    if missing:
        raise BackupRefused(f"{file} holds no {', '.join(missing)}.")


def _keep(name: str, body: IO[bytes], folder: Path) -> dict[str, object]:
    if name.startswith(OBJECTS):
        whole = body.read()
        LocalFiles(folder / "objects").put(name.removeprefix(OBJECTS), whole, "application/octet-stream")
        return {"sha256": hashlib.sha256(whole).hexdigest(), "bytes": len(whole)}
    path, digest = folder / name, hashlib.sha256()
    path.parent.mkdir(exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as kept:
        while piece := body.read(_PIECE):
            digest.update(piece)
            kept.write(piece)
        kept.flush()
        os.fsync(kept.fileno())
        return {"sha256": digest.hexdigest(), "bytes": kept.tell()}


def _check_version(folder: Path) -> None:
    written = (folder / VERSION).read_text().strip()
    if not written.isdigit() or int(written) > DATA_FORMAT:
        raise BackupRefused("This backup was made by a newer version of Open Door: bring it back with that version.")


def _put_in_place(aside: Path, data: Path) -> None:
    # VERSION last: a folder without it is not taken for one that is whole.
    names = sorted((path.name for path in aside.iterdir()), key=lambda name: name == VERSION)
    for name in names:
        (aside / name).rename(data / name)
    flush_folder(data)
