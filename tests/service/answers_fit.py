"""Holds what an API really answers to the shape that its published document gives for that very answer."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
from werkzeug.test import TestResponse

JSON = ("application/json", "application/problem+json")


class Published:
    """The OpenAPI document of a service, ready to hold many answers to it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.templates = [
            (re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))), operations)
            for template, operations in document["paths"].items()
        ]
        self.checks: dict[str, Any] = {}

    def misfits(self, method: str, path: str, status: int, media_type: str, value: Any) -> list[str]:
        """Where the JSON `value` of an answer differs from what the document says of it, and the fields that the
        document does not know. Nothing when it fits, nor for a call that is not in the document at all."""
        found = (said.get(method.lower()) for template, said in self.templates if template.fullmatch(path))
        operation = next((one for one in found if one), None)
        if operation is None:
            return []
        told = operation["responses"].get(str(status))
        if told is None and status < 400:
            return [f"{status} is not told of"]
        told = self._at(told or operation["responses"]["default"])
        if "content" not in told:
            return []
        if media_type not in told["content"]:
            return [f"{media_type} is none of {', '.join(told['content'])}"]
        shape = told["content"][media_type]["schema"]
        try:
            self._check(shape).validate(value)
        except jsonschema_rs.ValidationError as fault:
            return [fault.message]
        # A problem may say more than every problem has.
        return [] if status >= 400 else unknown_fields(self.document, shape, value)

    def _check(self, shape: dict[str, Any]) -> Any:
        known = str(shape)
        if known not in self.checks:
            whole = {**shape, "components": self.document["components"]}
            self.checks[known] = jsonschema_rs.validator_for(whole)
        return self.checks[known]

    def _at(self, shape: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in shape:
            shape = _at(self.document, shape["$ref"])
        return shape


def misfits(document: dict[str, Any], response: TestResponse) -> list[str]:
    """The same for an answer of Flask's own client."""
    asked = response.request
    return Published(document).misfits(
        asked.method, asked.path, response.status_code, response.mimetype, response.get_json()
    )


def _at(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def unknown_fields(document: dict[str, Any], shape: dict[str, Any], value: Any, at: str = "") -> list[str]:
    """Every field of `value` that `shape` does not name; a program would not know what it means."""
    if "$ref" in shape:
        shape = _at(document, shape["$ref"])
    if isinstance(value, list) and "items" in shape:
        return [said for one in value for said in unknown_fields(document, shape["items"], one, f"{at}[]")]
    if not isinstance(value, dict) or "properties" not in shape:
        return []
    inner = shape["properties"]
    found = [f"{at}/{name} is not in the document" for name in value.keys() - inner.keys()]
    return found + [
        said
        for name in value.keys() & inner.keys()
        for said in unknown_fields(document, inner[name], value[name], f"{at}/{name}")
    ]
