"""Builds reporting from settings: which database, log and store, which pages, which jobs. Nothing opens before use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Flask

from services.reporting.consumers import GROUP, HANDLERS, TOPICS
from services.reporting.jobs import DocumentMaker, DocumentSweeper
from services.reporting.store import documents
from services.reporting.use_cases.replaying import forget_derived
from services.reporting.web import create_app
from shared.backends import open_database, open_event_log, open_objects
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.job import Job
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from shared.storage import migrations

BREATH_SECONDS = 0.2
"""What reporting takes in is told a few times a second at most; nobody waits for less."""
NAME = "reporting"
PACKAGE = "services.reporting"


def build(settings: Settings, clock: Clock | None = None) -> Service:
    """Reporting, ready to be migrated, served or worked. Raises SettingsRefused for a URL this version cannot use."""
    clock = clock or SystemClock()
    database = open_database(settings.reporting_database)
    log = open_event_log(settings)

    def app() -> Flask:
        return create_app(service)

    def jobs() -> Sequence[Job]:
        worker = Worker(database, log, GROUP, TOPICS, HANDLERS, clock=clock, breath=BREATH_SECONDS)
        return [Relay(database, log, NAME), worker, DocumentMaker(service), DocumentSweeper(service)]

    def migrate() -> None:
        migrations.upgrade(database, PACKAGE)

    def stored_objects() -> Iterator[tuple[str, str]]:
        with database.reading() as tx:
            yield from documents.stored(tx)

    service = Service(
        name=NAME,
        settings=settings,
        clock=clock,
        database=database,
        objects=open_objects(settings),
        log=log,
        app=app,
        jobs=jobs,
        migrate=migrate,
        stored_objects=stored_objects,
        forget_derived=forget_derived,
    )
    return service
