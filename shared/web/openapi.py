"""Makes the published OpenAPI documents say what wire.md §1 says of errors and of tokens, in all three services."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask_smorest import Api
from marshmallow import Schema, fields

PROBLEM = "application/problem+json"
_TOKENS = {
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "opendoor"},
        }
    },
    "security": [{"token": []}, {"session": []}],
}


class ProblemPart(Schema):
    """One thing wrong with one value."""

    pointer = fields.String(metadata={"description": "A JSON pointer into what was sent, such as /answers/3/trigger."})
    detail = fields.String()


class Problem(Schema):
    """An error as RFC 9457 has it, with a stable code and a list of field errors."""

    type = fields.String(metadata={"format": "uri"})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String(metadata={"description": "A plain sentence."})
    code = fields.String(metadata={"description": "Stable, kebab-case."})
    errors = fields.List(fields.Nested(ProblemPart))


class DescribedApi(Api):  # type: ignore[misc]
    """flask-smorest's Api, whose document speaks of problem details and of tokens."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Any) -> None:
        # A copy of its own: apispec writes a service's schemas into the very mapping it is given.
        super().__init__(app, spec_kwargs=deepcopy(_TOKENS))

    def _register_responses(self) -> None:
        # Only errors are registered here: the answers of a view carry their own content type.
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        try:
            super()._register_responses()
        finally:
            del self.DEFAULT_RESPONSE_CONTENT_TYPE  # the class's own shows again
