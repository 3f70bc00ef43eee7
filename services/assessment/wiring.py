"""Builds assessment from settings: its database, log, store, pages and jobs. Nothing opens before first use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Flask

from services.assessment.consumers import GROUP, TOPICS, handlers
from services.assessment.jobs import Teller
from services.assessment.use_cases.counting import recount_older_rules, settle
from services.assessment.use_cases.replaying import forget_derived
from services.assessment.web import create_app
from shared.backends import open_database, open_event_log, open_objects
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.job import Job
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from shared.storage import migrations

NAME = "assessment"
PACKAGE = "services.assessment"


def build(settings: Settings, clock: Clock | None = None) -> Service:
    """Assessment, ready to be migrated, served or worked. Raises SettingsRefused for a URL this version cannot use."""
    database = open_database(settings.assessment_database)
    objects = open_objects(settings)
    log = open_event_log(settings)
    time = clock or SystemClock()

    def app() -> Flask:
        return create_app(service)

    def jobs() -> Sequence[Job]:
        worker = Worker(database, log, GROUP, TOPICS, handlers(), settle, time)
        return [worker, Teller(database, time), Relay(database, log, NAME)]

    def migrate() -> None:
        migrations.upgrade(database, PACKAGE)
        with database.transaction() as tx:
            recount_older_rules(tx)

    def stored_objects() -> Iterator[tuple[str, str]]:
        # Assessment shows intake's photos and stores no object of its own.
        return iter(())

    service = Service(
        name=NAME,
        settings=settings,
        clock=time,
        database=database,
        objects=objects,
        log=log,
        app=app,
        jobs=jobs,
        migrate=migrate,
        stored_objects=stored_objects,
        forget_derived=forget_derived,
    )
    return service
