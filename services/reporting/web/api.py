"""What the API of reporting shares: strict reading of JSON, the way to the service, and the shapes of answers."""

from __future__ import annotations

from typing import Any

from flask import current_app
from marshmallow import Schema, ValidationError

from services.reporting.domain.days import day_here
from services.reporting.domain.moving import acts_waiting
from services.reporting.domain.standing import overdue, silent
from services.reporting.use_cases.reading import Shown
from shared.contracts.refusals import FieldError, invalid
from shared.runtime.service import Service
from shared.web.bodies import StrictBlueprint, StrictParser
from shared.web.gate import current_person
from shared.web.problems import field_errors

SERVICE = "opendoor.reporting"
BODY_BYTES = 200_000
"""Room for every field at its longest."""


def service() -> Service:
    """The service whose app is answering."""
    found = current_app.extensions[SERVICE]
    assert isinstance(found, Service)
    return found


def me() -> str:
    """The id of who is asking. Raises Refusal (401)."""
    return current_person().id


class ApiBlueprint(StrictBlueprint):
    """A blueprint that reads JSON strictly."""

    ARGUMENTS_PARSER = StrictParser(lambda: BODY_BYTES)


def as_answer(shown: Shown) -> dict[str, Any]:
    """A recommendation in the shape of wire.md §6, for the one who asks."""
    one, today = shown.recommendation, day_here(service().clock.now())
    waiting: dict[str, int] = {}
    for entry in acts_waiting(shown.history):
        waiting[entry.to_status] = waiting.get(entry.to_status, 0) + 1
    return {
        **{name: getattr(one, name) for name in _PLAIN},
        "findings": list(one.findings),
        "items": list(one.items),
        "due": one.due and one.due.isoformat(),
        "reply_due": one.reply_due and one.reply_due.isoformat(),
        "overdue": overdue(one, today),
        "silent": silent(one, today),
        "waiting": [{"to": to, "have": have, "need": 2} for to, have in waiting.items()],
        "moves": [offer.rule.to for offer in shown.offers],
    }


def read_form(schema: Schema, sent: dict[str, Any]) -> dict[str, Any]:
    """What a page's form sent, held to the same shape as the API. Raises Refusal (422)."""
    try:
        loaded: dict[str, Any] = schema.load(sent)
    except ValidationError as fault:
        raise invalid(list(field_errors(fault.messages))) from None
    return loaded


_PLAIN = (
    "id", "exercise_id", "site_id", "title", "why", "kind", "pie_area", "cost_band", "owner_post", "status",
    "baseline", "progress", "effort", "difference", "suggestion", "merged_into",
)  # fmt: skip


def refuse_cursor() -> Exception:
    """The refusal of a cursor that is not ours."""
    return invalid([FieldError("/after", "This is not a place in this list.")])
