"""The only module that turns a URL of the settings into the machinery behind it (design.md §2).

The drivers of the big machinery are imported where they are asked for, so that one machine needs none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from shared.messaging.log.port import EventLog
from shared.messaging.log.sqlite_log import SqliteLog
from shared.post.folder import SENDER, FolderOfLetters
from shared.post.port import Post
from shared.post.smtp import SmtpServer
from shared.post.written import sender
from shared.runtime.settings import Settings, SettingsRefused
from shared.storage.blobs.local_files import LocalFiles
from shared.storage.blobs.port import ObjectStore
from shared.storage.database import Database


def open_event_log(settings: Settings) -> EventLog:
    """The event log the settings name. Opens no connection yet. Raises SettingsRefused."""
    parts = urlsplit(settings.event_log)
    if parts.scheme == "sqlite":
        return SqliteLog(_path_in(settings.event_log))
    if parts.scheme == "kafka":
        from shared.messaging.log.kafka_log import KafkaLog

        try:
            return KafkaLog(settings.event_log)
        except ValueError as fault:
            raise SettingsRefused([str(fault)]) from fault
    raise SettingsRefused([f"OPENDOOR_EVENT_LOG names {parts.scheme!r}, which this version cannot use."])


@dataclass(frozen=True, slots=True)
class FilesOfOneMachine:
    """Where the embedded set keeps what it knows. `databases` are the files by their usual names."""

    databases: Mapping[str, Path]
    event_log: Path
    objects: Path


def files_of(settings: Settings) -> FilesOfOneMachine:
    """The files of the embedded set. Raises SettingsRefused when a part of it is kept by a server."""
    urls = {
        "intake.db": settings.intake_database,
        "assessment.db": settings.assessment_database,
        "reporting.db": settings.reporting_database,
    }
    elsewhere = [url for url in (*urls.values(), settings.event_log) if urlsplit(url).scheme != "sqlite"]
    if elsewhere or urlsplit(settings.objects).scheme != "file":
        raise SettingsRefused(
            ["This works on the files of one machine. Here a server keeps a part of it: use that server's own tools."]
        )
    return FilesOfOneMachine(
        {name: _path_in(url) for name, url in urls.items()},
        _path_in(settings.event_log),
        Path(urlsplit(settings.objects).path),
    )


def _path_in(url: str) -> Path:
    return Path("/" + urlsplit(url).path.lstrip("/"))


def open_database(url: str) -> Database:
    """The database behind a URL. Opens no connection yet. Raises SettingsRefused."""
    scheme = urlsplit(url).scheme
    if scheme in ("postgresql", "postgres"):
        return Database("postgresql+psycopg" + url[len(scheme) :])
    if scheme not in ("sqlite", "postgresql+psycopg"):
        raise SettingsRefused([f"A database URL begins with {scheme!r}; it must be sqlite or postgresql."])
    return Database(url)


def open_objects(settings: Settings) -> ObjectStore:
    """The object store the settings name. Raises SettingsRefused."""
    parts = urlsplit(settings.objects)
    if parts.scheme == "file":
        return LocalFiles(Path(parts.path))
    if parts.scheme == "s3":
        from shared.storage.blobs.s3_bucket import S3Bucket

        return S3Bucket(settings.objects)
    raise SettingsRefused([f"OPENDOOR_OBJECTS names {parts.scheme!r}, which this version cannot use."])


def open_post(settings: Settings) -> Post:
    """What carries letters to people. Opens no connection yet. Raises SettingsRefused."""
    folder = folder_of_letters(settings)
    if folder is not None:
        return folder
    scheme = urlsplit(settings.mail).scheme
    if scheme not in ("smtp", "smtps"):
        raise SettingsRefused([f"OPENDOOR_MAIL begins with {scheme!r}; it must be file, smtp or smtps."])
    try:
        return SmtpServer.at(settings.mail)
    except ValueError as fault:
        raise SettingsRefused([str(fault)]) from fault


def folder_of_letters(settings: Settings) -> FolderOfLetters | None:
    """The folder that letters are laid into, or None where they are sent. Raises SettingsRefused."""
    parts = urlsplit(settings.mail or f"file://{settings.data / 'letters'}")
    if parts.scheme != "file":
        return None
    try:
        return FolderOfLetters(Path(parts.path), sender(parse_qs(parts.query).get("from", [SENDER])[-1]))
    except ValueError as fault:
        raise SettingsRefused([f"OPENDOOR_MAIL cannot be used: {fault}."]) from fault
