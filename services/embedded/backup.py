"""A backup of everything on one machine, taken while it runs. Why it is whole is told in docs/adr/0010."""

from __future__ import annotations

import os
import shutil
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from services.embedded.archive import KEYS, OBJECTS, VERSION, BackupRefused, Writer
from services.embedded.house import build_all
from shared.backends import FilesOfOneMachine, files_of
from shared.messaging.turn import Turn, turn_at
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from shared.storage.blobs.local_files import LocalFiles
from shared.storage.blobs.port import ObjectMissing
from shared.storage.sqlite_copy import copy_database

PATIENCE_SECONDS = 60.0
ATTEMPTS = 3
_UNFINISHED = "backup-unfinished"


@dataclass(frozen=True, slots=True)
class Backup:
    """What was put aside. `faults`: a sentence for each object that is not as it should be; `keys`: how many of two."""

    objects: int
    bytes: int
    keys: int
    faults: tuple[str, ...]


def back_up(settings: Settings, services: Mapping[str, Service], file: Path) -> Backup:
    """Put everything into `file`, which must not be there yet and only its owner can read.

    Raises BackupRefused, SettingsRefused (a part is kept by a server), OSError.
    """
    files = files_of(settings)
    if file.exists():
        raise BackupRefused(f"There is a file {file} already: choose another name.")
    alone, aside = _turn(settings.data), settings.data / _UNFINISHED
    if not alone.take():
        raise BackupRefused("Another backup is being made just now.")
    try:
        return _within(aside, settings, services, files, file)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        alone.give_back()


def throw_away_unfinished(data: Path) -> None:
    """Remove what a backup that was killed left behind, or it would keep photos that were erased since."""
    with _turn(data) as mine:
        if mine:
            shutil.rmtree(data / _UNFINISHED, ignore_errors=True)


def _turn(data: Path) -> Turn:
    return Turn(data / "turns" / "backup")


def _within(
    aside: Path, settings: Settings, services: Mapping[str, Service], files: FilesOfOneMachine, file: Path
) -> Backup:
    held, copies = LocalFiles(aside / "objects"), aside / "databases"
    live = LocalFiles(files.objects)
    listed: dict[str, str] = {}
    for _ in range(ATTEMPTS):
        shutil.rmtree(aside, ignore_errors=True)
        copies.mkdir(parents=True, mode=0o700)
        live.hold_in(held.folder)
        _copy_databases(services, files, copies)
        # Once more: what came after the first time and before the databases were copied.
        live.hold_in(held.folder)
        listed = _objects_of(settings, copies)
        if held.have(listed):
            break  # else one came and was erased again in between, or has been missing for long
    return _write(file, settings, services, copies, held, listed)


def _copy_databases(services: Mapping[str, Service], files: FilesOfOneMachine, folder: Path) -> None:
    # The log first, and no event moves meanwhile: so each event is in the log's copy or in an outbox's, never in
    # neither; nothing is in the log that its sender's copy does not know; no group is ahead of its database's copy.
    with _relays_at_rest(services):
        copy_database(files.event_log, folder / "events.db")
        for name, path in files.databases.items():
            copy_database(path, folder / name)


@contextmanager
def _relays_at_rest(services: Mapping[str, Service]) -> Iterator[None]:
    pause, deadline = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    with ExitStack() as held:
        for service in services.values():
            turn = turn_at(service.database, "relay")
            while not turn.take():
                if time.monotonic() > deadline:
                    raise BackupRefused(f"The relay of {service.name} never rested; try again later.")
                pause.wait(0.005)
            held.callback(turn.give_back)
        yield


def _objects_of(settings: Settings, copies: Path) -> dict[str, str]:
    """Key -> sha256 of every object that a row in the copies refers to."""
    copied = build_all(
        replace(
            settings,
            intake_database=f"sqlite:///{copies / 'intake.db'}",
            assessment_database=f"sqlite:///{copies / 'assessment.db'}",
            reporting_database=f"sqlite:///{copies / 'reporting.db'}",
        )
    )
    try:
        return {key: sha256 for service in copied.values() for key, sha256 in service.stored_objects()}
    finally:
        for service in copied.values():
            service.database.close()
        for beside in (*copies.glob("*-wal"), *copies.glob("*-shm")):
            beside.unlink(missing_ok=True)


def _write(
    file: Path,
    settings: Settings,
    services: Mapping[str, Service],
    copies: Path,
    held: LocalFiles,
    listed: Mapping[str, str],
) -> Backup:
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    faults, keys = [], 0
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar, next(iter(services.values())).clock.now())
                for copy in sorted(copies.glob("*.db")):
                    writer.file(copy.name, copy)
                for name in (VERSION, *KEYS):
                    if (settings.data / name).exists():
                        writer.file(name, settings.data / name)
                        keys += name in KEYS
                for key, sha256 in listed.items():
                    faults += _put_object(writer, held, key, sha256)
                writer.finish()
            raw.flush()
            os.fsync(raw.fileno())
            size = raw.tell()
        _give_name(unfinished, file)
    except FileExistsError as there:
        raise BackupRefused(f"There is a file {file} already: choose another name.") from there
    except OSError as error:
        # By the name that was given, not by the one beside it.
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return Backup(len(listed), size, keys, tuple(faults))


def _give_name(unfinished: Path, file: Path) -> None:
    """The whole file appears at once, and over nothing. Raises FileExistsError, OSError."""
    try:
        os.link(unfinished, file)
    except FileExistsError:
        raise
    except OSError:
        # A stick or a share whose file system gives no file two names.
        if file.exists():
            raise FileExistsError(str(file)) from None
        unfinished.rename(file)


def _put_object(writer: Writer, held: LocalFiles, key: str, sha256: str) -> list[str]:
    try:
        body = held.get(key)
    except ObjectMissing:
        return [f"{key} is missing."]
    writer.put(OBJECTS + key, body)
    return [] if writer.files[OBJECTS + key]["sha256"] == sha256 else [f"{key} was altered."]
