"""Builds intake from settings: its database, log, store, pages and jobs. Nothing opens before first use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Flask

from services.intake.jobs import care_jobs
from services.intake.letter_jobs import letter_jobs
from services.intake.photo_jobs import photo_jobs, stored_photos
from services.intake.sweep_jobs import ObjectSweeper
from services.intake.voice_jobs import VoiceEraser, stored_recordings
from services.intake.web import create_app
from shared.backends import open_database, open_event_log, open_objects, open_post
from shared.messaging.relay import Relay
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.job import Job
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from shared.storage import migrations

NAME = "intake"
PACKAGE = "services.intake"


def build(settings: Settings, clock: Clock | None = None) -> Service:
    """Intake, ready to be migrated, served or worked. Raises SettingsRefused for a URL this version cannot use."""
    database = open_database(settings.intake_database)
    objects = open_objects(settings)
    log = open_event_log(settings)
    post = open_post(settings)

    def app() -> Flask:
        return create_app(service)

    def jobs() -> Sequence[Job]:
        files = [*photo_jobs(service), VoiceEraser(service), ObjectSweeper(service)]
        return [Relay(database, log, NAME), *files, *care_jobs(service), *letter_jobs(service, post)]

    def migrate() -> None:
        migrations.upgrade(database, PACKAGE)

    def stored_objects() -> Iterator[tuple[str, str]]:
        yield from stored_photos(service)
        yield from stored_recordings(service)

    service = Service(
        name=NAME,
        settings=settings,
        clock=clock or SystemClock(),
        database=database,
        objects=objects,
        log=log,
        app=app,
        jobs=jobs,
        migrate=migrate,
        stored_objects=stored_objects,
    )
    return service
