"""Between the checks and the first request: migrations, the demo exercise, a way in for each of its roles."""

from __future__ import annotations

from collections.abc import Mapping

from services.assessment import demo as assessment_demo
from services.embedded.backup import throw_away_unfinished
from services.embedded.checks import CannotStart
from services.embedded.draining import drain_all
from services.embedded.house import build_all
from services.intake import demo as intake_demo
from services.intake.use_cases import people
from services.reporting import demo as reporting_demo
from shared.backends import open_event_log
from shared.messaging.log.port import NewerLog
from shared.runtime.durable import write_over
from shared.runtime.service import Service
from shared.runtime.settings import DATA_FORMAT, Settings
from shared.storage.migrations import NewerDatabase

_UNFINISHED = "demo-unfinished"


def migrate(settings: Settings, services: Mapping[str, Service]) -> None:
    """Bring every database and the log to the shape this version expects. Raises CannotStart."""
    version = settings.data / "VERSION"
    if settings.demo and not version.exists():
        # Written first: killed half way, the demo is loaded again, which the use cases make harmless.
        (settings.data / _UNFINISHED).touch()
    log = open_event_log(settings)
    try:
        for service in services.values():
            service.migrate()
        log.publish([])
    except (NewerDatabase, NewerLog) as newer:
        raise CannotStart([str(newer)]) from newer
    finally:
        log.close()
    if not version.exists():
        write_over(version, f"{DATA_FORMAT}\n")


def prepare(settings: Settings) -> dict[str, str]:
    """Migrate, load the demo exercise into a new folder if it is wanted; a sign-in link for each role of the demo.

    Raises CannotStart.
    """
    services = build_all(settings)
    migrate(settings, services)
    throw_away_unfinished(settings.data)
    unfinished = settings.data / _UNFINISHED
    if unfinished.exists():
        load_demo(services)
        unfinished.unlink()
    return sign_in_links(services) if settings.demo else {}


def load_demo(services: Mapping[str, Service]) -> None:
    """Make the demo exercise by the use cases its people would use, with all its effects."""
    intake_demo.load(services["intake"])
    drain_all(services)  # recommendations rest on findings, so those must be drawn first
    assessment_demo.load(services["assessment"])
    reporting_demo.load(services["reporting"])
    drain_all(services)


def sign_in_links(services: Mapping[str, Service]) -> dict[str, str]:
    """A fresh sign-in link per role of the demo exercise; empty where it was never loaded."""
    intake = services["intake"]
    return {role: people.invite(intake, person_id) for role, person_id in intake_demo.people(intake).items()}
