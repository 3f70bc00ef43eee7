"""From the fields of a page to the values of a form: the same shapes that the API and the plan file go through."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from services.intake.forms.plain import field_errors
from shared.contracts.refusals import invalid


def chosen(name: str) -> str | None:
    """The field as text, trimmed, with a browser's line ends made plain; None when it is empty."""
    given = request.form.get(name, "").replace("\r\n", "\n").strip()
    return given or None


def lines(name: str) -> list[str]:
    """The lines of a big field that have something on them."""
    return [line.strip() for line in (chosen(name) or "").splitlines() if line.strip()]


def read_form(form: type[Schema], fields: dict[str, Any]) -> dict[str, Any]:
    """Check the fields against a shape; what was left empty is left out. Raises Refusal (422)."""
    try:
        loaded: dict[str, Any] = form().load({name: value for name, value in fields.items() if value is not None})
    except ValidationError as refused:
        raise invalid(field_errors(refused.messages)) from refused
    return loaded
