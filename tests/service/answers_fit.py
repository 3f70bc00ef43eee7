"""Holds what an API really answers to the shape that its published document gives for that very answer."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
from werkzeug.test import TestResponse


def misfits(document: dict[str, Any], response: TestResponse) -> list[str]:
    """Where a JSON answer differs from what `document` says of its address, method and status; also fields that the
    document does not know. Nothing when it fits."""
    path, method = response.request.path, response.request.method.lower()
    known = [
        operations[method]
        for template, operations in document["paths"].items()
        if method in operations and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path)
    ]
    assert known, f"{method} {path} is not in the document"
    answers = known[0]["responses"]
    answer = answers.get(str(response.status_code)) or answers["default"]
    while "$ref" in answer:
        answer = _at(document, answer["$ref"])
    shape = answer["content"][response.mimetype]["schema"]
    try:
        whole = {**shape, "components": document["components"]}
        jsonschema_rs.validator_for(whole).validate(response.get_json())
    except jsonschema_rs.ValidationError as fault:
        return [fault.message]
    return [] if response.status_code >= 400 else unknown_fields(document, shape, response.get_json())


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
