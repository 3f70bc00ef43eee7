"""What every API blueprint of intake shares: strict reading of JSON bodies, and the way to the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import flask
from flask import Request, current_app, g
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from services.intake.use_cases.seen import Viewer
from shared.runtime.service import Service
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


class StrictParser(FlaskParser):
    """Says 415 to what is not called JSON and 400 to what is not JSON, instead of reading it as nothing."""

    def load_json(self, req: Request, schema: Any) -> Any:
        """The parsed body. Raises HTTPException: 415, 413, 400."""
        if req.content_length is not None and req.content_length > service().settings.visit_bytes:
            raise RequestEntityTooLarge
        try:
            return req.get_json()
        except RecursionError:
            raise BadRequest from None


if TYPE_CHECKING:
    View = TypeVar("View", bound=Callable[..., Any])

    class ApiBlueprint(flask.Blueprint):
        """What flask-smorest, which has no types, lets one write."""

        def __init__(self, name: str, import_name: str, *, url_prefix: str, description: str) -> None: ...
        def route(self, rule: str, **options: Any) -> Callable[[View], View]: ...
        def arguments(self, schema: type[Schema], **options: Any) -> Callable[[View], View]: ...
        def response(self, status: int, schema: type[Schema], **options: Any) -> Callable[[View], View]: ...
        def alt_response(self, status: int, **options: Any) -> Callable[[View], View]: ...
        def doc(self, **options: Any) -> Callable[[View], View]: ...

else:

    class ApiBlueprint(Blueprint):
        """A blueprint of flask-smorest with the strict parser."""

        ARGUMENTS_PARSER = StrictParser()
