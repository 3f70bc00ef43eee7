"""Makes the published OpenAPI documents say what wire.md §1 says of errors and of tokens, in all three services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    """An error as RFC 9457 has it, with a stable code and a list of field errors; some say more, such as `allowed`."""

    type = fields.String(metadata={"format": "uri"})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String(metadata={"description": "A plain sentence."})
    code = fields.String(metadata={"description": "Stable, kebab-case."})
    errors = fields.List(fields.Nested(ProblemPart))


def leave_answers_open(document: dict[str, Any]) -> dict[str, Any]:
    """The document, with closed shapes only where something is sent to us.

    What we answer may grow at any time (wire.md), and a problem may carry more than every problem has: a program that
    holds answers to their shape must not break on that.
    """
    named: Mapping[str, dict[str, Any]] = document.get("components", {}).get("schemas", {})
    sent, waiting = set(), [name for body in _under(document.get("paths", {}), "requestBody") for name in _names(body)]
    while waiting:
        name = waiting.pop()
        if name not in sent:
            sent.add(name)
            waiting += _names(named[name])
    for name, shape in named.items():
        if name not in sent and shape.get("additionalProperties") is False:
            del shape["additionalProperties"]
    return document


def _under(value: Any, wanted: str) -> Iterator[Any]:
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        if name == wanted:
            yield one
        else:
            yield from _under(one, wanted)


def _names(value: Any) -> list[str]:
    return [str(reference).rpartition("/")[2] for reference in _under(value, "$ref")]


class DescribedApi(Api):  # type: ignore[misc]
    """flask-smorest's Api, whose document speaks of problem details and of tokens."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Any) -> None:
        # A copy of its own: apispec writes a service's schemas into the very mapping it is given.
        super().__init__(app, spec_kwargs=deepcopy(_TOKENS))

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        written = self.spec.to_dict
        self.spec.to_dict = lambda: leave_answers_open(written())

    def _register_responses(self) -> None:
        # Only errors are registered here: the answers of a view carry their own content type.
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        try:
            super()._register_responses()
        finally:
            del self.DEFAULT_RESPONSE_CONTENT_TYPE  # the class's own shows again
