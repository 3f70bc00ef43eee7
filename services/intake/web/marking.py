"""What somebody says about a mark on a photo or a pin on a sketch, in a form without scripts: the same for both."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from services.intake.domain import draft as drafts
from services.intake.domain.annotations import COMFORT, TRIGGER
from services.intake.use_cases.drafts import OpenDraft
from shared.contracts.instruments import Item

FIELDS = ("felt", "strength", "item", "words")


def typed_in(*more: str) -> dict[str, str]:
    """What stands in the fields, and in `more` of them."""
    return {name: request.form.get(name, "").strip() for name in (*FIELDS, *more)}


def faults_in(found: OpenDraft, typed: dict[str, str]) -> dict[str, str]:
    """What is still to be said."""
    faults = {}
    if typed["felt"] not in (TRIGGER, COMFORT):
        faults["felt"] = _("Say whether it got to you or helped you.")
    if typed["strength"] not in ("1", "2", "3"):
        faults["strength"] = _("Say how much.")
    if found.instrument.find(typed["item"]) is None:
        faults["item"] = _("Choose what it is about.")
    return faults


def said_in(typed: dict[str, str]) -> dict[str, Any]:
    """The same as a mark and a pin say it: `value`, `item`, `strength` and, where there are any, `words`."""
    words = typed["words"].replace("\r\n", "\n")
    said = {"value": typed["felt"], "item": typed["item"], "strength": int(typed["strength"])}
    return {**said, "words": words} if words else said


def asked_about(found: OpenDraft, part: str | None) -> list[Item]:
    """What a mark or a pin may be about: the questions of its part, or all of them."""
    whole = {**found.content, "form": "long"}
    parts = [part] if part in found.parts else found.parts
    return [item for one in parts for item in drafts.items_in(whole, found.instrument, one)]
