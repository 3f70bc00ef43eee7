"""What every API blueprint of intake shares: strict reading of JSON bodies, and the way to the service."""

from __future__ import annotations

from flask import current_app, g

from services.intake.use_cases.seen import Viewer
from shared.runtime.service import Service
from shared.web.bodies import StrictBlueprint, StrictParser
from shared.web.gate import Grant

SERVICE = "opendoor.intake"


def service() -> Service:
    """The service whose app is answering."""
    found = current_app.extensions[SERVICE]
    assert isinstance(found, Service)
    return found


def viewer() -> Viewer:
    """Whom the gate let in, as the use cases want to know it."""
    grant = g.grant
    assert isinstance(grant, Grant)
    exercise = grant.exercise
    return Viewer(grant.person_id, exercise.id, grant.roles, grant.all_roles, grant.representative, exercise.stage)


class ApiBlueprint(StrictBlueprint):
    """A blueprint whose bodies are as long as a visit may be."""

    ARGUMENTS_PARSER = StrictParser(lambda: service().settings.visit_bytes)
