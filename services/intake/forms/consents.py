"""The shapes of what a volunteer says about consents of a visit that was sent."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from services.intake.domain.visit import CONSENTS
from services.intake.forms.plain import Form
from shared.contracts.refusals import FieldError, invalid


class ConsentsForm(Form):
    """The consents to change; one that is not named stays as it is."""

    use_words = fields.Boolean()
    use_photos = fields.Boolean()
    quote = fields.Boolean()
    tell_me = fields.Boolean()
    contact_again = fields.Boolean()


class AllConsents(Schema):
    """All five, as they are now."""

    use_words = fields.Boolean(required=True)
    use_photos = fields.Boolean(required=True)
    quote = fields.Boolean(required=True)
    tell_me = fields.Boolean(required=True)
    contact_again = fields.Boolean(required=True)


class ConsentsAnswer(Schema):
    """What is allowed now; `may_give`: more may still be allowed. `detail` says plainly what came of a change."""

    visit_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    consents: Any = fields.Nested(AllConsents, required=True)
    may_give = fields.Boolean(required=True)
    detail = fields.String(required=True, allow_none=True)


def read_consents(given: Any) -> dict[str, bool]:
    """The consents that a body names. Raises Refusal 422 with pointers."""
    if not isinstance(given, dict):
        raise invalid([FieldError("", "must be an object with named fields.")])
    faults = [FieldError(f"/{name}"[:100], "is not a field here.") for name in sorted(given.keys() - set(CONSENTS))]
    faults += [
        FieldError(f"/{name}", "must be true or false.")
        for name in CONSENTS
        if name in given and not isinstance(given[name], bool)
    ]
    if faults:
        raise invalid(faults[:50])
    return {name: given[name] for name in CONSENTS if name in given}
