"""What every view of assessment needs: the service that answers, and whom the gate let in."""

from __future__ import annotations

from flask import current_app, g

from services.assessment.use_cases.reading import Reader
from shared.runtime.service import Service
from shared.web.gate import Grant

SERVICE = "opendoor.assessment"


def service() -> Service:
    """The service whose app is answering."""
    found = current_app.extensions[SERVICE]
    assert isinstance(found, Service)
    return found


def reader() -> Reader:
    """Whom the gate let in to read an exercise's findings."""
    grant = g.grant
    assert isinstance(grant, Grant)
    return Reader(grant.person_id, grant.exercise, grant.roles)
