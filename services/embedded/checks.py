"""Everything that must be right before anything starts; whatever is not is told in one plain sentence."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from shared.messaging.turn import Turn
from shared.runtime.settings import DATA_FORMAT, Settings, SettingsRefused, make_keys

GRACE_SECONDS = 1.5
"""A tree that was killed a moment ago may still hold its folder and its port for this long."""

Claimed = TypeVar("Claimed")


class CannotStart(Exception):
    """Open Door cannot start; each of `sentences` says what is wrong and what to do."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings, with the keys of the data folder made if it has none. Raises CannotStart.

    Looks first whether the folder can be used at all.
    """
    try:
        settings = Settings.from_env(environ)
        check_folder(settings.data)
        if not settings.signing_key or not settings.identity_key:
            make_keys(settings.data)
            settings = Settings.from_env(environ)
            if not settings.signing_key or not settings.identity_key:
                raise CannotStart([f"The keys in {settings.data / 'keys'} cannot be read: allow it to this program."])
    except SettingsRefused as refused:
        raise CannotStart(refused.faults) from refused
    return settings


def check_begun(environ: Mapping[str, str]) -> None:
    """There is something of Open Door here already. Raises CannotStart where a new and empty folder would be made: a
    backup of that would be one of nothing. Other faults of the settings are told by whoever reads them next.
    """
    try:
        settings = Settings.from_env(environ)
    except SettingsRefused:
        return
    file = settings.intake_database.removeprefix("sqlite:///")
    if file != settings.intake_database and not Path(file).exists():
        raise CannotStart(
            [f"There is nothing of Open Door in {settings.data}: say with OPENDOOR_DATA which folder you mean."]
        )


def check_folder(folder: Path) -> None:
    """The data folder is there, can be written, and is not from the future. Raises CannotStart."""
    probe = folder / f".can-we-write-{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            [
                f"The data folder {folder} cannot be written ({os.strerror(error.errno or 0)}): "
                "allow it, or choose another with OPENDOOR_DATA."
            ]
        ) from error
    found = written_format(folder)
    if found is not None and found > DATA_FORMAT:
        raise CannotStart(
            [
                f"The data folder {folder} was written by a newer version of Open Door (format {found}; this one "
                f"knows {DATA_FORMAT}): start that version, or choose another folder with OPENDOOR_DATA."
            ]
        )


def written_format(folder: Path) -> int | None:
    """The format the data folder says it has; None for a folder nothing was kept in yet. Raises CannotStart."""
    try:
        return int((folder / "VERSION").read_text().strip())
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise CannotStart(
            [f"The file {folder / 'VERSION'} does not say which version wrote this folder: put it back from a backup."]
        ) from error


def claim_folder(folder: Path) -> Turn:
    """Have the data folder for this tree of processes alone. Raises CannotStart."""
    turn = Turn(folder / "turns" / "everything")
    if not _within_grace(lambda: turn if turn.take() else None):
        raise CannotStart(
            [f"Open Door is already running on the data folder {folder}: stop it, or choose another folder."]
        )
    return turn


def claim_port(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not listening yet. Raises CannotStart."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = _within_grace(lambda: _bind(socket.socket(family, kind, protocol), address))
    except OSError as error:
        raise CannotStart(
            [f"Open Door may not use {host}:{port} ({error.strerror}): choose another address with OPENDOOR_BIND."]
        ) from error
    if bound is None:
        raise CannotStart(
            [f"Port {port} on {host} is taken by another program: stop it, or choose another with OPENDOOR_BIND."]
        )
    return bound


def _bind(made: socket.socket, address: tuple[object, ...]) -> socket.socket | None:
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(address)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise
    return made


def _within_grace(attempt: Callable[[], Claimed | None]) -> Claimed | None:
    deadline = time.monotonic() + GRACE_SECONDS
    pause = threading.Event()
    while True:
        claimed = attempt()
        if claimed is not None or time.monotonic() > deadline:
            return claimed
        pause.wait(0.1)
